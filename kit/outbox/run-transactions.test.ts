import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../ids/index.ts'
import { one, rows, sql, withScope, type Db, type Tx } from '../sql/index.ts'
import { createSiteGroupRoles, testDatabase, type TestDatabase } from '../testing/index.ts'
import {
  deliverPending,
  outboxMigrations,
  type DeliveredEvent,
  type DeliveryFailure,
  type EventHandler,
} from './index.ts'

const [siteId, otherSiteId] = [newId(), newId()]
let database: TestDatabase
let app: Db

beforeAll(async () => {
  const sets = [outboxMigrations]
  database = await testDatabase({ template: 'outbox', sets, prepare: createSiteGroupRoles, role: 'platen_site_owner' })
  app = database.connect('platen_site_app')
  await sql`
    create table public.effects (event_id uuid not null, tenant text not null, transaction xid8 not null default pg_current_xact_id(),
      unpaid boolean, at bigint generated always as identity);
    create table public.paid (unpaid boolean primary key);
    insert into public.paid values (false);
    alter table public.effects add foreign key (unpaid) references public.paid deferrable initially deferred;
    grant select, insert on public.effects to platen_site_app`.execute(database.db)
})
afterAll(() => database.drop())
beforeEach(() => sql`truncate outbox.events, outbox.deliveries, outbox.handlers, public.effects`.execute(database.db))

/** Events 1 to `count` of an aggregate. */
const append = (aggregateId: string, count: number, tenantId = siteId) =>
  withScope(database.db, { operator: true }, (tx) =>
    sql`
      insert into outbox.events (id, tenant_id, type, version, aggregate, aggregate_id, sequence, payload)
      select gen_random_uuid(), ${tenantId}, 'ThingHappened', 1, 'thing', ${aggregateId}, n, '{}' from generate_series(1, ${count}::int) n`.execute(
      tx,
    ),
  )

/** Leaves an effect, and then does what the test wants. */
const handler = (
  then: (event: DeliveredEvent, tx: Tx, attempt: number) => unknown = () => undefined,
): EventHandler => ({
  name: 'effects',
  types: ['*'],
  async handle(tx, event, { attempt }) {
    await sql`insert into public.effects (event_id, tenant) values (${event.id}, current_setting('app.tenant'))`.execute(
      tx,
    )
    await then(event, tx, attempt)
  },
})

/** Sequences of an aggregate that had their effect, in the order of the effects. */
const effectsOf = async (aggregateId: string): Promise<number[]> =>
  (
    await rows(
      database.db,
      sql<{ sequence: bigint }>`
        select sequence from public.effects join outbox.events on events.id = event_id where aggregate_id = ${aggregateId} order by at`,
    )
  ).map(({ sequence }) => Number(sequence))

const effects = () =>
  one(
    database.db,
    sql<{ count: number; transactions: number }>`
      select count(*)::int as count, count(distinct transaction)::int as transactions from public.effects`,
  )

const letTimePass = () =>
  sql`update outbox.deliveries set next_attempt_at = now() - interval '1 s'`.execute(database.db)

describe('many events in one transaction', () => {
  test('effects of fifty events commit together, each in the scope of its tenant', async () => {
    const [here, there] = [newId(), newId()]
    await append(here, 60)
    await append(there, 40, otherSiteId)
    expect(await deliverPending(app, [handler()])).toBe(100)
    expect(await effects()).toEqual({ count: 100, transactions: 2 })
    const misplaced = await rows(
      database.db,
      sql`select from public.effects join outbox.events on events.id = event_id where tenant <> tenant_id::text`,
    )
    expect(misplaced).toEqual([])
    expect(await effectsOf(here)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
  })

  test('one that fails leaves nothing, holds back its own aggregate only, and is tried again alone', async () => {
    const [failing, sound] = [newId(), newId()]
    await append(failing, 5)
    await append(sound, 5)
    const failures: DeliveryFailure[] = []
    const once = handler(({ aggregateId, sequence }, _, attempt) => {
      if (aggregateId === failing && sequence === 3n && attempt === 1) throw new Error('not this one')
    })
    expect(await deliverPending(app, [once], { onFailure: (failure) => failures.push(failure) })).toBe(7)
    expect(await effects()).toEqual({ count: 7, transactions: 1 })
    expect([await effectsOf(failing), await effectsOf(sound)]).toEqual([
      [1, 2],
      [1, 2, 3, 4, 5],
    ])
    expect(failures).toMatchObject([{ events: 1, attempt: 1, dead: false, error: new Error('not this one') }])
    await letTimePass()
    expect(await deliverPending(app, [once])).toBe(3)
    expect(await effectsOf(failing)).toEqual([1, 2, 3, 4, 5])
    expect(await rows(database.db, sql`select sum(attempts)::int as attempts from outbox.deliveries`)).toEqual([
      { attempts: 11 },
    ])
  })

  test('an error of the database that a handler kept to itself fails its event, not the others', async () => {
    const [failing, sound] = [newId(), newId()]
    await append(failing, 1)
    await append(sound, 3)
    const swallowing = handler(async ({ aggregateId }, tx) => {
      if (aggregateId === failing) await sql`select 1 / 0`.execute(tx).catch(() => undefined)
    })
    expect(await deliverPending(app, [swallowing])).toBe(3)
    expect(await effectsOf(failing)).toEqual([])
  })

  test('when only the commit shows that one is wrong, each is tried in a transaction of its own', async () => {
    const [failing, sound] = [newId(), newId()]
    await append(failing, 3)
    await append(sound, 3)
    const unpaid = handler(async ({ id, aggregateId, sequence }, tx) => {
      if (aggregateId === failing && sequence === 2n)
        await sql`insert into public.effects (event_id, tenant, unpaid) values (${id}, '', true)`.execute(tx)
    })
    expect(await deliverPending(app, [unpaid])).toBe(4)
    expect([await effectsOf(failing), await effectsOf(sound)]).toEqual([[1], [1, 2, 3]])
    expect((await effects()).transactions).toBe(4)
  })

  test('a stop in the middle commits what was done and hands the rest back', async () => {
    await append(newId(), 10)
    const stop = new AbortController()
    const stopping = handler(({ sequence }) => sequence === 4n && stop.abort())
    expect(await deliverPending(app, [stopping], { signal: stop.signal })).toBe(4)
    expect(await deliverPending(app, [handler()])).toBe(6)
    expect((await effects()).count).toBe(10)
  })

  test('what was taken over since it was claimed has no effect, nor has what follows it', async () => {
    const [taken, ours] = [newId(), newId()]
    await append(taken, 3)
    await append(ours, 2)
    const failpoints = async (point: string) => {
      if (point === 'claimed')
        await sql`update outbox.deliveries set attempts = attempts + 1, leased_until = now() + interval '1 min'
          where aggregate_id = ${taken} and sequence = 2 and attempts = 1`.execute(database.db)
    }
    expect(await deliverPending(app, [handler()], { failpoints })).toBe(3)
    expect([await effectsOf(taken), await effectsOf(ours)]).toEqual([[1], [1, 2]])
  })
})
