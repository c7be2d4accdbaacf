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
}

/**
 * Reacts to events, each event once per handler.
 * `handle` has its effects in the transaction it is given (scope: the event's tenant): they commit together with the note that the
 * event was delivered, exactly once.
 * `send` acts on the network, outside of any transaction: at least once, so it passes `event.id` on as idempotency key.
 * What throws is tried again later; after too many attempts the delivery is dead and waits for a person. Until then, and while it is
 * dead, later events of the same aggregate are held back from this handler: order is kept.
 */
export type EventHandler = Subscription &
  (
    | { handle(tx: Tx, event: DeliveredEvent, context: HandlerContext): Promise<void>; send?: never }
    | { send(event: DeliveredEvent, context: HandlerContext): Promise<void>; handle?: never }
  )

export interface DeliveryFailure {
  handler: string
  event: DeliveredEvent
  attempt: number
  error: unknown
  /** True: it will not be tried again without a person. */
  dead: boolean
}
