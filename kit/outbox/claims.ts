import { inspect } from 'node:util'
import { maybe, rows, sql, withScope, type Db, type Tx } from '../sql/index.ts'
import type { DeliveredEvent } from './handlers.ts'

const LONGEST_ERROR = 4_000

export interface ClaimLimits {
  batchSize: number
  leaseMs: number
  maxAttempts: number
  backoffBaseMs: number
  backoffCapMs: number
}

/** A delivery that is ours until its lease ends. The attempt number is the fence: a later claim has a higher one. */
export interface Claim {
  handler: string
  attempt: number
  event: DeliveredEvent
  /** On the clock of `performance.now()`. */
  leaseEndsAtMs: number
}

interface ClaimRow extends DeliveredEvent {
  handler: string
  attempt: number
}

/** Leases deliveries whose turn it is: due, not leased, and with no earlier event of their aggregate open for the same handler. */
export async function claim(db: Db, handlers: readonly string[], limits: ClaimLimits): Promise<Claim[]> {
  const leaseEndsAtMs = performance.now() + limits.leaseMs
  const claimed = await withScope(db, { operator: true }, async (tx) => {
    await buryExhausted(tx, handlers, limits)
    return rows(
      tx,
      sql<ClaimRow>`
        with due as (
          select event_id, handler from outbox.deliveries mine
          where state = 'pending' and handler = any(${handlers})
            and next_attempt_at <= clock_timestamp() and (leased_until is null or leased_until <= clock_timestamp())
            and not exists (
              select from outbox.deliveries earlier
              where earlier.handler = mine.handler and earlier.tenant_id = mine.tenant_id and earlier.aggregate_id = mine.aggregate_id
                and earlier.sequence < mine.sequence and earlier.state in ('pending', 'dead')
            )
          order by next_attempt_at, event_id
          limit ${limits.batchSize}
          for update skip locked
        ), leased as (
          update outbox.deliveries set
            attempts = attempts + 1,
            leased_until = clock_timestamp() + ${limits.leaseMs} * interval '1 millisecond'
          from due where deliveries.event_id = due.event_id and deliveries.handler = due.handler
          returning deliveries.event_id, deliveries.handler, deliveries.attempts
        )
        select leased.handler, leased.attempts as attempt, events.id, events.type, events.version, events.aggregate,
          events.aggregate_id as "aggregateId", events.sequence, events.tenant_id as "tenantId", events.occurred_at as "occurredAt", events.payload
        from leased join outbox.events on events.id = leased.event_id
        order by events.position`,
    )
  })
  return claimed.map(({ handler, attempt, ...event }) => ({ handler, attempt, event, leaseEndsAtMs }))
}

/** The claim with a full lease, when half of it is gone; undefined if somebody else has taken the delivery since. */
export async function renew(db: Db, claimed: Claim, limits: ClaimLimits): Promise<Claim | undefined> {
  const nowMs = performance.now()
  if (claimed.leaseEndsAtMs - nowMs > limits.leaseMs / 2) return claimed
  const { handler, attempt, event } = claimed
  const renewed = await withScope(db, { tenantId: event.tenantId }, (tx) =>
    maybe(
      tx,
      sql`
        update outbox.deliveries set leased_until = clock_timestamp() + ${limits.leaseMs} * interval '1 millisecond'
        where event_id = ${event.id} and handler = ${handler} and attempts = ${attempt} and state = 'pending'
        returning event_id`,
    ),
  )
  return renewed === undefined ? undefined : { ...claimed, leaseEndsAtMs: nowMs + limits.leaseMs }
}

/** Hands claims back that were not begun, so that another process need not wait for the leases to end. */
export async function release(db: Db, claims: readonly Claim[]): Promise<void> {
  await withScope(db, { operator: true }, async (tx) => {
    for (const { handler, attempt, event } of claims) {
      await sql`
        update outbox.deliveries set leased_until = null, attempts = attempts - 1
        where event_id = ${event.id} and handler = ${handler} and attempts = ${attempt} and state = 'pending'`.execute(
        tx,
      )
    }
  })
}

/** Marks the delivery delivered if the lease is still ours; false if somebody else has taken it since. */
export async function recordSuccess(tx: Tx, { handler, attempt, event }: Claim): Promise<boolean> {
  const marked = await maybe(
    tx,
    sql`
      update outbox.deliveries set state = 'delivered', delivered_at = clock_timestamp(), leased_until = null, last_error = null
      where event_id = ${event.id} and handler = ${handler} and attempts = ${attempt} and state = 'pending'
      returning event_id`,
  )
  return marked !== undefined
}

/** Schedules the next attempt, or gives up; returns whether it gave up. Does nothing if the lease is no longer ours. */
export async function recordFailure(
  db: Db,
  { handler, attempt, event }: Claim,
  error: unknown,
  limits: ClaimLimits,
): Promise<boolean> {
  const pauseMs = Math.min(limits.backoffCapMs, limits.backoffBaseMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
  const recorded = await withScope(db, { tenantId: event.tenantId }, (tx) =>
    maybe(
      tx,
      sql<{ state: string }>`
        update outbox.deliveries set
          state = case when attempts >= ${limits.maxAttempts} then 'dead' else 'pending' end,
          next_attempt_at = clock_timestamp() + ${pauseMs} * interval '1 millisecond',
          leased_until = null,
          last_error = ${describe(error)}
        where event_id = ${event.id} and handler = ${handler} and attempts = ${attempt} and state = 'pending'
        returning state`,
    ),
  )
  return recorded?.state === 'dead'
}

// An event that kills the process never reports a failure: its attempts are used up by leases that ran out.
async function buryExhausted(tx: Tx, handlers: readonly string[], limits: ClaimLimits): Promise<void> {
  await sql`
    update outbox.deliveries set state = 'dead', leased_until = null,
      last_error = coalesce(last_error, 'the last attempt never reported back: its process ended or its lease ran out')
    where (event_id, handler) in (
      select event_id, handler from outbox.deliveries
      where state = 'pending' and handler = any(${handlers}) and attempts >= ${limits.maxAttempts} and leased_until <= clock_timestamp()
      for update skip locked
    )`.execute(tx)
}

function describe(error: unknown): string {
  const text = error instanceof Error ? inspect(error, { depth: 2, breakLength: 120 }) : String(error)
  return text.replaceAll('\u0000', '').slice(0, LONGEST_ERROR)
}
