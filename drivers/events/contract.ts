import type { CloudEvent } from '@platen/kit/outbox'

export type { CloudEvent }

/**
 * Where events of the platform and its sites go for programs of others: a message broker.
 *
 * What every vendor promises
 * - **Meaning of published** `publish` resolves when the target has confirmed every event of the batch. What that is worth is the
 *   target's business: a durable queue that is bound (RabbitMQ), an append-only file that is on (Redis); `check` says what is known.
 * - **Order** Events of one batch arrive in its order, and after those of batches that resolved before.
 * - **At least once** A batch that rejects may have arrived, in whole or up to some event: publish the same batch again. An event keeps
 *   its `id` however often it is published; consumers take each id once.
 * - **Failure** Only DriverErrors. `unauthorized`: the target does not take our credentials. `refused`: it will never take this.
 *   `unavailable`: no connection, no answer in time, or the target said no for now; the outcome is unknown.
 * - **Connection** Opened by the first call and again after it was lost; a target that is away stops nobody from being constructed.
 * - **Concurrency** Calls are done one after the other.
 * - **Time** A default time-out of 10 s; the caller's signal may end a call earlier.
 */
export interface CallOptions {
  signal?: AbortSignal
}

export interface EventTargetDescription {
  vendor: string
  /** Host and port, for people; never a password. */
  target: string
}

export interface EventTarget {
  publish(events: readonly CloudEvent[], options?: CallOptions): Promise<void>
  describe(): EventTargetDescription
  /** Whether events could be published now, and what is known to be wrong. Never rejects. */
  check(options?: CallOptions): Promise<{ ok: boolean; detail: string }>
  /** Lets go of the connection. `publish` after it is `unavailable`. Safe to repeat. */
  close(): Promise<void>
}
