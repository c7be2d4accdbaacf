import { newId } from '@platen/kit/ids'
import { rows, sql } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestBench, type TestBench } from '../../testing/bench.ts'
import { aDeadLetter, givenUpBy } from '../../testing/dead-letter.ts'
import { openTestSite, type TestSite } from '../../testing/site.ts'

let site: TestSite
let bench: TestBench
let token: string
const seen: string[] = []

beforeAll(async () => {
  site = await openTestSite('anvil')
  const handler = { name: givenUpBy, types: ['*'], send: async ({ id }: { id: string }) => void seen.push(id) }
  bench = await openTestBench({ handlersOf: () => [handler] })
  bench.serve(site.entry(bench.sealingKey))
  token = await bench.tokenOf(site)
})
afterAll(async () => {
  await bench.close()
  await site.close()
})

let eventId: string
beforeEach(async () => {
  // Not by the API: that would deliver it at once.
  await sql`with added as (
      insert into outbox.events (id, tenant_id, type, version, aggregate, aggregate_id, sequence, payload, distributed_at)
      values (${newId()}, ${site.id}, 'ThingHappened', 1, 'thing', ${newId()}, 1, '{}', now()) returning id)
    select from added`.execute(site.database.db)
  eventId = await aDeadLetter(site.database.db)
})

const call = (method: 'GET' | 'POST' | 'DELETE', path: string) => bench.call(site, method, path, { token })
const auditOf = (id: string) =>
  rows(
    site.database.db,
    sql<{
      action: string
      changes: unknown
    }>`select action, changes from identity.audit_entries where resource_id = ${id}`,
  )

test('a dead letter is listed with its error and what waits behind it', async () => {
  const { status, body } = await call('GET', `/dead-letters?filter[handler]=${givenUpBy}&limit=200`)
  expect(status).toBe(200)
  const { items } = body as unknown as { items: { eventId: string }[] }
  expect(items.find((item) => item.eventId === eventId)).toMatchObject({
    handler: givenUpBy,
    type: 'ThingHappened',
    aggregate: 'thing',
    sequence: 1,
    attempts: 12,
    lastError: 'no paper',
    heldBack: 0,
  })
})

test('a replay delivers it at once, with an audit row, and it is a dead letter no more', async () => {
  const answer = await call('POST', `/dead-letters/${eventId}/replays`)
  expect([answer.status, answer.body]).toEqual([202, { handlers: [givenUpBy] }])
  await eventually(() => seen.includes(eventId))
  expect(await auditOf(eventId)).toEqual([{ action: 'dead-letter.replayed', changes: { handlers: [givenUpBy] } }])
  expect((await call('POST', `/dead-letters/${eventId}/replays`)).body).toMatchObject({ code: 'dead-letter-not-found' })
})

test('a discarded one is not delivered, and is told to have been discarded', async () => {
  expect((await call('DELETE', `/dead-letters/${eventId}?handler=another`)).status).toBe(404)
  expect((await call('DELETE', `/dead-letters/${eventId}?handler=${givenUpBy}`)).status).toBe(204)
  expect(await auditOf(eventId)).toMatchObject([{ action: 'dead-letter.discarded' }])
  expect((await call('DELETE', `/dead-letters/${eventId}`)).status).toBe(404)
  expect(seen).not.toContain(eventId)
})
