import { newId } from '../ids/index.ts'
import { sql, type Tx } from '../sql/index.ts'

export interface NewEvent {
  /** Past tense, for example `OrderSubmitted`. */
  type: string
  /** Version of the payload's shape, from 1. */
  version: number
  /** What kind of thing it happened to, for example `order`. */
  aggregate: string
  /** Its id, a uuid: events of one id are delivered in the order in which they were appended. */
  aggregateId: string
  payload: object
  /** The tenant; in a site database the site's id. */
  tenantId: string
}

/**
 * Writes an event in the transaction that makes it true: both exist or neither does. One round trip. Appending holds the aggregate's
 * counter until the transaction ends, so append last, and for several aggregates in the order of their ids, as with any row lock.
 */
export async function appendEvent(tx: Tx, event: NewEvent): Promise<void> {
  await sql`
    with counter as (
      insert into outbox.aggregates as known (tenant_id, aggregate_id, last_sequence)
      values (${event.tenantId}, ${event.aggregateId}, 1)
      on conflict on constraint aggregates_pkey do update set last_sequence = known.last_sequence + 1
      returning last_sequence
    )
    insert into outbox.events (id, tenant_id, type, version, aggregate, aggregate_id, sequence, payload)
    select ${newId()}, ${event.tenantId}, ${event.type}, ${event.version}, ${event.aggregate}, ${event.aggregateId}, last_sequence,
      ${JSON.stringify(event.payload)}::jsonb
    from counter
  `.execute(tx)
}
