// A process that delivers until nothing is left: node relay-worker.ts '{"database": ..., "leaseMs": ..., "killAt": ..., "target": ...}'
import { RabbitMqEventTarget, RedisEventTarget, relayHandler } from '../../../drivers/events/index.ts'
import { deliverPending, receiveNew, type EventHandler } from '../../../kit/outbox/index.ts'
import { Secret } from '../../../kit/secrets/index.ts'
import { openDatabase, sql, withScope } from '../../../kit/sql/index.ts'
import { testServer } from '../../../kit/testing/index.ts'
import { isDone, type RelayWorkerOptions } from './relay-world.ts'

const redeliveries = 5
// Written by relay-world.ts.
const options = JSON.parse(process.argv[2] ?? '{}') as RelayWorkerOptions
const connection = { ...testServer(), database: options.database, role: 'platen_site_app' }
const db = openDatabase(connection)
const outside = openDatabase(connection)

const inDatabase: EventHandler = {
  name: 'effects',
  types: ['*'],
  async handle(tx, event, { attempt }) {
    await sql`insert into public.effects (event_id) values (${event.id})`.execute(tx)
    if (attempt === 1 && options.failFirst?.includes(Number(event.sequence)) === true) throw new Error('not at first')
  },
}

/** Outside: what it has seen stays seen, whatever becomes of us. */
const sending: EventHandler = {
  name: 'receipts',
  types: ['*'],
  send: async (event) => void (await sql`insert into public.receipts (event_id) values (${event.id})`.execute(outside)),
}

/** A consumer elsewhere that is told everything five times, and has an inbox. */
const toldAgainAndAgain: EventHandler = {
  name: 'books',
  types: ['*'],
  async sendAll(events) {
    const tenantId = options.siteId
    for (let time = 1; time <= redeliveries; time += 1) {
      await withScope(outside, { tenantId }, async (tx) => {
        const isNew = await receiveNew(tx, { consumer: 'books', tenantId, eventIds: events.map(({ id }) => id) })
        const taken = events.flatMap(({ id }) => (isNew.has(id) ? [id] : []))
        await sql`insert into public.books (event_id) select id from unnest(${taken}::uuid[]) with ordinality as given(id, n) order by n`.execute(
          tx,
        )
      })
    }
  },
}

function handlers(): EventHandler[] {
  const { target } = options
  if (target === undefined) return [inDatabase, toldAgainAndAgain, ...(options.manyEvents === true ? [] : [sending])]
  const url = new Secret(target.url)
  const broker = target.vendor === 'redis' ? new RedisEventTarget({ url }) : new RabbitMqEventTarget(url)
  return [relayHandler(broker, { siteId: options.siteId })]
}

let times = 0
const given = handlers()
while (!(await isDone(db))) {
  await deliverPending(db, given, {
    leaseMs: options.leaseMs,
    backoffBaseMs: 100,
    failpoints: (point) => {
      if (point !== options.killAt?.point) return
      times += 1
      if (times === options.killAt.time) process.kill(process.pid, 'SIGKILL')
    },
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
}
process.exit(0)
