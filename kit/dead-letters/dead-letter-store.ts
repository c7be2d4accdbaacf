import { defineList, type ListQuery, type Page } from '../lists/index.ts'
import { rows, sql, type Tx } from '../sql/index.ts'

export interface DeadLetterRow {
  eventId: string
  handler: string
  type: string
  version: number
  aggregate: string
  aggregateId: string
  sequence: number
  tenantId: string
  occurredAt: Date
  attempts: number
  lastError: string | null
  heldBack: number
}

export const deadLetterList = defineList({
  fields: {
    handler: { type: 'text', column: sql`d.handler`, sort: true },
    type: { type: 'text', column: sql`e.type`, sort: true },
    aggregateId: { type: 'uuid', column: sql`d.aggregate_id` },
    occurredAt: { type: 'time', column: sql`e.occurred_at`, sort: true },
  },
  defaultSort: ['occurredAt'],
  tieBreaker: { type: 'text', column: sql`(d.event_id::text || ' ' || d.handler)` },
})

/** Those that the scope of the transaction may see, oldest first. */
export const listDeadLetters = (tx: Tx, query: ListQuery): Promise<Page<DeadLetterRow>> =>
  deadLetterList.read(
    tx,
    query,
    ({ key, where, rest }) => sql<DeadLetterRow>`
      select d.event_id as "eventId", d.handler, e.type, e.version, e.aggregate, d.aggregate_id as "aggregateId",
        d.sequence::float8 as sequence, d.tenant_id as "tenantId", e.occurred_at as "occurredAt", d.attempts, d.last_error as "lastError",
        (select count(*)::int from outbox.deliveries later where later.handler = d.handler and later.tenant_id = d.tenant_id
          and later.aggregate_id = d.aggregate_id and later.sequence > d.sequence and later.state in ('pending', 'dead')) as "heldBack",
        ${key}
      from outbox.deliveries d join outbox.events e on e.id = d.event_id
      where d.state = 'dead' and ${where} ${rest}`,
  )

/** `replayed`: due now, with fresh attempts. `discarded`: given up for good, which lets later events of the aggregate pass. */
export type Outcome = 'replayed' | 'discarded'

/** Of one handler, or of all that gave the event up; answers which they were, none if none had. */
export async function settleDeadLetters(
  tx: Tx,
  { eventId, handler }: { eventId: string; handler: string | undefined },
  outcome: Outcome,
): Promise<string[]> {
  const change =
    outcome === 'replayed'
      ? sql`state = 'pending', attempts = 0, next_attempt_at = clock_timestamp(), leased_until = null`
      : sql`state = 'discarded'`
  const settled = await rows(
    tx,
    sql<{ handler: string }>`
      update outbox.deliveries set ${change}
      where event_id = ${eventId} and state = 'dead' and handler = coalesce(${handler ?? null}::text, handler) returning handler`,
  )
  return settled.map((row) => row.handler).toSorted()
}
