/**
 * Ends exchanges whose client makes no progress: a body that trickles in, an answer that is not read. Headers have Node's own timer.
 * One sweep over the open exchanges instead of a timer each. A slow **upstream** is never held against the client: a body counts
 * only while we are ready to read, an answer only while there is something to be read.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

const SWEEP_MS = 2_500
/** Reliability reference, row 31. */
const BODY_IDLE_MS = 12_500
const READ_IDLE_MS = 30_000
/** A byte now and then is no progress. */
const MINIMUM_BYTES_PER_SWEEP = 256

interface Watched {
  request: IncomingMessage
  response: ServerResponse
  receivedBytes: number
  bodyIdleMs: number
  readIdleMs: number
}

export class SlowClients {
  readonly #watched = new Set<Watched>()
  readonly #onSlowBody: (response: ServerResponse) => void
  readonly #timer: NodeJS.Timeout

  /** @param onSlowBody answers 408; the connection is closed afterwards. */
  constructor(onSlowBody: (response: ServerResponse) => void) {
    this.#onSlowBody = onSlowBody
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref()
  }

  watch(request: IncomingMessage, response: ServerResponse): void {
    const watched: Watched = {
      request,
      response,
      receivedBytes: request.socket.bytesRead,
      bodyIdleMs: 0,
      readIdleMs: 0,
    }
    this.#watched.add(watched)
    response.on('drain', () => (watched.readIdleMs = 0))
    response.once('close', () => this.#watched.delete(watched))
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #sweep(): void {
    for (const watched of this.#watched) {
      this.#checkBody(watched)
      this.#checkReading(watched)
    }
  }

  #checkBody(watched: Watched): void {
    const { request, response } = watched
    const received = request.socket.bytesRead
    const isWaiting = !request.complete && !request.isPaused() && request.readableLength < request.readableHighWaterMark
    const hasProgress = received - watched.receivedBytes >= MINIMUM_BYTES_PER_SWEEP
    watched.receivedBytes = received
    watched.bodyIdleMs = isWaiting && !hasProgress ? watched.bodyIdleMs + SWEEP_MS : 0
    if (watched.bodyIdleMs < BODY_IDLE_MS) return
    this.#watched.delete(watched)
    if (!response.headersSent) this.#onSlowBody(response)
    request.socket.destroySoon()
  }

  #checkReading(watched: Watched): void {
    watched.readIdleMs = watched.response.writableNeedDrain ? watched.readIdleMs + SWEEP_MS : 0
    if (watched.readIdleMs < READ_IDLE_MS) return
    this.#watched.delete(watched)
    watched.response.destroy()
  }
}
