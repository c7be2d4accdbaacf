// Who wants what, and one delivery row for each.
import { one, rows, sql, withScope, type Db } from '../sql/index.ts'
import type { DeliveryFailpoints } from './failpoints.ts'
import type { EventHandler } from './handlers.ts'

const DISTRIBUTE_BATCH = 500

/**
 * Notes who wants what, and answers whether anything is to be distributed or due, in one round trip: most looks end here.
 * Subscriptions only grow: while two releases run side by side, the older one must not take a type away that the newer one reads.
 */
export async function register(db: Db, handlers: readonly EventHandler[]): Promise<boolean> {
  const wanted = JSON.stringify(
    handlers.map(({ name, types, tenantId }) => ({ name, types, tenant_id: tenantId ?? null })),
  )
  const { pending } = await one(
    db,
    sql<{ pending: boolean }>`
      with registered as (
        insert into outbox.handlers as known (name, types, tenant_id)
        select name, types, tenant_id from jsonb_to_recordset(${wanted}::jsonb) as wanted(name text, types text[], tenant_id uuid)
        where not exists (select from outbox.handlers h where h.name = wanted.name and h.types @> wanted.types)
        order by name
        on conflict (name) do update set types = array(select distinct unnest(known.types || excluded.types) order by 1)
      )
      select outbox.has_pending_deliveries() as pending`,
  )
  return pending
}

/** Writes the delivery rows of events that have none yet, for every registered handler, also those of other processes. */
export async function distribute(db: Db, failpoints?: DeliveryFailpoints): Promise<void> {
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
            select id, type, tenant_id, aggregate_id, sequence, position from outbox.events
            where distributed_at is null order by position limit ${DISTRIBUTE_BATCH}
          ), written as (
            insert into outbox.deliveries (event_id, handler, tenant_id, aggregate_id, sequence, position)
            select batch.id, handlers.name, batch.tenant_id, batch.aggregate_id, batch.sequence, batch.position
            from batch join outbox.handlers on (batch.type = any(handlers.types) or '*' = any(handlers.types))
              and (handlers.tenant_id is null or handlers.tenant_id = batch.tenant_id)
            on conflict on constraint deliveries_pkey do nothing
          )
          update outbox.events set distributed_at = now() from batch where events.id = batch.id returning events.id`,
      )
      await failpoints?.('distributing')
      return batch.length
    })
    if (waiting < DISTRIBUTE_BATCH) return
  }
}
