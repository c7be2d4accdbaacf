import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../ids/index.ts'
import { one, rows, sql, withScope, type Db } from '../sql/index.ts'
import { createSiteGroupRoles, expectSchemaFile, testDatabase, type TestDatabase } from '../testing/index.ts'
import {
  appendEvent,
  deadLetters,
  defineEvent,
  deliverPending,
  discardDelivery,
  hasPendingDeliveries,
  outboxLag,
  outboxMigrations,
  pruneDelivered,
  receiveOnce,
  replayDelivery,
  replayHistory,
  retireHandler,
  type DeliveredEvent,
  type DeliveryFailure,
  type EventHandler,
} from './index.ts'

const tenantId = newId()
const aThing = (type: string) =>
  defineEvent({
    type,
    version: 1,
    aggregate: 'thing',
    description: 'Only here.',
    payload: z.strictObject({ index: z.int() }),
  })
const ThingHappened = aThing('ThingHappened')
const OtherThing = aThing('OtherThing')
const atOnce = { backoffBaseMs: 0 }
let database: TestDatabase
/** As a bench connects: not the owner, held by the policies. */
let app: Db
let other: Db

beforeAll(async () => {
  database = await testDatabase({
    template: 'outbox',
    sets: [outboxMigrations],
    prepare: createSiteGroupRoles,
    role: 'platen_site_owner',
  })
  app = database.connect('platen_site_app')
  other = database.connect('platen_site_app')
  await sql`create table public.effects (handler text not null, event_id uuid not null, at bigint generated always as identity)`.execute(
    database.db,
  )
  await sql`grant select, insert on public.effects to platen_site_app`.execute(database.db)
})

afterAll(() => database.drop())

beforeEach(async () => {
  await sql`truncate outbox.events, outbox.deliveries, outbox.handlers, outbox.aggregates, outbox.inbox, public.effects`.execute(
    database.db,
  )
})

async function append(db: Db, aggregateId: string, count = 1, event = ThingHappened): Promise<void> {
  await withScope(db, { tenantId }, async (tx) => {
    for (let index = 0; index < count; index += 1) {
      await appendEvent(tx, tenantId, event.of(aggregateId, { index }))
    }
  })
}

function recorder(name: string, types = ['ThingHappened']): EventHandler {
  return {
    name,
    types,
    async handle(tx, event) {
      await sql`insert into public.effects (handler, event_id) values (${name}, ${event.id})`.execute(tx)
    },
  }
}

function collector(name: string): { handler: EventHandler; seen: DeliveredEvent[] } {
  const seen: DeliveredEvent[] = []
  return { seen, handler: { name, types: ['*'], send: async (event) => void seen.push(event) } }
}

async function effects(): Promise<number> {
  return Number((await one(database.db, sql<{ count: bigint }>`select count(*) from public.effects`)).count)
}

/** Makes every pause and lease end now, instead of waiting for them. */
async function letTimePass(): Promise<void> {
  await sql`update outbox.deliveries set next_attempt_at = now() - interval '1 s', leased_until = leased_until - interval '1 day'`.execute(
    database.db,
  )
}

