/** Token buckets by key: each holds a minute's allowance and fills up again evenly. Pure but for the clock that is given. */
export interface Taken {
  readonly allowed: boolean
  /** Whole tokens left. */
  readonly remaining: number
  /** Until the bucket is full again. */
  readonly resetSeconds: number
  /** Until the cost asked for is there; 0 when it was. */
  readonly retryAfterSeconds: number
}

interface Bucket {
  tokens: number
  atMs: number
}

const WINDOW_MS = 60_000

export class TokenBuckets {
  readonly #perMinute: number
  readonly #mostKeys: number
  readonly #buckets = new Map<string, Bucket>()

  /** @param mostKeys beyond it the bucket that was used longest ago is forgotten, that is, full: memory is bounded, nobody is punished. */
  constructor(perMinute: number, mostKeys = 20_000) {
    this.#perMinute = perMinute
    this.#mostKeys = mostKeys
  }

  take(key: string, cost: number, nowMs: number): Taken {
    const bucket = this.#buckets.get(key) ?? { tokens: this.#perMinute, atMs: nowMs }
    const gained = (Math.max(0, nowMs - bucket.atMs) / WINDOW_MS) * this.#perMinute
    const tokens = Math.min(this.#perMinute, bucket.tokens + gained)
    // What costs more than the whole bucket is let in when it is full: it must be possible at all.
    const wanted = Math.min(cost, this.#perMinute)
    const allowed = tokens >= wanted
    const left = allowed ? tokens - wanted : tokens
    this.#remember(key, { tokens: left, atMs: nowMs })
    return {
      allowed,
      remaining: Math.floor(left),
      resetSeconds: this.#secondsToGain(this.#perMinute - left),
      retryAfterSeconds: allowed ? 0 : Math.max(1, this.#secondsToGain(wanted - tokens)),
    }
  }

  #secondsToGain(tokens: number): number {
    return Math.ceil((tokens * WINDOW_MS) / this.#perMinute / 1000)
  }

  // A Map keeps the order of insertion: what was used last goes to the end.
  #remember(key: string, bucket: Bucket): void {
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    if (this.#buckets.size <= this.#mostKeys) return
    const [oldest] = this.#buckets.keys()
    if (oldest !== undefined) this.#buckets.delete(oldest)
  }
}
