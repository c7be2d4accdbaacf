import { eventually } from '@platen/kit/testing'
import { rows, sql } from '@platen/kit/sql'
import { openReceiver, type Receiver } from '@platen/kit/webhooks/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestBench, type TestBench } from '../../testing/bench.ts'
import { openTestSite, type TestSite } from '../../testing/site.ts'
import { adoptDatabase } from '../runtime/adopt-database.ts'

let bench: TestBench
let site: TestSite
let token: string
let receiver: Receiver

beforeAll(async () => {
  receiver = await openReceiver()
  site = await openTestSite('anvil')
  bench = await openTestBench()
  bench.serve(site.entry(bench.sealingKey))
  token = await bench.tokenOf(site)
})
afterAll(async () => {
  await bench.close()
  await Promise.all([site.close(), receiver.close()])
})

const post = (path: string, body: object = {}, headers = {}) => bench.call(site, 'POST', path, { token, body, headers })
const types = () => receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type) // what we sent

test('a webhook of a site is sent its events and a test, and a repeated request makes no second one', async () => {
  const body = { url: `${receiver.url}/hook`, types: ['CustomerCreated'] }
  const headers = { 'idempotency-key': 'one' }
  const made = await post('/webhooks', body, headers)
  expect(made.status, made.text).toBe(201)
  const { webhook } = made.body as { webhook: { id: string } } // contract of the route
  expect((await post('/webhooks', body, headers)).body).toEqual({ webhook, secret: null })
  await post('/customers', { kind: 'company', name: 'Café' })
  await eventually(() => receiver.received.length === 1)
  expect((await post(`/webhooks/${webhook.id}/tests`)).status).toBe(202)
  await eventually(() => receiver.received.length === 2)
  expect(types()).toEqual(['CustomerCreated', 'test'])
  expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ siteid: site.id, data: {} })
  await eventually(async () => {
    const { body: log } = await bench.call(site, 'GET', `/webhooks/${webhook.id}/deliveries`, { token })
    return (log['items'] as object[]).length === 2 // contract of the route
  })
  expect((await bench.call(site, 'GET', '/event-types', { token })).text).toContain('OrderSubmitted')
})

test('the webhooks of a copy are off, and cannot be turned on before they have a secret of their own', async () => {
  const { body } = await post('/webhooks', { url: `${receiver.url}/original` })
  const { id } = (body as { webhook: { id: string } }).webhook // contract of the route
  await adoptDatabase(site.database.db, { fromSiteId: site.id, toSiteId: '0199c0de-0000-7000-8000-000000000001' })
  const found = await rows(
    site.database.db,
    sql`SELECT w.enabled, w.has_secret, w.tenant_id, (SELECT count(*)::int FROM outbox.handlers WHERE name = ${`webhook:${id}`}) AS handlers
      FROM outbox.webhooks w WHERE id = ${id}`,
  )
  expect(found).toEqual([
    { enabled: false, has_secret: false, tenant_id: '0199c0de-0000-7000-8000-000000000001', handlers: 0 },
  ])
})
