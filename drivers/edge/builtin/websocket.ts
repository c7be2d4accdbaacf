/** A websocket: the handshake is passed on as a request, then bytes both ways until either side ends. */
import { request as httpRequest, STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { forwardedHeaders } from './headers.ts'
import type { HostHeader } from './host.ts'
import type { EdgeAnswer } from './pages.ts'
import type { EdgeProblemCode } from './problems.ts'
import type { Upstream } from './upstreams.ts'

export type UpgradeOutcome =
  | { kind: 'connected'; upstream: Duplex }
  /** The upstream gave an ordinary answer, which was passed on. */
  | { kind: 'declined'; status: number }
  | { kind: 'failed'; code: EdgeProblemCode; error: Error }

type Attempt = UpgradeOutcome | { kind: 'not-connected'; error: Error }

const HANDSHAKE_TIMEOUT_MS = 30_000

export async function upgrade(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  call: { host: HostHeader; requestId: string; upstreams: readonly Upstream[]; unreachable: EdgeProblemCode },
): Promise<UpgradeOutcome> {
  const headers = forwardedHeaders(request, call.host, call.requestId)
  headers.push('connection', 'Upgrade', 'upgrade', 'websocket')
  let error = new Error('there is no process to ask')
  for (const upstream of call.upstreams) {
    const outcome = await attempt(request, client, head, upstream, headers)
    if (outcome.kind !== 'not-connected') return outcome
    upstream.noteConnectFailure()
    error = outcome.error
  }
  return { kind: 'failed', code: call.unreachable, error }
}

/** An answer of the edge itself where Node gives no response to write it with; the last one of its connection. */
export function writeAnswer(client: Duplex, answer: EdgeAnswer): void {
  const headers = { ...answer.headers, 'content-length': String(Buffer.byteLength(answer.body)), connection: 'close' }
  client.end(
    `${headText(answer.status, STATUS_CODES[answer.status] ?? '', Object.entries(headers).flat())}${answer.body}`,
  )
}

/** Whether the request asks for a websocket; any other `Upgrade` (h2c) is ignored and the request served as it is. */
export function isWebsocket(request: IncomingMessage): boolean {
  return (
    request.method === 'GET' &&
    request.headers.upgrade?.toLowerCase() === 'websocket' &&
    request.headers['sec-websocket-key'] !== undefined
  )
}

function attempt(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  upstream: Upstream,
  headers: string[],
): Promise<Attempt> {
  return new Promise((resolve) => {
    const outgoing = httpRequest({
      socketPath: upstream.socketPath,
      agent: false,
      method: 'GET',
      path: request.url ?? '/',
      headers,
      timeout: HANDSHAKE_TIMEOUT_MS,
    })
    const abandon = (): void => void outgoing.destroy(new Error('the client left'))
    client.once('close', abandon)
    outgoing.on('timeout', () => outgoing.destroy(new Error('the upstream did not answer the handshake')))
    outgoing.on('error', (error: Error & { syscall?: string }) => {
      client.off('close', abandon)
      resolve(
        error.syscall === 'connect'
          ? { kind: 'not-connected', error }
          : { kind: 'failed', code: 'site-answer-failed', error },
      )
    })
    outgoing.on('upgrade', (answer, socket, upstreamHead) => {
      client.off('close', abandon)
      upstream.noteAnswer()
      socket.setTimeout(0)
      client.write(headText(101, answer.statusMessage ?? '', answer.rawHeaders))
      join(client, socket, head, upstreamHead)
      resolve({ kind: 'connected', upstream: socket })
    })
    outgoing.on('response', (answer) => {
      client.off('close', abandon)
      upstream.noteAnswer()
      const status = answer.statusCode ?? 502
      client.write(
        headText(status, answer.statusMessage ?? '', [...withoutFraming(answer.rawHeaders), 'connection', 'close']),
      )
      answer.on('error', () => client.destroy())
      answer.pipe(client)
      resolve({ kind: 'declined', status })
    })
    outgoing.end()
  })
}

function join(client: Duplex, upstream: Duplex, head: Buffer, upstreamHead: Buffer): void {
  if (upstreamHead.length > 0) client.write(upstreamHead)
  if (head.length > 0) upstream.write(head)
  client.pipe(upstream)
  upstream.pipe(client)
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
}

/** Node has undone the framing of the answer's body; the connection's end is its end now. */
function withoutFraming(rawHeaders: readonly string[]): string[] {
  const kept: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    if (!['connection', 'keep-alive', 'transfer-encoding', 'content-length'].includes(name))
      kept.push(name, rawHeaders[index + 1] ?? '')
  }
  return kept
}

function headText(status: number, message: string, headers: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${message}\r\n`
  for (let index = 0; index < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`
  return `${text}\r\n`
}
