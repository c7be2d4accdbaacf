// A claim leases deliveries whose turn it is. It may hold several of one aggregate, one behind the other without a gap, so that a long
// backlog is not fetched event by event: whoever runs them stops an aggregate at its first failure. All by the database's clock.
import { inspect } from 'node:util'
import { rows, sql, withScope, type Db, type Tx } from '../sql/index.ts'
import type { DeliveryFailpoints } from './failpoints.ts'
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

/**
 * Leases deliveries whose turn it is: due, not leased, and each earlier event of their aggregate either done with for this handler or in
 * the same claim. Oldest events first.
 */
export async function claim(
  db: Db,
  handlers: readonly string[],
  limits: ClaimLimits,
  failpoints?: DeliveryFailpoints,
): Promise<Claim[]> {
  const leaseEndsAtMs = performance.now() + limits.leaseMs
  const claimed = await withScope(db, { operator: true }, async (tx) => {
    await buryExhausted(tx, handlers, limits)
    const leased = await lease(tx, handlers, limits)
    if (leased.length > 0) await failpoints?.('claiming')
    return leased
  })
  return claimed.map(({ handler, attempt, ...event }) => ({ handler, attempt, event, leaseEndsAtMs }))
}

// `candidate` leaves out what is held back by an earlier delivery that is leased, pauses or is dead; all of those have been tried, which
// makes them few. `turn` then drops whatever has an earlier open one outside of the claim: another process is taking that.
const lease = (tx: Tx, handlers: readonly string[], limits: ClaimLimits): Promise<ClaimRow[]> =>
  rows(
    tx,
    sql<ClaimRow>`
      with candidate as (
        select event_id, handler, tenant_id, aggregate_id, sequence from outbox.deliveries mine
        where state = 'pending' and handler = any(${handlers})
          and next_attempt_at <= clock_timestamp() and (leased_until is null or leased_until <= clock_timestamp())
          and not exists (
            select from outbox.deliveries held
            where held.handler = mine.handler and held.tenant_id = mine.tenant_id and held.aggregate_id = mine.aggregate_id
              and held.sequence < mine.sequence and held.attempts > 0 and held.state in ('pending', 'dead')
              and (held.state = 'dead' or held.leased_until > clock_timestamp() or held.next_attempt_at > clock_timestamp())
          )
        order by position
        limit ${limits.batchSize}
        for update skip locked
      ), turn as (
        select event_id, handler, bool_and(follows) over (partition by handler, tenant_id, aggregate_id order by sequence) as come
        from (
          select *, lag(sequence) over (partition by handler, tenant_id, aggregate_id order by sequence) is not distinct from (
            select max(sequence) from outbox.deliveries earlier
            where earlier.handler = candidate.handler and earlier.tenant_id = candidate.tenant_id
              and earlier.aggregate_id = candidate.aggregate_id and earlier.sequence < candidate.sequence
              and earlier.state in ('pending', 'dead')
          ) as follows
          from candidate
        ) ordered
      ), leased as (
        update outbox.deliveries set
          attempts = attempts + 1,
          leased_until = clock_timestamp() + ${limits.leaseMs} * interval '1 millisecond'
        from turn where turn.come and deliveries.event_id = turn.event_id and deliveries.handler = turn.handler
        returning deliveries.event_id, deliveries.handler, deliveries.attempts
      )
      select leased.handler, leased.attempts as attempt, events.id, events.type, events.version, events.aggregate,
        events.aggregate_id as "aggregateId", events.sequence, events.tenant_id as "tenantId", events.occurred_at as "occurredAt", events.payload
      from leased join outbox.events on events.id = leased.event_id
      order by events.position`,
  )

/**
 * The claims, all of one handler, with a full lease when half of it is gone; those that somebody else has taken since are missing, and
 * so are later ones of their aggregates.
 */
