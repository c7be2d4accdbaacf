import type { Tx } from '../sql/index.ts'

export interface DeliveredEvent {
  id: string
  type: string
  version: number
  aggregate: string
  aggregateId: string
  /** From 1, without gaps per aggregate. */
  sequence: bigint
  tenantId: string
  occurredAt: Date
  /** As appended; check it with a schema before use. */
  payload: unknown
}

export interface HandlerContext {
  /** From 1. */
  attempt: number
  /** Aborts when the lease ends or the deliverer stops; hand it to whatever waits on the network. */
  signal: AbortSignal
}

interface Subscription {
  /** Stable: delivery rows know the handler by it. */
  name: string
  /** Event types, or `['*']` for all. */
  types: readonly string[]
  /** Absent: events of every tenant. It stays as it was when the handler first delivered. */
  tenantId?: string
}

export interface TransactionHandler extends Subscription {
  handle(tx: Tx, event: DeliveredEvent, context: HandlerContext): Promise<void>
  send?: never
  sendAll?: never
}

export interface SendingHandler extends Subscription {
  send(event: DeliveredEvent, context: HandlerContext): Promise<void>
  handle?: never
  sendAll?: never
}

/** Many at once, those of one aggregate in their order. */
export interface BatchHandler extends Subscription {
  sendAll(events: readonly DeliveredEvent[], context: HandlerContext): Promise<void>
  handle?: never
  send?: never
  /** For a target that may be away for days and wants everything afterwards: Infinity. Default: that of `deliverPending`. */
  maxAttempts?: number
  /** Default: that of `deliverPending`. */
  backoffCapMs?: number
}

/**
 * Reacts to events, each event once per handler.
 * `handle` has its effects in the transaction it is given (scope: the event's tenant): they commit together with the note that the
 * event was delivered, exactly once. Effects of several events share the transaction, each in a savepoint, so it is short: nothing on
 * the network, no commit of its own.
 * `send` acts on the network, outside of any transaction: at least once, so it passes `event.id` on as idempotency key.
 * `sendAll` does so with many events at once; if it throws, all of them are tried again, and this handler is left alone until the next
 * call of `deliverPending`.
 * What throws is tried again later; after too many attempts the delivery is dead and waits for a person. Until then, and while it is
 * dead, later events of the same aggregate are held back from this handler: order is kept.
 */
export type EventHandler = TransactionHandler | SendingHandler | BatchHandler

export interface DeliveryFailure {
  handler: string
  /** The first, if several were sent at once. */
  event: DeliveredEvent
  events: number
  attempt: number
  error: unknown
  /** True: it will not be tried again without a person. */
  dead: boolean
}