describe('appending', () => {
  test('an event exists exactly if its transaction committed', async () => {
    const aggregateId = newId()
    await expect(
      withScope(app, { tenantId }, async (tx) => {
        await appendEvent(tx, tenantId, ThingHappened.of(aggregateId, { index: 0 }))
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect(await hasPendingDeliveries(app)).toBe(false)
    await append(app, aggregateId)
    expect(await hasPendingDeliveries(app)).toBe(true)
  })

  test('a payload that is not as declared is refused before anything is written', async () => {
    for (const payload of [{ index: 'one' }, { index: 1, more: true }]) {
      const event = { definition: ThingHappened, aggregateId: newId(), payload }
      await expect(withScope(app, { tenantId }, (tx) => appendEvent(tx, tenantId, event))).rejects.toThrow(
        'The payload of ThingHappened v1 is not as declared',
      )
    }
  })

  test('writers of one aggregate at the same time get consecutive numbers', async () => {
    const aggregateId = newId()
    await Promise.all(Array.from({ length: 12 }, (_, index) => append(index % 2 === 0 ? app : other, aggregateId, 2)))
    const numbers = await rows(
      database.db,
      sql<{ sequence: bigint }>`select sequence from outbox.events order by sequence`,
    )
    expect(numbers.map((row) => Number(row.sequence))).toEqual(Array.from({ length: 24 }, (_, index) => index + 1))
  })

  test('an event of another tenant cannot be written, nor seen', async () => {
    await append(app, newId())
    const event = ThingHappened.of(newId(), { index: 0 })
    await expect(withScope(app, { tenantId: newId() }, (tx) => appendEvent(tx, tenantId, event))).rejects.toThrow(
      'row-level security',
    )
    expect(await withScope(app, { tenantId: newId() }, (tx) => rows(tx, sql`select from outbox.events`))).toEqual([])
    expect(await rows(app, sql`select from outbox.events`)).toEqual([])
  })
})

describe('delivery', () => {
  test('each handler gets each event of its types once, with what was appended', async () => {
    const aggregateId = newId()
    await append(app, aggregateId, 2)
    await append(app, newId(), 1, OtherThing)
    const all = collector('all')
    expect(await deliverPending(app, [recorder('one'), recorder('two'), all.handler])).toBe(7)
    expect(await deliverPending(app, [recorder('one'), recorder('two'), all.handler])).toBe(0)
    expect(await effects()).toBe(4)
    expect(all.seen.map((event) => [event.type, event.sequence, event.payload])).toEqual([
      ['ThingHappened', 1n, { index: 0 }],
      ['ThingHappened', 2n, { index: 1 }],
      ['OtherThing', 1n, { index: 0 }],
    ])
    expect(all.seen[0]).toMatchObject({
      aggregateId,
      aggregate: 'thing',
      tenantId,
      version: 1,
      occurredAt: expect.any(Date),
    })
    expect(await hasPendingDeliveries(app)).toBe(false)
  })

  test('four deliverers at once deliver each event once, in the order of its aggregate', async () => {
    const aggregates = Array.from({ length: 6 }, newId)
    const pools = [app, other, database.connect('platen_site_app'), database.connect('platen_site_app')]
    const appending = Promise.all(
      aggregates.map((aggregateId, index) => append(index % 2 === 0 ? app : other, aggregateId, 15)),
    )
    const delivering = pools.map((pool) => deliverPending(pool, [recorder('one')], { batchSize: 3 }))
    await Promise.all([appending, ...delivering])
    await Promise.all(pools.map((pool) => deliverPending(pool, [recorder('one')], { batchSize: 3 })))
    expect(await effects()).toBe(90)
    const misplaced = await rows(
      database.db,
      sql`select from (
        select sequence, row_number() over (partition by aggregate_id order by at) as place
        from public.effects join outbox.events on events.id = event_id
      ) ordered where sequence <> place`,
    )
    expect(misplaced).toEqual([])
  })

  test('an event that commits after a later-numbered one was delivered is delivered too', async () => {
    let commitEarly = (): void => {}
    const held = new Promise<void>((resolve) => (commitEarly = resolve))
    let appended = (): void => {}
    const earlyIsAppended = new Promise<void>((resolve) => (appended = resolve))
    const early = withScope(other, { tenantId }, async (tx) => {
      await appendEvent(tx, tenantId, ThingHappened.of(newId(), { index: 0 }))
      appended()
      await held
    })
    await earlyIsAppended
    await append(app, newId())
    expect(await deliverPending(app, [recorder('one')])).toBe(1)
    commitEarly()
    await early
    expect(await deliverPending(app, [recorder('one')])).toBe(1)
  })

  test('the effect and the note that it was delivered are one: a handler that fails leaves neither', async () => {
    await append(app, newId())
    const failures: DeliveryFailure[] = []
    const failing: EventHandler = {
      name: 'one',
      types: ['ThingHappened'],
      async handle(tx, event) {
        await sql`insert into public.effects (handler, event_id) values ('one', ${event.id})`.execute(tx)
        throw new Error('no paper')
      },
    }
    expect(await deliverPending(app, [failing], { onFailure: (failure) => failures.push(failure) })).toBe(0)
    expect(await effects()).toBe(0)
    expect(failures).toMatchObject([{ handler: 'one', attempt: 1, dead: false, error: new Error('no paper') }])
    expect(await hasPendingDeliveries(app)).toBe(false) // it pauses
    await letTimePass()
    expect(await deliverPending(app, [recorder('one')])).toBe(1)
    expect(await effects()).toBe(1)
  })

  test("a handler sees the rows of the event's tenant only", async () => {
    await append(app, newId())
    let scope: unknown
    await deliverPending(app, [
      {
        name: 'one',
        types: ['*'],
        async handle(tx) {
          scope = await one(
            tx,
            sql`select current_setting('app.tenant') as tenant, current_setting('app.operator') as operator`,
          )
        },
      },
    ])
    expect(scope).toEqual({ tenant: tenantId, operator: '' })
  })

  test('what a process that died had claimed is delivered by another when the lease ends', async () => {
    await append(app, newId())
    let died = (): void => {}
    const dead = new Promise<void>((resolve) => (died = resolve))
    const doomed = deliverPending(other, [
      {
        name: 'one',
        types: ['ThingHappened'],
        async handle(tx, event) {
          await sql`insert into public.effects (handler, event_id) values ('one', ${event.id})`.execute(tx)
          const { pid } = await one(tx, sql<{ pid: number }>`select pg_backend_pid() as pid`)
          await sql`select pg_terminate_backend(${pid})`.execute(database.db)
          died()
        },
      },
    ])
    await dead
    await doomed.catch(() => {})
    expect(await effects()).toBe(0)
    await letTimePass()
    expect(await deliverPending(app, [recorder('one')])).toBe(1)
    expect(await effects()).toBe(1)
  })

  test('a deliverer whose lease was taken over has no effect', async () => {
    await append(app, newId())
    let taken = 0
    const slow: EventHandler = {
      name: 'one',
      types: ['ThingHappened'],
      async send() {
        await letTimePass()
        taken = await deliverPending(other, [recorder('one')])
      },
    }
    expect(await deliverPending(app, [slow])).toBe(0)
    expect(taken).toBe(1)
    expect(await effects()).toBe(1)
  })

  test('a deliverer that is stopped hands back what it had not begun', async () => {
    await append(app, newId())
    await append(app, newId())
    await append(app, newId())
    const stop = new AbortController()
    const stopping: EventHandler = { name: 'one', types: ['*'], send: async () => stop.abort() }
    expect(await deliverPending(app, [stopping], { signal: stop.signal })).toBe(1)
    expect(await deliverPending(other, [recorder('one')])).toBe(2)
    const attempts = await rows(database.db, sql`select attempts from outbox.deliveries`)
    expect(attempts).toEqual([{ attempts: 1 }, { attempts: 1 }, { attempts: 1 }])
  })

  test('what follows a failure in its aggregate is handed back untried, though it was claimed with it', async () => {
    const aggregateId = newId()
    await append(app, aggregateId, 5)
    const seen: bigint[] = []
    const failingOnce: EventHandler = {
      name: 'one',
      types: ['*'],
      async send({ sequence }, { attempt }) {
        if (sequence === 3n && attempt === 1) throw new Error('not this one')
        seen.push(sequence)
      },
    }
    expect(await deliverPending(app, [failingOnce])).toBe(2)
    await letTimePass()
    expect(await deliverPending(other, [failingOnce])).toBe(3)
    expect(seen).toEqual([1n, 2n, 3n, 4n, 5n])
  })

  test('a handler that sends many at once gets whole runs of an aggregate, in order, across tenants of one database', async () => {
    const aggregates = [newId(), newId(), newId()]
    for (const aggregateId of aggregates) await append(app, aggregateId, 40)
    const calls: (readonly DeliveredEvent[])[] = []
    const sender: EventHandler = { name: 'many', types: ['*'], sendAll: async (events) => void calls.push(events) }
    expect(await deliverPending(app, [sender])).toBe(120)
    expect(calls).toHaveLength(1)
    for (const id of aggregates) {
      const numbers = calls
        .flat()
        .flatMap(({ aggregateId, sequence }) => (aggregateId === id ? [Number(sequence)] : []))
      expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    }
  })

  test('a target that is away is asked once per call, and gets everything in order when it is back', async () => {
    for (let count = 0; count < 3; count += 1) await append(app, newId(), 400)
    const failures: DeliveryFailure[] = []
    const target = { isAway: true, asked: 0, got: 0 }
    const sender: EventHandler = {
      name: 'many',
      types: ['*'],
      maxAttempts: Infinity,
      async sendAll(events) {
        target.asked += 1
        if (target.isAway) throw new Error('away')
        target.got += events.length
      },
    }
    const options = { ...atOnce, maxAttempts: 2, onFailure: (failure: DeliveryFailure) => void failures.push(failure) }
    for (let call = 1; call <= 4; call += 1) {
      expect(await deliverPending(app, [sender], options)).toBe(0)
      expect(target.asked).toBe(call)
    }
    expect(failures[3]).toMatchObject({ handler: 'many', events: 500, dead: false })
    target.isAway = false
    expect(await deliverPending(app, [sender], options)).toBe(1_200)
    expect(target.got).toBe(1_200)
  })

  test('a long queue behind a pausing delivery keeps nobody else waiting', async () => {
    const stuck = newId()
    await append(app, stuck, 60)
    const fails: EventHandler = { name: 'one', types: ['*'], send: () => Promise.reject(new Error('no route')) }
    await deliverPending(app, [fails], { batchSize: 5, backoffBaseMs: 3_600_000 })
    await append(app, newId(), 2)
    expect(await deliverPending(app, [recorder('one')], { batchSize: 5 })).toBe(2)
  })

  test("a handler that is bound to a tenant gets that tenant's events only", async () => {
    const otherTenant = newId()
    const seen: string[] = []
    const bound: EventHandler = {
      name: 'bound',
      types: ['*'],
      tenantId: otherTenant,
      send: async (event) => void seen.push(event.tenantId),
    }
    await deliverPending(app, [bound])
    await append(app, newId(), 2)
    await withScope(app, { tenantId: otherTenant }, (tx) =>
      appendEvent(tx, otherTenant, ThingHappened.of(newId(), { index: 0 })),
    )
    expect(await deliverPending(app, [bound])).toBe(1)
    expect(await replayHistory(app, 'bound')).toBe(0)
    expect(seen).toEqual([otherTenant])
  })

  test('a handler of a newer release gets its events though an older release distributed them', async () => {
    await deliverPending(app, [recorder('old'), recorder('new')])
    await append(app, newId())
    expect(await deliverPending(app, [recorder('old')])).toBe(1)
    expect(await hasPendingDeliveries(app)).toBe(true)
    expect(await deliverPending(app, [recorder('new')])).toBe(1)
  })
})

describe('dead letters', () => {
  const broken: EventHandler = {
    name: 'one',
    types: ['ThingHappened'],
    send: () => Promise.reject(new Error('no route')),
  }

  async function anExhaustedDelivery(): Promise<{ eventId: string; handler: string }> {
    const aggregateId = newId()
    await append(app, aggregateId, 2)
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await deliverPending(app, [broken], { ...atOnce, maxAttempts: 3 })
      await letTimePass()
    }
    const [letter] = await deadLetters(app)
    if (letter === undefined) throw new Error('nothing is dead')
    return letter
  }

  test('after its attempts a delivery is dead, visible, and holds back later events of its aggregate', async () => {
    await anExhaustedDelivery()
    expect(await deadLetters(app)).toMatchObject([
      {
        handler: 'one',
        type: 'ThingHappened',
        sequence: 1n,
        attempts: 3,
        heldBack: 1n,
        tenantId,
        lastError: expect.stringContaining('no route'),
      },
    ])
    expect(await outboxLag(app)).toMatchObject({ undistributed: 0n, pending: 1n, dead: 1n })
    expect(await deliverPending(app, [recorder('one')])).toBe(0)
  })

  test('other aggregates and other handlers go on', async () => {
    await anExhaustedDelivery()
    await append(app, newId())
    expect(await deliverPending(app, [recorder('one'), recorder('two')])).toBe(2)
  })

  test('a replay delivers it and what waited behind it', async () => {
    const letter = await anExhaustedDelivery()
    expect(await replayDelivery(app, letter)).toBe(true)
    expect(await deliverPending(app, [recorder('one')])).toBe(2)
    expect(await outboxLag(app)).toMatchObject({ pending: 0n, dead: 0n, oldestAgeMs: 0, nextAttemptAt: null })
  })

  test('a discarded one lets the later events pass', async () => {
    const letter = await anExhaustedDelivery()
    expect(await discardDelivery(app, letter)).toBe(true)
    expect(await discardDelivery(app, letter)).toBe(false)
    expect(await deliverPending(app, [recorder('one')])).toBe(1)
  })

  test('an event that kills its process each time ends dead as well', async () => {
    await append(app, newId())
    await deliverPending(app, [recorder('one')], { signal: AbortSignal.abort() })
    await deliverPending(app, [{ ...broken }], { ...atOnce })
    await sql`update outbox.deliveries set attempts = 12, leased_until = now() - interval '1 s', next_attempt_at = now()`.execute(
      database.db,
    )
    expect(await deliverPending(app, [recorder('one')])).toBe(0)
    expect(await deadLetters(app)).toHaveLength(1)
  })
})

describe('operating', () => {
  test('a new handler gets the history when asked for', async () => {
    await append(app, newId(), 3)
    await deliverPending(app, [recorder('one')])
    expect(await deliverPending(app, [recorder('late')])).toBe(0)
    expect(await replayHistory(app, 'late')).toBe(3)
    expect(await deliverPending(app, [recorder('late')])).toBe(3)
  })

  test('a retired handler gets nothing any more', async () => {
    await append(app, newId())
    await deliverPending(app, [
      recorder('one'),
      { name: 'two', types: ['*'], send: () => Promise.reject(new Error('gone')) },
    ])
    await retireHandler(app, 'two')
    await append(app, newId())
    expect(await deliverPending(app, [recorder('one')])).toBe(1)
    expect(await outboxLag(app)).toMatchObject({ pending: 0n, dead: 0n })
  })

  test('pruning removes old events that are done with, and nothing younger or open', async () => {
    await append(app, newId())
    await deliverPending(app, [recorder('one')])
    await sql`update outbox.events set distributed_at = now() - interval '40 days'`.execute(database.db)
    await append(app, newId())
    expect(await pruneDelivered(app, { olderThanDays: 1 })).toBe(1)
    expect(await rows(database.db, sql`select from outbox.events`)).toHaveLength(1)
  })

  test('an inbox takes an event in once, together with its effect', async () => {
    const receipt = { consumer: 'books', eventId: newId(), tenantId }
    await expect(
      withScope(app, { tenantId }, async (tx) => {
        expect(await receiveOnce(tx, receipt)).toBe(true)
        throw new Error('effect failed')
      }),
    ).rejects.toThrow('effect failed')
    const both = await Promise.all(
      [app, other].map((db) => withScope(db, { tenantId }, (tx) => receiveOnce(tx, receipt))),
    )
    expect(both.toSorted()).toEqual([false, true])
  })

  test('the committed schema.sql is what the migrations make', async () => {
    await expectSchemaFile(database.db, outboxMigrations, ['outbox'])
  })
})