export async function renew(db: Db, claims: readonly Claim[], limits: ClaimLimits): Promise<readonly Claim[]> {
  const nowMs = performance.now()
  if (claims.every(({ leaseEndsAtMs }) => leaseEndsAtMs - nowMs > limits.leaseMs / 2)) return claims
  const renewed = await withScope(db, { operator: true }, (tx) =>
    update(tx, claims, sql`leased_until = clock_timestamp() + ${limits.leaseMs} * interval '1 millisecond'`),
  )
  const lost = new Set<string>()
  return claims.flatMap((claimed) => {
    if (!renewed.has(claimed.event.id)) lost.add(turnOf(claimed))
    return lost.has(turnOf(claimed)) ? [] : [{ ...claimed, leaseEndsAtMs: nowMs + limits.leaseMs }]
  })
}

/** What is delivered one behind the other. */
export const turnOf = ({ handler, event }: Claim): string => `${handler} ${event.tenantId} ${event.aggregateId}`

/** Hands claims back that were not begun, so that another process need not wait for the leases to end. */
export async function release(db: Db, claims: readonly Claim[]): Promise<void> {
  for (const handler of new Set(claims.map((claimed) => claimed.handler))) {
    const own = claims.filter((claimed) => claimed.handler === handler)
    await withScope(db, { operator: true }, (tx) => update(tx, own, sql`leased_until = null, attempts = attempts - 1`))
  }
}

/** Locks deliveries of one handler until the transaction ends, and returns the events of those whose leases are still ours. */
export async function lockLeased(tx: Tx, claims: readonly Claim[]): Promise<ReadonlySet<string>> {
  const locked = await rows(
    tx,
    sql<{ event_id: string }>`
      select event_id from outbox.deliveries, ${leasedAs(claims)} for update of deliveries`,
  )
  return new Set(locked.map(({ event_id }) => event_id))
}

/** Marks deliveries of one handler delivered if their leases are still ours; returns how many were. */
export async function recordSuccess(tx: Tx, claims: readonly Claim[]): Promise<number> {
  if (claims.length === 0) return 0
  const marked = await update(
    tx,
    claims,
    sql`state = 'delivered', delivered_at = clock_timestamp(), leased_until = null, last_error = null`,
  )
  return marked.size
}

/** Schedules the next attempt, or gives up; returns whether it gave up. Does nothing where the lease is no longer ours. */
export async function recordFailure(
  tx: Tx,
  claims: readonly Claim[],
  error: unknown,
  limits: ClaimLimits,
): Promise<boolean> {
  const attempt = Math.max(...claims.map((claimed) => claimed.attempt))
  const pauseMs = Math.min(limits.backoffCapMs, limits.backoffBaseMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
  const recorded = await update(
    tx,
    claims,
    sql`
      state = case when attempts >= ${limits.maxAttempts} then 'dead' else 'pending' end,
      next_attempt_at = clock_timestamp() + ${pauseMs} * interval '1 millisecond',
      leased_until = null,
      last_error = ${describe(error)}`,
  )
  return [...recorded.values()].includes('dead')
}

/** Only what these claims leased; returns the states of the rows it reached by event. */
async function update(
  tx: Tx,
  claims: readonly Claim[],
  assignments: ReturnType<typeof sql>,
): Promise<ReadonlyMap<string, string>> {
  const reached = await rows(
    tx,
    sql<{ event_id: string; state: string }>`
      update outbox.deliveries set ${assignments} from ${leasedAs(claims)} returning event_id, state`,
  )
  return new Map(reached.map(({ event_id, state }) => [event_id, state]))
}

/** The fence. */
const leasedAs = (claims: readonly Claim[]): ReturnType<typeof sql> => sql`
  unnest(${claims.map(({ event }) => event.id)}::uuid[], ${claims.map(({ attempt }) => attempt)}::int[]) as mine(id, attempt)
  where event_id = mine.id and attempts = mine.attempt and handler = ${claims[0]?.handler ?? ''} and state = 'pending'`

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
