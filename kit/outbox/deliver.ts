// Delivery in three short steps, each safe to lose: distribute (one delivery row per event and subscribed handler), claim (lease rows
// whose turn it is), run (handler and the note "delivered" in one transaction). Any number of processes may do this at once.
//
// No step says `id > last seen`: transactions commit in another order than they took their numbers, and such a reader loses events.
import { one, rows, sql, withScope, type Db } from '../sql/index.ts'
import type { DeliveryFailure, EventHandler, HandlerContext } from './handlers.ts'
import { claim, recordFailure, recordSuccess, release, renew, type Claim, type ClaimLimits } from './claims.ts'

const DISTRIBUTE_BATCH = 500

export interface DeliverOptions {
  /** Deliveries leased at once, default 20. */
  batchSize?: number
  /** How long a delivery is ours before another process may take it, default 30 s. `send` must end within it. */
  leaseMs?: number
  /** After so many failed attempts a delivery is dead, default 12: with the default backoff about a day. */
  maxAttempts?: number
  /** First pause after a failure, default 1 s; doubles up to backoffCapMs, default 4 h, half of it random. */
  backoffBaseMs?: number
  backoffCapMs?: number
  /** Stops between deliveries. */
  signal?: AbortSignal
  /** For the log and the metrics; it must not throw. */
  onFailure?: (failure: DeliveryFailure) => void
}

/**
 * Delivers all that is due to these handlers and returns how many deliveries succeeded. Call it after a commit that appended events,
 * and from a sweep, which covers crashes. A failing handler is not an error of this function; a lost database is.
 */
export async function deliverPending(
  db: Db,
  handlers: readonly EventHandler[],
  options: DeliverOptions = {},
): Promise<number> {
  const byName = new Map(handlers.map((handler) => [handler.name, handler]))
  if (byName.size !== handlers.length) throw new RangeError('two event handlers have the same name')
  const limits = limitsOf(options)
  await register(db, handlers)
  let delivered = 0
  if (!(await hasPendingDeliveries(db))) return delivered
  const isStopped = (): boolean => options.signal?.aborted === true
  while (!isStopped()) {
    await distribute(db)
    const claims = await claim(db, [...byName.keys()], limits)
    if (claims.length === 0) break
    for (const [index, next] of claims.entries()) {
      if (isStopped()) {
        await release(db, claims.slice(index))
        break
      }
      const handler = byName.get(next.handler)
      if (handler !== undefined && (await run(db, handler, next, limits, options))) delivered += 1
    }
  }
  return delivered
}

/** One cheap round trip: is anything to be distributed or due? Also true for deliveries to handlers that this process does not run. */
export async function hasPendingDeliveries(db: Db): Promise<boolean> {
  return (await one(db, sql<{ pending: boolean }>`select outbox.has_pending_deliveries() as pending`)).pending
}

function limitsOf(options: DeliverOptions): ClaimLimits {
  return {
    batchSize: options.batchSize ?? 20,
    leaseMs: options.leaseMs ?? 30_000,
    maxAttempts: options.maxAttempts ?? 12,
    backoffBaseMs: options.backoffBaseMs ?? 1_000,
    backoffCapMs: options.backoffCapMs ?? 4 * 60 * 60 * 1_000,
  }
}

// Subscriptions only grow: while two releases run side by side, the older one must not take a type away that the newer one reads.
async function register(db: Db, handlers: readonly EventHandler[]): Promise<void> {
  const wanted = JSON.stringify(handlers.map(({ name, types }) => ({ name, types })))
  await sql`
    insert into outbox.handlers as known (name, types)
    select name, types from jsonb_to_recordset(${wanted}::jsonb) as wanted(name text, types text[])
    where not exists (select from outbox.handlers h where h.name = wanted.name and h.types @> wanted.types)
    order by name
    on conflict (name) do update set types = array(select distinct unnest(known.types || excluded.types) order by 1)
  `.execute(db)
}

/** Writes the delivery rows of events that have none yet, for every registered handler, also those of other processes. */
async function distribute(db: Db): Promise<void> {
  for (;;) {
    const waiting = await withScope(db, { operator: true }, async (tx) => {
      const { found } = await one(
        tx,
        sql<{ found: boolean }>`select exists(select from outbox.events where distributed_at is null) as found`,
      )
      if (!found) return 0
      // One at a time: two distributors would insert the same rows and could wait for each other in a circle. Waiting rather than
      // skipping, for the event that we were called for may have come too late for the other one; the next statement sees his work.
      await sql`select pg_advisory_xact_lock(hashtextextended('platen.outbox.distribute', 0))`.execute(tx)
      const batch = await rows(
        tx,
        sql`
          with batch as (
            select id, type, tenant_id, aggregate_id, sequence from outbox.events
            where distributed_at is null order by position limit ${DISTRIBUTE_BATCH}
          ), written as (
            insert into outbox.deliveries (event_id, handler, tenant_id, aggregate_id, sequence)
            select batch.id, handlers.name, batch.tenant_id, batch.aggregate_id, batch.sequence
            from batch join outbox.handlers on batch.type = any(handlers.types) or '*' = any(handlers.types)
            on conflict on constraint deliveries_pkey do nothing
          )
          update outbox.events set distributed_at = now() from batch where events.id = batch.id returning events.id`,
      )
      return batch.length
    })
    if (waiting < DISTRIBUTE_BATCH) return
  }
}

async function run(
  db: Db,
  handler: EventHandler,
  claimed: Claim,
  limits: ClaimLimits,
  options: DeliverOptions,
): Promise<boolean> {
  const next = await renew(db, claimed, limits)
  if (next === undefined) return false
  const lease = AbortSignal.timeout(Math.max(0, Math.floor(next.leaseEndsAtMs - performance.now())))
  const signal = options.signal === undefined ? lease : AbortSignal.any([lease, options.signal])
  const context: HandlerContext = { attempt: next.attempt, signal }
  try {
    if (handler.handle !== undefined) return await runInTransaction(db, handler, next, context)
    await handler.send(next.event, context)
    return await withScope(db, { tenantId: next.event.tenantId }, (tx) => recordSuccess(tx, next))
  } catch (error) {
    const dead = await recordFailure(db, next, error, limits)
    options.onFailure?.({ handler: handler.name, event: next.event, attempt: next.attempt, error, dead })
    return false
  }
}

type TransactionHandler = Extract<EventHandler, { send?: never }>

// "Delivered" is written first: that locks the row and proves that the lease is still ours before the handler does anything.
async function runInTransaction(
  db: Db,
  handler: TransactionHandler,
  next: Claim,
  context: HandlerContext,
): Promise<boolean> {
  return withScope(db, { tenantId: next.event.tenantId }, async (tx) => {
    const isOurs = await recordSuccess(tx, next)
    if (isOurs) await handler.handle(tx, next.event, context)
    return isOurs
  })
}
