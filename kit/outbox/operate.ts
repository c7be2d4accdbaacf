// What an operator does with deliveries: look, replay, discard, prune. All of it passes the tenant policies.
import { one, rows, sql, withScope, type Db, type Tx } from '../sql/index.ts'

const SHORTEST_RETENTION_DAYS = 30

export interface OutboxLag {
  /** Events without delivery rows yet. */
  undistributed: bigint
  pending: bigint
  dead: bigint
  /** Age of the oldest event that a handler still waits for, dead ones included; 0 if none. */
  oldestAgeMs: number
  /** When the next attempt is due, null if nothing is pending. */
  nextAttemptAt: Date | null
}

export interface DeadLetter {
  eventId: string
  handler: string
  tenantId: string
  type: string
  aggregate: string
  aggregateId: string
  sequence: bigint
  occurredAt: Date
  attempts: number
  lastError: string | null
  /** Later events of the same aggregate that wait behind it. */
  heldBack: bigint
}

/** The lag metric of one database. */
export async function outboxLag(db: Db): Promise<OutboxLag> {
  return withScope(db, { operator: true }, (tx) =>
    one(
      tx,
      sql<OutboxLag>`
        select
          (select count(*) from outbox.events where distributed_at is null) as undistributed,
          (select count(*) from outbox.deliveries where state = 'pending') as pending,
          (select count(*) from outbox.deliveries where state = 'dead') as dead,
          coalesce(extract(epoch from clock_timestamp() - least(
            (select min(occurred_at) from outbox.events where distributed_at is null),
            (select min(occurred_at) from outbox.deliveries join outbox.events on events.id = event_id where state in ('pending', 'dead'))
          )) * 1000, 0)::float8 as "oldestAgeMs",
          (select min(next_attempt_at) from outbox.deliveries where state = 'pending') as "nextAttemptAt"`,
    ),
  )
}

/** Deliveries that were given up, oldest first. */
export async function deadLetters(db: Db, options: { limit?: number } = {}): Promise<DeadLetter[]> {
  return withScope(db, { operator: true }, (tx) =>
    rows(
      tx,
      sql<DeadLetter>`
        select event_id as "eventId", handler, d.tenant_id as "tenantId", type, aggregate, d.aggregate_id as "aggregateId",
          d.sequence, occurred_at as "occurredAt", attempts, last_error as "lastError",
          (select count(*) from outbox.deliveries later where later.handler = d.handler and later.tenant_id = d.tenant_id
            and later.aggregate_id = d.aggregate_id and later.sequence > d.sequence and later.state in ('pending', 'dead')) as "heldBack"
        from outbox.deliveries d join outbox.events on events.id = d.event_id
        where d.state = 'dead' order by events.position limit ${options.limit ?? 100}`,
    ),
  )
}

/** Delivers once more, now, with fresh attempts: a dead delivery, or a delivered one whose effect is wanted again. False if unknown or leased. */
export async function replayDelivery(db: Db, delivery: { eventId: string; handler: string }): Promise<boolean> {
  return withScope(db, { operator: true }, (tx) => changeIn(tx, delivery, replayed))
}

/** The same for what the scope of a transaction may see. */
export const replayDeliveryIn = (tx: Tx, delivery: { eventId: string; handler: string }): Promise<boolean> =>
  changeIn(tx, delivery, replayed)

/** Gives a dead delivery up for good, which lets later events of its aggregate pass. False if it is not dead. */
export async function discardDelivery(db: Db, delivery: { eventId: string; handler: string }): Promise<boolean> {
  return withScope(db, { operator: true }, (tx) =>
    changeIn(tx, delivery, sql`state = 'discarded'`, sql`and state = 'dead'`),
  )
}

/**
 * Gives a handler the events from before it existed: writes the missing delivery rows of its types. Returns how many. Run it before
 * the handler has seen anything newer where order matters.
 */
export async function replayHistory(db: Db, handler: string): Promise<number> {
  const written = await withScope(db, { operator: true }, (tx) =>
    rows(
      tx,
      sql`
        insert into outbox.deliveries (event_id, handler, tenant_id, aggregate_id, sequence, position)
        select events.id, handlers.name, events.tenant_id, events.aggregate_id, events.sequence, events.position
        from outbox.events join outbox.handlers on handlers.name = ${handler} and (events.type = any(types) or '*' = any(types))
          and (handlers.tenant_id is null or handlers.tenant_id = events.tenant_id)
        where events.distributed_at is not null
        on conflict on constraint deliveries_pkey do nothing returning event_id`,
    ),
  )
  return written.length
}

/** Forgets a handler that no release runs any more, with its open deliveries. */
export async function retireHandler(db: Db, handler: string): Promise<void> {
  await withScope(db, { operator: true }, async (tx) => {
    await sql`delete from outbox.handlers where name = ${handler}`.execute(tx)
    await sql`update outbox.deliveries set state = 'discarded' where handler = ${handler} and state in ('pending', 'dead')`.execute(
      tx,
    )
  })
}

/** Deletes events that every handler is done with, and inbox rows, after at least 30 days: longer than any redelivery. Returns the events. */
export async function pruneDelivered(db: Db, options: { olderThanDays: number; limit?: number }): Promise<number> {
  const days = Math.max(SHORTEST_RETENTION_DAYS, options.olderThanDays)
  const pruned = await withScope(db, { operator: true }, async (tx) => {
    await sql`delete from outbox.inbox where received_at < now() - ${days} * interval '1 day'`.execute(tx)
    return rows(
      tx,
      sql`
        delete from outbox.events where id in (
          select id from outbox.events
          where distributed_at < now() - ${days} * interval '1 day'
            and not exists (select from outbox.deliveries where event_id = events.id and state in ('pending', 'dead'))
          order by distributed_at limit ${options.limit ?? 1_000}
        ) returning id`,
    )
  })
  return pruned.length
}

const replayed = sql`state = 'pending', attempts = 0, next_attempt_at = clock_timestamp(), leased_until = null, delivered_at = null`

async function changeIn(
  tx: Tx,
  delivery: { eventId: string; handler: string },
  assignments: ReturnType<typeof sql>,
  condition: ReturnType<typeof sql> = sql``,
): Promise<boolean> {
  const changed = await rows(
    tx,
    sql`
      update outbox.deliveries set ${assignments}
      where event_id = ${delivery.eventId} and handler = ${delivery.handler}
        and (leased_until is null or leased_until <= clock_timestamp()) ${condition}
      returning event_id`,
  )
  return changed.length === 1
}
