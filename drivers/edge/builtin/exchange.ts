/**
 * One request passed on, by undici's dispatch. Of the libraries that bench.ts compares it alone tells a failed connect (another socket
 * may be tried, the body is unread) from a failed exchange (it may not).
 */
import { Transform, type Readable } from 'node:stream'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import { forwardedHeaders, returnedHeaders } from './headers.ts'
import type { HostHeader } from './host.ts'
import { headersOfEnd } from './linger.ts'
import type { EdgeProblemCode } from './problems.ts'
import type { Upstream } from './upstreams.ts'

export type ExchangeOutcome =
  | { kind: 'answered' }
  | { kind: 'client-left' }
  /** Nothing was sent to the client yet: the caller answers. */
  | { kind: 'failed'; code: EdgeProblemCode; error: Error }
  /** The answer had begun: the connection was cut, which is how the client knows. */
  | { kind: 'broken-off'; error: Error }

type Attempt = ExchangeOutcome | { kind: 'not-connected'; error: Error }

const CONNECT_ERRORS = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EACCES',
  'EAGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
])

/** Tries the upstreams in the order given, the next one only if connecting to the one before failed. */
export async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  call: { host: HostHeader; requestId: string; upstreams: readonly Upstream[]; unreachable: EdgeProblemCode },
): Promise<ExchangeOutcome> {
  const headers = forwardedHeaders(request, call.host, call.requestId)
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  let error = new Error('there is no process to ask')
  for (const upstream of call.upstreams) {
    const outcome = await attempt(request, response, { headers, hasBody, upstream })
    if (outcome.kind !== 'not-connected') return outcome
    upstream.noteConnectFailure()
    error = outcome.error
  }
  return { kind: 'failed', code: call.unreachable, error }
}

async function attempt(
  request: IncomingMessage,
  response: ServerResponse,
  call: { headers: string[]; hasBody: boolean; upstream: Upstream },
): Promise<Attempt> {
  const { upstream } = call
  const body = call.hasBody ? detachedBody(request) : null
  upstream.inFlight++
  try {
    return await new Promise<Attempt>((resolve) => {
      const handler = new ResponseHandler(response, upstream, resolve)
      upstream.pool.dispatch(
        {
          method: request.method ?? 'GET',
          path: request.url ?? '/',
          headers: call.headers,
          body: body?.stream ?? null,
        },
        handler,
      )
    })
  } finally {
    upstream.inFlight--
    body?.detach()
  }
}

/**
 * The request's bytes in a stream of its own: undici destroys the body it was given when the exchange fails, and destroying the
 * request would take the client's connection with it, before it has read why.
 */
function detachedBody(request: IncomingMessage): { stream: Readable; detach(): void } {
  const stream = new Transform({
    // Two turns of the loop per chunk (the first may be the one in which the upstream closed): an upstream that refuses early (413) has answered and closed, and its answer must be read
    // before the next write fails with EPIPE, because Node drops what it has not read by then.
    transform: (chunk, _encoding, done) => void setImmediate(() => setImmediate(done, null, chunk)),
  })
  const cut = (): void => void stream.destroy(new Error('the client left while sending'))
  // undici begins to read after it has connected: when connecting fails, a second attempt finds every byte untouched.
  stream.once('resume', () => request.pipe(stream))
  stream.on('error', () => undefined)
  request.once('error', cut)
  request.once('aborted', cut)
  return {
    stream,
    detach() {
      request.off('error', cut)
      request.off('aborted', cut)
      request.on('error', () => undefined)
      request.unpipe(stream)
    },
  }
}

/** Writes the upstream's answer to the client at the client's pace. */
class ResponseHandler implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse
  readonly #upstream: Upstream
  readonly #settle: (outcome: Attempt) => void
  readonly #onClose = (): void => this.#clientClosed()
  #controller: Dispatcher.DispatchController | undefined
  #isStarted = false

  constructor(response: ServerResponse, upstream: Upstream, settle: (outcome: Attempt) => void) {
    this.#response = response
    this.#upstream = upstream
    this.#settle = settle
    response.on('close', this.#onClose)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#response.destroyed) this.#clientClosed()
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<typeof returnedHeaders>[0],
  ): void {
    // 103 and the like: nothing of ours sends them.
    if (status < 200) return
    this.#isStarted = true
    this.#upstream.noteAnswer()
    try {
      this.#response.writeHead(status, { ...returnedHeaders(headers), ...headersOfEnd(this.#response.req) })
    } catch (error) {
      // A header that may not be written; Node has written nothing.
      controller.abort(asError(error))
      return
    }
    this.#response.on('drain', () => controller.resume())
    // Without a length it may be an event stream: the client learns of the answer now, not with its first byte.
    if (headers['content-length'] === undefined) this.#response.flushHeaders()
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#response.write(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    this.#response.off('close', this.#onClose)
    this.#response.end()
    this.#settle({ kind: 'answered' })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#response.off('close', this.#onClose)
    if (this.#response.headersSent) {
      const isCutByUs = !this.#response.destroyed
      this.#response.destroy()
      this.#settle(isCutByUs ? { kind: 'broken-off', error } : { kind: 'client-left' })
    } else if (this.#response.destroyed) {
      this.#settle({ kind: 'client-left' })
    } else {
      this.#settle(this.#failure(error))
    }
  }

  #failure(error: Error): Attempt {
    const code = 'code' in error ? String(error.code) : ''
    if (!this.#isStarted && CONNECT_ERRORS.has(code)) return { kind: 'not-connected', error }
    return {
      kind: 'failed',
      code: code === 'UND_ERR_HEADERS_TIMEOUT' ? 'site-answer-late' : 'site-answer-failed',
      error,
    }
  }

  #clientClosed(): void {
    if (this.#response.writableFinished) return
    this.#controller?.abort(new Error('the client left'))
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
