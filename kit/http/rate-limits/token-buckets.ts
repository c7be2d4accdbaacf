/** Token buckets by key: each holds the allowance of a window and fills up again evenly. Pure but for the clock that is given. */
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

interface BucketOptions {
  /** In which a bucket fills up again; a minute. */
  readonly windowMs?: number
  /** Beyond it the bucket that was used longest ago is forgotten, that is, full: memory is bounded, nobody is punished. */
  readonly mostKeys?: number
}

export class TokenBuckets {
  readonly #perWindow: number
  readonly #windowMs: number
  readonly #mostKeys: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(perWindow: number, { windowMs = 60_000, mostKeys = 20_000 }: BucketOptions = {}) {
    this.#perWindow = perWindow
    this.#windowMs = windowMs
    this.#mostKeys = mostKeys
  }

  take(key: string, cost: number, nowMs: number): Taken {
    const bucket = this.#buckets.get(key) ?? { tokens: this.#perWindow, atMs: nowMs }
    const gained = (Math.max(0, nowMs - bucket.atMs) / this.#windowMs) * this.#perWindow
    const tokens = Math.min(this.#perWindow, bucket.tokens + gained)
    // What costs more than the whole bucket is let in when it is full: it must be possible at all.
    const wanted = Math.min(cost, this.#perWindow)
    const allowed = tokens >= wanted
    const left = allowed ? tokens - wanted : tokens
    this.#remember(key, { tokens: left, atMs: nowMs })
    return {
      allowed,
      remaining: Math.floor(left),
      resetSeconds: this.#secondsToGain(this.#perWindow - left),
      retryAfterSeconds: allowed ? 0 : Math.max(1, this.#secondsToGain(wanted - tokens)),
    }
  }

  #secondsToGain(tokens: number): number {
    return Math.ceil((tokens * this.#windowMs) / this.#perWindow / 1000)
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
