// Wire calls to the supervisor: JSON over HTTP over its unix socket, which only its own user can open (0600).
import { request } from 'node:http'

export interface Answer {
  status: number
  body: unknown
}

const maxAnswerBytes = 8 * 1024 * 1024

/** One call. Rejects when nobody answers within `timeoutMs`; any HTTP status is an answer. */
export function call(
  socketPath: string,
  options: { method: string; path: string; body?: unknown; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<Answer> {
  const signal = AbortSignal.any([AbortSignal.timeout(options.timeoutMs), ...(options.signal ? [options.signal] : [])])
  const payload = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body))
  return new Promise((resolve, reject) => {
    const headers = payload ? { 'content-type': 'application/json', 'content-length': payload.length } : {}
    const outgoing = request(
      { socketPath, method: options.method, path: options.path, headers, signal },
      (incoming) => {
        const chunks: Buffer[] = []
        let sizeBytes = 0
        incoming.on('data', (chunk: Buffer) => {
          sizeBytes += chunk.length
          if (sizeBytes > maxAnswerBytes) outgoing.destroy(new Error('the answer is too large'))
          chunks.push(chunk)
        })
        incoming.on('error', reject)
        incoming.on('end', () => {
          const body = parsed(Buffer.concat(chunks).toString('utf8'))
          if (body instanceof Error) reject(body)
          else resolve({ status: incoming.statusCode ?? 0, body })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch (error) {
    return new Error('the answer is not JSON', { cause: error })
  }
}
