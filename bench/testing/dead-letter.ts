import { one, sql, type Db } from '@platen/kit/sql'

export const givenUpBy = 'test.given-up'

/** The newest event of the site, as if a handler had given it up; answers its id. */
export async function aDeadLetter(db: Db): Promise<string> {
  const { event_id: eventId } = await one(
    db,
    sql<{ event_id: string }>`
      insert into outbox.deliveries (event_id, handler, tenant_id, aggregate_id, sequence, position, state, attempts, last_error)
      select id, ${givenUpBy}, tenant_id, aggregate_id, sequence, position, 'dead', 12, 'no paper'
      from outbox.events order by position desc limit 1 returning event_id`,
  )
  return eventId
}
