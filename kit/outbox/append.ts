import { newId } from '../ids/index.ts'
import { sql, type Tx } from '../sql/index.ts'
import type { NewEvent } from './define-event.ts'

/**
 * Writes an event in the transaction that makes it true: both exist or neither does. One round trip. Appending holds the aggregate's
 * counter until the transaction ends, so append last, and for several aggregates in the order of their ids, as with any row lock.
 * A payload that is not as declared throws: nothing is committed then.
 * @param tenantId in a site database the site's id.
 */
export async function appendEvent(tx: Tx, tenantId: string, event: NewEvent): Promise<void> {
  const { definition, aggregateId } = event
  await sql`
    with counter as (
      insert into outbox.aggregates as known (tenant_id, aggregate_id, last_sequence)
      values (${tenantId}, ${aggregateId}, 1)
      on conflict on constraint aggregates_pkey do update set last_sequence = known.last_sequence + 1
      returning last_sequence
    )
    insert into outbox.events (id, tenant_id, type, version, aggregate, aggregate_id, sequence, payload)
    select ${newId()}, ${tenantId}, ${definition.type}, ${definition.version}, ${definition.aggregate}, ${aggregateId}, last_sequence,
      ${JSON.stringify(checked(event))}::jsonb
    from counter
  `.execute(tx)
}

/**
 * The same for one handler alone, which need not have asked for such events: nobody else ever hears of it. With it a receiver is tried
 * by the very means that will reach it later. Answers the id of the event.
 */
export async function appendEventFor(tx: Tx, tenantId: string, event: NewEvent, handler: string): Promise<string> {
  const { definition, aggregateId } = event
  const id = newId()
  await sql`
    with counter as (
      insert into outbox.aggregates as known (tenant_id, aggregate_id, last_sequence)
      values (${tenantId}, ${aggregateId}, 1)
      on conflict on constraint aggregates_pkey do update set last_sequence = known.last_sequence + 1
      returning last_sequence
    ), appended as (
      insert into outbox.events (id, tenant_id, type, version, aggregate, aggregate_id, sequence, payload, distributed_at)
      select ${id}, ${tenantId}, ${definition.type}, ${definition.version}, ${definition.aggregate}, ${aggregateId}, last_sequence,
        ${JSON.stringify(checked(event))}::jsonb, now()
      from counter returning id, tenant_id, aggregate_id, sequence, position
    )
    insert into outbox.deliveries (event_id, handler, tenant_id, aggregate_id, sequence, position)
    select id, ${handler}, tenant_id, aggregate_id, sequence, position from appended
  `.execute(tx)
  return id
}

function checked({ definition, payload }: NewEvent): object {
  const result = definition.payload.safeParse(payload)
  if (result.success) return result.data
  throw new Error(`The payload of ${definition.type} v${definition.version} is not as declared`, {
    cause: result.error,
  })
}
