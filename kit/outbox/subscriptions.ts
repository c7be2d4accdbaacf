// Handlers that are rows of somebody's making rather than code of a release: subscribed, changed and ended in transactions of their own.
import { rows, sql, type Tx } from '../sql/index.ts'

/**
 * Makes a handler known, or changes what it asks for: events appended and not yet distributed at that moment are among them. One
 * that is bound to a tenant gets the events of that tenant only, and no later call moves it to another one.
 */
export async function subscribe(
  tx: Tx,
  { name, types, tenantId }: { name: string; types: readonly string[]; tenantId: string },
): Promise<void> {
  await sql`
    insert into outbox.handlers (name, types, tenant_id) values (${name}, ${types}::text[], ${tenantId})
    on conflict on constraint handlers_pkey do update set types = excluded.types where handlers.tenant_id = excluded.tenant_id
  `.execute(tx)
}

/** No event from now on; what was still to be delivered is discarded. In the scope of its tenant. */
export async function unsubscribe(tx: Tx, name: string): Promise<void> {
  await sql`delete from outbox.handlers where name = ${name}`.execute(tx)
  await sql`update outbox.deliveries set state = 'discarded', leased_until = null
    where handler = ${name} and state in ('pending', 'dead')`.execute(tx)
}

export interface DueHandler {
  name: string
  /** Until its next delivery is due; 0 or less: now. What is leased is due when the lease ends. */
  dueInMs: number
}

/** Handlers whose names begin so and that have something to be delivered, longest due first. What is held back behind a dead one is not counted. */
export const dueHandlers = (tx: Tx, prefix: string): Promise<DueHandler[]> =>
  rows(
    tx,
    sql<DueHandler>`
      select handler as name,
        min(extract(epoch from greatest(next_attempt_at, leased_until) - clock_timestamp()) * 1000)::float8 as "dueInMs"
      from outbox.deliveries mine
      where state = 'pending' and starts_with(handler, ${prefix}) and not exists (
        select from outbox.deliveries held
        where held.handler = mine.handler and held.tenant_id = mine.tenant_id and held.aggregate_id = mine.aggregate_id
          and held.sequence < mine.sequence and held.attempts > 0 and held.state in ('pending', 'dead')
      )
      group by handler order by 2`,
  )
