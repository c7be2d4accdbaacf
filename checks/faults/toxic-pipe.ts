import type { Socket } from 'node:net'
import type { SeededRandom } from './random.ts'

/** What is wrong with a line. Absent means that nothing is. Read anew for every piece, so a change takes effect at once. */
export interface Toxics {
  /** Which way it hurts: `up` is from client to server. Default both. */
  direction?: 'up' | 'down' | 'both'
  /** One way; a round trip takes twice as long. */
  latencyMs?: number
  /** Up to so much more, drawn per chunk; chunks stay in order. */
  jitterMs?: number
  bytesPerSecond?: number
  /** Chunks are cut into pieces of 1 to so many bytes, each written by itself. */
  sliceBytes?: number
  /** Each connection is reset in the middle of the byte after so many, per direction, counted from its beginning. */
  resetAfterBytes?: number
  /**
   * Half-open: both ends believe in the connection and nothing arrives, not even its end. `hold`: the bytes come when the line is back
   * (a short partition, TCP sends again). `drop`: they are gone, and when the line is back the connection is reset (the peer was
   * replaced, the NAT forgot).
   */
  halfOpen?: 'hold' | 'drop'
  /** Nobody listens: connections are reset, new ones refused. */
  down?: boolean
}

export interface ToxicPipeOptions {
  from: Socket
  to: Socket
  /** Those that apply to this direction now. */
  toxics(): Toxics
  /** Resolves at the next change of the toxics. */
  changed(): Promise<void>
  random: SeededRandom
  /** Bytes were lost or a limit was reached: the connection cannot go on. `now` is false while the line is half-open. */
  onBroken(now: boolean): void
  onBytes(count: number): void
}

const MAXIMUM_QUEUE_BYTES = 1_000_000

/** One direction of one connection. The end of the stream travels in line with the bytes, and suffers with them. */
export class ToxicPipe {
  readonly #options: ToxicPipeOptions
  readonly #queue: { bytes: Buffer | undefined; dueMs: number }[] = []
  #queuedBytes = 0
  #passedBytes = 0
  #isPumping = false
  #isStopped = false

  constructor(options: ToxicPipeOptions) {
    this.#options = options
    options.from.on('data', (bytes: Buffer) => this.#enqueue(bytes))
    options.from.on('end', () => this.#enqueue(undefined))
  }

  stop(): void {
    this.#isStopped = true
    this.#queue.length = 0
  }

  #enqueue(bytes: Buffer | undefined): void {
    const { latencyMs = 0, jitterMs = 0 } = this.#options.toxics()
    const delayMs = latencyMs + (jitterMs > 0 ? this.#options.random.next() * jitterMs : 0)
    this.#queue.push({ bytes, dueMs: performance.now() + delayMs })
    this.#queuedBytes += bytes?.length ?? 0
    if (this.#queuedBytes > MAXIMUM_QUEUE_BYTES) this.#options.from.pause()
    void this.#pump()
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return
    this.#isPumping = true
    for (let item = this.#queue.shift(); item !== undefined && !this.#isStopped; item = this.#queue.shift()) {
      await until(item.dueMs)
      for (const piece of item.bytes === undefined ? [undefined] : this.#slices(item.bytes)) await this.#pass(piece)
      this.#queuedBytes -= item.bytes?.length ?? 0
      if (this.#queuedBytes <= MAXIMUM_QUEUE_BYTES) this.#options.from.resume()
    }
    this.#isPumping = false
  }

  *#slices(bytes: Buffer): Generator<Buffer> {
    const { sliceBytes } = this.#options.toxics()
    for (let start = 0; start < bytes.length;) {
      const size = sliceBytes === undefined ? bytes.length : this.#options.random.integer(1, sliceBytes)
      yield bytes.subarray(start, start + size)
      start += size
    }
  }

  async #pass(piece: Buffer | undefined): Promise<void> {
    const { toxics, changed, onBroken, to } = this.#options
    while (toxics().halfOpen === 'hold' && !this.#isStopped) await changed()
    if (this.#isStopped) return
    if (toxics().halfOpen === 'drop') return onBroken(false)
    if (piece === undefined) return void to.end()
    const { resetAfterBytes = Infinity, bytesPerSecond } = toxics()
    const allowed = piece.subarray(0, Math.max(0, Math.min(piece.length, resetAfterBytes - this.#passedBytes)))
    this.#passedBytes += allowed.length
    this.#options.onBytes(allowed.length)
    if (allowed.length > 0) await written(to, allowed)
    if (allowed.length < piece.length) return onBroken(true)
    if (bytesPerSecond !== undefined) await until(performance.now() + (piece.length / bytesPerSecond) * 1_000)
  }
}

/** Resolves when there is room for more, or nobody to write to. */
function written(to: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (!to.writable || to.write(bytes)) return resolve()
    const done = (): void => {
      to.off('drain', done)
      to.off('close', done)
      resolve()
    }
    to.on('drain', done)
    to.on('close', done)
  })
}

function until(timeMs: number): Promise<void> | undefined {
  const restMs = timeMs - performance.now()
  if (restMs <= 0) return undefined
  return new Promise((resolve) => void setTimeout(resolve, restMs))
}
