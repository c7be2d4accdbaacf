import { createHmac } from 'node:crypto'
import { newId } from '@platen/kit/ids'
import { createLogger } from '@platen/kit/logging'
import { appendEvent, defineEvent, deliverPending } from '@platen/kit/outbox'
import { one, rows, sql, withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { createWebhookLanes, tenantAddresses, type WebhookLanes } from '@platen/kit/webhooks'
import { openReceiver, type Received, type Receiver } from '@platen/kit/webhooks/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { testApi, type Answer, type TestApi } from '../../testing/api.ts'
import type { TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { controlPlaneWebhooks } from './tenant-webhooks.ts'

const defined = {
  version: 1,
  aggregate: 'thing',
  description: 'Only here.',
  payload: z.strictObject({ note: z.string() }),
}
const ThingHappened = defineEvent({ type: 'ThingHappened', ...defined })
const OtherHappened = defineEvent({ type: 'OtherHappened', ...defined })

let platform: TestPlatform
let api: TestApi
let mine: TestPerson
let theirs: TestPerson
let receiver: Receiver
let lanes: WebhookLanes

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  mine = await api.person({ role: 'owner' })
  theirs = await api.person({ role: 'owner' })
})
beforeEach(async () => {
  receiver = await openReceiver()
  lanes = createWebhookLanes({
    rule: tenantAddresses(['127.0.0.1']),
    logger: createLogger({ name: 'test', level: 'silent' }),
    timeoutMs: 3_000,
  })
  await sql`DELETE FROM outbox.handlers; DELETE FROM outbox.webhooks; DELETE FROM outbox.events`.execute(
    platform.database.db,
  )
})
afterEach(async () => {
  await lanes.stop()
  await receiver.close()
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
interface Webhook {
  id: string
  version: number
  enabled: boolean
  types: string[]
  lastDelivery: { outcome: string; status: number | null; detail: string } | null
}
interface Logged {
  eventId: string
  type: string
  attempt: number
  outcome: string
  status: number | null
  detail: string
}

const call = (method: Method, path: string, { as = mine, ...more }: { as?: TestPerson; body?: object; headers?: Record<string, string> } = {}) =>
  api.call({ method, path: `/webhooks${path}`, as, ...more }) // prettier-ignore

async function make(body: object = {}, as = mine): Promise<{ id: string; secret: string }> {
  const { status, text } = await call('POST', '', { as, body: { url: `${receiver.url}/hook`, ...body } })
  expect(status, text).toBe(201)
  const { webhook, secret } = JSON.parse(text) as { webhook: Webhook; secret: string } // contract of the route
  return { id: webhook.id, secret }
}

const webhookOf = ({ text }: Answer): Webhook => JSON.parse(text) as Webhook // contract of the routes
const logOf = async (id: string): Promise<Logged[]> =>
  (JSON.parse((await call('GET', `/${id}/deliveries`)).text) as { items: Logged[] }).items // contract of the route
const append = (tenantId: string, note = 'x', { of = ThingHappened, id = newId() } = {}): Promise<void> =>
  withScope(platform.apiDb, { tenantId }, (tx) => appendEvent(tx, tenantId, of.of(id, { note })))
const place = () => controlPlaneWebhooks({ db: platform.workerDb, vault: platform.vault })

/** As the relay does it: a pass over everything. */
async function deliver(): Promise<void> {
  await deliverPending(platform.workerDb, [])
  await lanes.look(place())
}
const dueAgain = () =>
  sql`UPDATE outbox.deliveries SET next_attempt_at = now() WHERE state = 'pending'`.execute(platform.database.db)
const stateOf = async (id: string): Promise<string[]> =>
  (
    await rows(
      platform.database.db,
      sql<{ state: string }>`SELECT state FROM outbox.deliveries WHERE webhook_id = ${id} ORDER BY position`,
    )
  ).map(({ state }) => state)
const notes = () => receiver.received.map(({ body }) => (JSON.parse(body) as { data: { note: string } }).data.note) // what we sent

function isSigned({ headers, body }: Received, secret: string): boolean {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  return String(headers['webhook-signature']).split(' ').includes(expected)
}

describe('a webhook', () => {
  test('is sent what happens from then on, signed, and its log says so', async () => {
    await append(mine.tenantId, 'before')
    await deliver()
    const { id, secret } = await make()
    await append(mine.tenantId, 'after')
    await deliver()
    await eventually(async () => (await stateOf(id)).join() === 'delivered')
    expect(notes()).toEqual(['after'])
    const [came] = receiver.received
    if (came === undefined) throw new Error('nothing came')
    expect(JSON.parse(came.body)).toMatchObject({
      specversion: '1.0',
      id: came.headers['webhook-id'],
      source: 'platen:control-plane',
      type: 'ThingHappened',
      tenantid: mine.tenantId,
      data: { note: 'after' },
    })
    expect(came.headers['content-type']).toBe('application/cloudevents+json')
    expect(isSigned(came, secret)).toBe(true)
    expect(await logOf(id)).toEqual([
      expect.objectContaining({
        eventId: came.headers['webhook-id'],
        type: 'ThingHappened',
        attempt: 1,
        outcome: 'delivered',
        status: 204,
        detail: 'Status 204.',
      }),
    ])
    expect(webhookOf(await call('GET', `/${id}`)).lastDelivery).toMatchObject({ outcome: 'delivered', status: 204 })
  })

  test('is never sent an event of another tenant, whatever stands in the outbox', async () => {
    const { id } = await make()
    const all = await make({ url: `${receiver.url}/theirs` }, theirs)
    await append(theirs.tenantId, 'theirs')
    await append(mine.tenantId, 'mine')
    await deliver()
    await eventually(() => receiver.received.length === 2)
    const pairs = receiver.received.map(({ path, body }) => [path, (JSON.parse(body) as { tenantid: string }).tenantid]) // what we sent
    expect(pairs.toSorted()).toEqual([['/hook', mine.tenantId], ['/theirs', theirs.tenantId]]) // prettier-ignore
    // Nor can anybody write such a delivery or such a subscription, an operator and the owner of the tables included.
    const forged = (webhookId: string, tenantId: string) =>
      sql`INSERT INTO outbox.deliveries (event_id, handler, tenant_id, aggregate_id, sequence)
        SELECT id, ${`webhook:${webhookId}`}, tenant_id, aggregate_id, sequence FROM outbox.events
        WHERE tenant_id = ${tenantId} LIMIT 1`
    await expect(forged(id, theirs.tenantId).execute(platform.database.db)).rejects.toThrow('deliveries_webhook_fkey')
    await expect(forged(all.id, mine.tenantId).execute(platform.database.db)).rejects.toThrow('deliveries_webhook_fkey')
    const unbound = sql`INSERT INTO outbox.handlers (name, types) VALUES (${`webhook:${newId()}`}, '{*}')`
    await expect(unbound.execute(platform.database.db)).rejects.toThrow('handlers_webhook_check')
  })

  test('is sent only the events it names, and others once it is changed, if nobody else changed it meanwhile', async () => {
    const { id } = await make({ types: ['OtherHappened', 'OtherHappened'] })
    const got = await call('GET', `/${id}`)
    const { types, version } = webhookOf(got)
    expect([types, version]).toEqual([['OtherHappened'], 1])
    await append(mine.tenantId, 'not this')
    await append(mine.tenantId, 'this', { of: OtherHappened })
    await deliver()
    await eventually(() => receiver.received.length === 1)
    const headers = { 'if-match': String(got.headers['etag']) }
    const changed = await call('PATCH', `/${id}`, { headers, body: { types: ['ThingHappened'] } })
    expect([changed.status, webhookOf(changed).version]).toEqual([200, 2])
    const stale = await call('PATCH', `/${id}`, { headers, body: { types: [] } })
    expect([stale.status, stale.body.code]).toEqual([412, 'version-stale'])
    await append(mine.tenantId, 'now this')
    await append(mine.tenantId, 'no more', { of: OtherHappened })
    await deliver()
    await eventually(() => receiver.received.length === 2)
    expect(notes()).toEqual(['this', 'now this'])
  })

  test('that says no is tried again under the same id, then given up; a replay sends it again', async () => {
    receiver.answer = (response) => void response.writeHead(500).end('broken')
    const { id } = await make()
    await append(mine.tenantId)
    await deliver()
    await eventually(async () => (await logOf(id)).length === 1)
    expect((await logOf(id))[0]).toMatchObject({
      attempt: 1,
      outcome: 'retrying',
      status: 500,
      detail: 'Status 500: broken',
    })
    await sql`UPDATE outbox.deliveries SET attempts = 11, next_attempt_at = now()`.execute(platform.database.db)
    await eventually(async () => {
      await deliver()
      return (await stateOf(id)).join() === 'dead'
    })
    const [last, first] = await logOf(id)
    expect(last).toMatchObject({ attempt: 12, outcome: 'failed', eventId: first?.eventId })
    receiver.answer = (response) => void response.writeHead(200).end()
    const replayed = await call('POST', `/${id}/deliveries/${String(last?.eventId)}/replays`)
    expect(replayed.status).toBe(202)
    await deliver()
    await eventually(async () => (await stateOf(id)).join() === 'delivered')
    expect((await logOf(id))[0]).toMatchObject({ attempt: 1, outcome: 'delivered', eventId: last?.eventId })
    const unknown = await call('POST', `/${id}/deliveries/${newId()}/replays`)
    expect([unknown.status, unknown.body.code]).toEqual([404, 'delivery-not-found'])
  })

  test('is sent a test, once, whether it is enabled or not and whatever it says', async () => {
    receiver.answer = (response) => void response.writeHead(404).end('nobody here')
    const { id } = await make({ enabled: false })
    expect((await call('POST', `/${id}/tests`)).status).toBe(202)
    await append(mine.tenantId)
    await deliver()
    await eventually(async () => (await logOf(id)).length === 1)
    await eventually(async () => (await stateOf(id)).join() === 'delivered')
    expect((await logOf(id))[0]).toMatchObject({ type: 'test', outcome: 'failed', detail: 'Status 404: nobody here' })
    expect(receiver.received).toHaveLength(1)
  })

  test('that is disabled is sent nothing, neither what waits nor what happens meanwhile', async () => {
    receiver.answer = (response) => void response.writeHead(503).end()
    const { id } = await make()
    await append(mine.tenantId, 'waits')
    await deliver()
    await eventually(() => receiver.received.length === 1)
    await eventually(async () => (await logOf(id)).length === 1)
    expect((await call('PATCH', `/${id}`, { body: { enabled: false } })).status).toBe(200)
    await append(mine.tenantId, 'meanwhile')
    await dueAgain()
    await deliver()
    expect((await call('PATCH', `/${id}`, { body: { enabled: true } })).status).toBe(200)
    receiver.answer = (response) => void response.writeHead(204).end()
    await append(mine.tenantId, 'after')
    await deliver()
    await eventually(async () => (await stateOf(id)).join() === 'discarded,delivered')
    expect(notes()).toEqual(['waits', 'after'])
  })

  test('that is slow or silent holds up no other webhook and no other handler, and pauses', async () => {
    const silent = await make({ url: `${receiver.url}/silent` })
    const brisk = await make({ url: `${receiver.url}/brisk` })
    receiver.answer = (response, { path }) => (path === '/brisk' ? void response.writeHead(204).end() : undefined)
    for (const note of ['1', '2', '3']) await append(mine.tenantId, note)
    const handled: string[] = []
    await deliverPending(platform.workerDb, [
      { name: 'test.other', types: ['ThingHappened'], send: async ({ id }) => void handled.push(id) },
    ])
    await append(mine.tenantId, '4')
    await deliver()
    await eventually(async () => (await stateOf(brisk.id)).join() === 'delivered,delivered,delivered,delivered')
    const came = () => receiver.received.filter(({ path }) => path === '/silent')
    // While the first is waited for nothing else is sent there, and when it was silent the rest is not tried.
    expect(came()).toHaveLength(1)
    await eventually(async () => (await logOf(silent.id)).length === 1)
    await deliver()
    expect(await logOf(silent.id)).toEqual([
      expect.objectContaining({ outcome: 'retrying', status: null, detail: 'No answer within 3 seconds.' }),
    ])
    expect(came()).toHaveLength(1)
  })

  test('that is removed is gone with its log and what was to be sent', async () => {
    receiver.answer = (response) => void response.writeHead(500).end()
    const { id } = await make()
    await append(mine.tenantId)
    await deliver()
    await eventually(async () => (await logOf(id)).length === 1)
    expect((await call('DELETE', `/${id}`)).status).toBe(204)
    const gone = await call('GET', `/${id}`)
    expect([gone.status, gone.body.code]).toEqual([404, 'webhook-not-found'])
    const left = await one(
      platform.database.db,
      sql`SELECT (SELECT count(*)::int FROM outbox.webhook_attempts) + (SELECT count(*)::int FROM outbox.deliveries)
        + (SELECT count(*)::int FROM outbox.handlers WHERE name LIKE 'webhook:%') AS count`,
    )
    expect(left).toEqual({ count: 0 })
  })
})

describe('the secret', () => {
  test('is shown once, kept sealed, and no request can read it', async () => {
    const headers = { 'idempotency-key': newId() }
    const body = { url: `${receiver.url}/once` }
    const first = await call('POST', '', { headers, body })
    const again = await call('POST', '', { headers, body })
    const { webhook, secret } = JSON.parse(first.text) as { webhook: Webhook; secret: string } // contract of the route
    expect(secret).toMatch(/^whsec_/)
    expect(JSON.parse(again.text)).toEqual({ webhook, secret: null })
    const everything = await rows(
      platform.database.db,
      sql<{
        row: string
      }>`SELECT w::text AS row FROM outbox.webhooks w UNION ALL SELECT k::text FROM manager.idempotency_keys k
        UNION ALL SELECT a::text FROM identity.audit_entries a`,
    )
    expect(everything.map(({ row }) => row).join()).not.toContain(secret.slice('whsec_'.length))
    await expect(rows(platform.apiDb, sql`SELECT sealed_secret FROM outbox.webhooks`)).rejects.toThrow(
      'permission denied',
    )
  })

  test('that was renewed signs, and so does the old one for a day', async () => {
    const { id, secret } = await make()
    const renewed = await call('POST', `/${id}/secrets`)
    expect(renewed.status).toBe(201)
    const fresh = (JSON.parse(renewed.text) as { secret: string }).secret // contract of the route
    await append(mine.tenantId)
    await deliver()
    await eventually(() => receiver.received.length === 1)
    const signedBy = () => [fresh, secret].map((key) => receiver.received.every((came) => isSigned(came, key)))
    expect(signedBy()).toEqual([true, true])
    await sql`UPDATE outbox.webhooks SET previous_until = now()`.execute(platform.database.db)
    receiver.received.length = 0
    await append(mine.tenantId)
    await deliver()
    await eventually(() => receiver.received.length === 1)
    expect(signedBy()).toEqual([true, false])
  })

  test('is not needed to know that a message was altered, or sent again later', async () => {
    const { secret } = await make()
    await append(mine.tenantId, 'ten')
    await deliver()
    await eventually(() => receiver.received.length === 1)
    const [came] = receiver.received
    if (came === undefined) throw new Error('nothing came')
    expect(isSigned(came, secret)).toBe(true)
    expect(isSigned({ ...came, body: came.body.replace('ten', 'tin') }, secret)).toBe(false)
    const later = String(Number(came.headers['webhook-timestamp']) + 300)
    expect(isSigned({ ...came, headers: { ...came.headers, 'webhook-timestamp': later } }, secret)).toBe(false)
    expect(isSigned({ ...came, headers: { ...came.headers, 'webhook-id': newId() } }, secret)).toBe(false)
  })
})

describe('is refused', () => {
  test.each([
    ['http://169.254.169.254/', 'webhook-url-refused'],
    ['https://127.0.0.2/', 'webhook-url-refused'],
    ['https://[::ffff:10.0.0.1]/', 'webhook-url-refused'],
    ['nonsense', 'webhook-url-refused'],
  ])('a webhook to %s', async (url, code) => {
    const { status, body } = await call('POST', '', { body: { url } })
    expect([status, body.code, body.errors[0]?.pointer]).toEqual([422, code, '/url'])
  })

  test('an event that does not exist, and the twenty-first webhook', async () => {
    const unknown = await call('POST', '', { body: { url: receiver.url, types: ['ThingHappened', 'NoSuchThing'] } })
    expect([unknown.status, unknown.body.code, unknown.body.errors[0]?.pointer]).toEqual([
      422,
      'event-type-unknown',
      '/types/1',
    ])
    const { tenantId } = mine
    await sql`INSERT INTO outbox.webhooks (id, tenant_id, url, description, types, enabled, sealed_secret, created_by)
      SELECT gen_random_uuid(), ${tenantId}, 'https://x/', '', '{}', false, 'x', 'x' FROM generate_series(1, 20)`.execute(
      platform.database.db,
    )
    const { status, body } = await call('POST', '', { body: { url: receiver.url } })
    expect([status, body.code]).toEqual([409, 'webhook-limit-reached'])
  })

  test('to enable a webhook that has no secret, as in a copy, until one was made', async () => {
    const { id } = await make({ enabled: false })
    await sql`UPDATE outbox.webhooks SET sealed_secret = NULL WHERE id = ${id}`.execute(platform.database.db)
    const { status, body } = await call('PATCH', `/${id}`, { body: { enabled: true } })
    expect([status, body.code]).toEqual([409, 'webhook-secret-missing'])
    expect((await call('POST', `/${id}/secrets`)).status).toBe(201)
    expect(webhookOf(await call('PATCH', `/${id}`, { body: { enabled: true } })).enabled).toBe(true)
  })
})

test('what is done with a webhook is in the audit trail, without the path of its URL', async () => {
  const { id } = await make({ url: `${receiver.url}/very-secret-path` })
  await call('PATCH', `/${id}`, { body: { description: 'Accounting' } })
  await call('POST', `/${id}/secrets`)
  await call('POST', `/${id}/tests`)
  await call('DELETE', `/${id}`)
  const audited = await rows(
    platform.database.db,
    sql<{ action: string; changes: object }>`SELECT action, changes FROM identity.audit_entries
      WHERE tenant_id = ${mine.tenantId} AND resource_id = ${id} ORDER BY id`,
  )
  const actions = ['created', 'changed', 'secret-renewed', 'tested', 'removed']
  expect(audited.map(({ action }) => action)).toEqual(actions.map((action) => `webhook.${action}`))
  expect(JSON.stringify(audited)).not.toContain('very-secret-path')
})
