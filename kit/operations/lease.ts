import { CancelRequested, LeaseLost, WorkerStopping } from './failures.ts'

/** This worker's hold on one operation. `signal` fires when it must stop working on it: LeaseLost or WorkerStopping. */
export class Lease {
  readonly operationId: string
  readonly fence: number
  readonly tag: string
  cancelRequested = false
  /** By our monotonic clock; after it the database may have given the operation to somebody else. */
  #validUntilMs: number
  readonly #leaseMs: number
  readonly #stop = new AbortController()
  readonly #cancel = new AbortController()

  constructor(operationId: string, fence: number, leaseMs: number, claimedAtMs: number) {
    this.operationId = operationId
    this.fence = fence
    this.tag = `op:${operationId}:${fence}`
    this.#leaseMs = leaseMs
    this.#validUntilMs = claimedAtMs + leaseMs
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** Fires once when a cancellation becomes known. */
  get cancelSignal(): AbortSignal {
    return this.#cancel.signal
  }

  get isLost(): boolean {
    return this.signal.aborted && this.signal.reason instanceof LeaseLost
  }

  get isStopping(): boolean {
    return this.signal.aborted && this.signal.reason instanceof WorkerStopping
  }

  /** @param askedAtMs when the statement that renewed it was sent, performance.now() */
  renew(askedAtMs: number): void {
    this.#validUntilMs = Math.max(this.#validUntilMs, askedAtMs + this.#leaseMs)
  }

  get isExpired(): boolean {
    return performance.now() > this.#validUntilMs
  }

  lose(): void {
    this.#stop.abort(new LeaseLost(`the lease of operation ${this.operationId}, fence ${this.fence}, is lost`))
  }

  stop(): void {
    this.#stop.abort(new WorkerStopping('the worker is being stopped'))
  }

  requestCancel(): void {
    this.cancelRequested = true
    this.#cancel.abort(new CancelRequested('the operation was cancelled'))
  }
}
