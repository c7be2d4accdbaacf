/** JSON over HTTP on a unix socket: the three lines of HTTP that the follower needs, with a deadline and a size limit. */
import { request } from 'node:http'

export interface SocketResponse {
  status: number
  body: string
}

const MAX_BODY_BYTES = 64 * 1024 * 1024

/** @throws on connection failure, abort, time-out, or a body above 64 MiB. */
export function requestOverSocket(call: {
  socketPath: string
  method: 'GET' | 'PUT'
  path: string
  body?: unknown
  timeoutMs: number
  signal: AbortSignal
}): Promise<SocketResponse> {
  const text = call.body === undefined ? undefined : JSON.stringify(call.body)
  const headers =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(call.timeoutMs)])
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        socketPath: call.socketPath,
        method: call.method,
        path: call.path,
        headers: { host: 'manager', ...headers },
        agent: false,
        signal,
      },
      (response) => {
        const chunks: Buffer[] = []
        let sizeBytes = 0
        response.on('data', (chunk: Buffer) => {
          sizeBytes += chunk.length
          if (sizeBytes > MAX_BODY_BYTES)
            outgoing.destroy(new Error(`answer of ${call.path} is above ${MAX_BODY_BYTES} bytes`))
          else chunks.push(chunk)
        })
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}
