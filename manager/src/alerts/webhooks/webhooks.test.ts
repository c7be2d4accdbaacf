import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createJobRunner, type JobRunner } from '@platen/kit/jobs'
import { aJobContext } from '@platen/kit/jobs/testing'
import { rows, sql, withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../../testing/api.ts'
import type { TestPerson } from '../../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../../testing/platform.ts'
import type { Alarm } from '../alert.ts'
import { raiseAlert, resolveAlert } from '../alert-store.ts'
import { deliverAlert } from './deliver-alert.ts'

interface Received {
  path: string
  headers: IncomingMessage['headers']
  body: string
}

let platform: TestPlatform
let api: TestApi
let operator: TestPerson
let server: Server
let address: string
let received: Received[]
let answer: (response: ServerResponse) => void
let jobs: JobRunner | undefined

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  operator = await api.person({ role: 'owner', operator: true })
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() })
      answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // listens on TCP
})
beforeEach(async () => {
  received = []
  answer = (response) => response.writeHead(204).end()
  await sql`DELETE FROM manager.alerts; DELETE FROM manager.alert_webhooks;
    DELETE FROM jobs.jobs`.execute(platform.database.db)
})
afterEach(async () => {
  await jobs?.stop()
  jobs = undefined
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await api.close()
  await platform.close()
})

const call = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) =>
  api.call({ method, path, as: operator, ...(body === undefined ? {} : { body }) })

async function add(path = '/hook', signed = true): Promise<{ id: string; secret: string | null }> {
  const { status, text } = await call('POST', '/alert-webhooks', { url: `${address}${path}`, signed })
  expect(status).toBe(201)
  // Contract of the route.
  const { webhook, secret } = JSON.parse(text) as { webhook: { id: string }; secret: string | null }
  return { id: webhook.id, secret }
}

const lastDelivery = async () =>
  // Contract of the route.
  (JSON.parse((await call('GET', '/alert-webhooks')).text) as { items: { lastDelivery: unknown }[] }).items[0]
    ?.lastDelivery

const deps = () => ({
  db: platform.workerDb,
  vault: platform.vault,
  consoleUrl: 'https://console.platen.localhost',
})

async function deliver(): Promise<void> {
  jobs = createJobRunner({
    connection: platform.workerConnection,
    jobs: [deliverAlert],
    deps: deps(),
    workerId: 'test-webhooks',
    pollMs: 50,
  })
  await jobs.start()
}

const asWorker = <T>(work: Parameters<typeof withScope<T>>[2]) => withScope(platform.workerDb, { operator: true }, work)
const alarm: Alarm = {
  kind: 'site-unreachable',
  subject: { kind: 'site', id: '1', label: 'acme' },
  detail: 'Status 502 at the public address.',
}
const raise = (now?: Date) => asWorker((tx) => raiseAlert(tx, alarm, now))
const resolve = (now?: Date) => asWorker((tx) => resolveAlert(tx, 'site-unreachable:site/1', now))
const types = () => received.map(({ body }) => (JSON.parse(body) as { type: string }).type) // what we sent
const allDelivered = () =>
  eventually(async () => {
    const due = await rows(platform.database.db, sql`SELECT FROM manager.alert_deliveries WHERE delivered_at IS NULL`)
    return due.length === 0
  })

describe('a webhook', () => {
  test('is told when an alert is raised and when it is over, signed as the convention has it', async () => {
    const { secret } = await add()
    await raise()
    await deliver()
    await allDelivered()
    await resolve()
    await allDelivered()
    expect(types()).toEqual(['alert.raised', 'alert.resolved'])
    const [first, second] = received
    expect(JSON.parse(first?.body ?? '')).toEqual({
      type: 'alert.raised',
      alert: {
        id: expect.any(String),
        kind: 'site-unreachable',
        severity: 'critical',
        subject: { kind: 'site', id: '1', label: 'acme' },
        title: 'A site does not answer',
        detail: 'Status 502 at the public address.',
        whatToDo: expect.stringContaining('restart the site'),
        raisedAt: expect.any(String),
        resolvedAt: null,
      },
      platform: 'https://console.platen.localhost',
    })
    expect(JSON.parse(second?.body ?? '')).toMatchObject({ alert: { resolvedAt: expect.any(String) } })
    for (const { headers, body } of received) {
      const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
      const key = Buffer.from((secret ?? '').replace(/^whsec_/, ''), 'base64')
      expect(key).toHaveLength(32)
      expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
      expect(Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp']))).toBeLessThan(60)
    }
    expect(await lastDelivery()).toMatchObject({ state: 'delivered', status: 204, detail: 'Status 204.' })
  })

  test('without a secret gets no signature, and its secret is shown to nobody later', async () => {
    const { secret } = await add('/unsigned', false)
    expect(secret).toBeNull()
    await add('/signed')
    await raise()
    await deliver()
    await allDelivered()
    const signed = received.filter(({ headers }) => headers['webhook-signature'] !== undefined)
    expect(signed.map(({ path }) => path)).toEqual(['/signed'])
    expect((await call('GET', '/alert-webhooks')).text).not.toContain('whsec_')
    await expect(rows(platform.apiDb, sql`SELECT sealed_secret FROM manager.alert_webhooks`)).rejects.toThrow(
      'permission denied',
    )
  })

  test('that does not answer well is told the same again under the same id, with the beginning of its answer kept', async () => {
    await add()
    answer = (response) => response.writeHead(500).end(`broken\u0000\n${'x'.repeat(5_000)}`)
    await raise()
    await deliver()
    await eventually(async () => (await lastDelivery()) !== null)
    expect(await lastDelivery()).toMatchObject({
      state: 'retrying',
      status: 500,
      detail: expect.stringMatching(/^Status 500: broken x{193}$/),
    })
    answer = (response) => response.writeHead(200).end()
    await eventually(async () => {
      await sql`UPDATE jobs.jobs SET run_at = now() WHERE state = 'queued'`.execute(platform.database.db)
      return received.length >= 2
    })
    await allDelivered()
    expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id'])
    expect(received[1]?.body).toBe(received[0]?.body)
  })

  test('that never answers well has failed in the end, and says so', async () => {
    await add()
    answer = (response) => response.writeHead(503).end()
    await raise()
    const [delivery] = await rows(platform.database.db, sql<{ id: string }>`SELECT id FROM manager.alert_deliveries`)
    const attempt = (count: number) =>
      deliverAlert.execute({ deliveryId: delivery?.id }, aJobContext(deps(), { attempt: count }))
    await expect(attempt(24)).rejects.toThrow('was not told: Status 503.')
    expect(await lastDelivery()).toMatchObject({ state: 'retrying' })
    await expect(attempt(deliverAlert.maxAttempts)).rejects.toThrow('was not told')
    expect(await lastDelivery()).toMatchObject({ state: 'failed', status: 503 })
  })

  test('that leads elsewhere is not followed', async () => {
    const { id } = await add()
    answer = (response) => response.writeHead(302, { location: `${address}/elsewhere` }).end()
    expect((await call('POST', `/alert-webhooks/${id}/tests`)).status).toBe(202)
    await deliver()
    await eventually(async () => (await lastDelivery()) !== null)
    expect(await lastDelivery()).toMatchObject({ detail: 'Status 302: redirects are not followed.' })
    expect(received.map(({ path }) => path)).toEqual(['/hook'])
  })

  test('that nobody listens at fails a test at once, and it is not tried again', async () => {
    const { text } = await call('POST', '/alert-webhooks', { url: 'http://127.0.0.1:1/' })
    const { webhook } = JSON.parse(text) as { webhook: { id: string } } // contract of the route
    expect((await call('POST', `/alert-webhooks/${webhook.id}/tests`)).status).toBe(202)
    await deliver()
    await eventually(async () => (await lastDelivery()) !== null)
    expect(await lastDelivery()).toMatchObject({ state: 'failed', status: null, detail: expect.stringContaining('1') })
    await eventually(
      async () =>
        (await rows(platform.database.db, sql`SELECT FROM jobs.jobs WHERE state <> 'succeeded'`)).length === 0,
    )
  })

  test('is found by its name', async () => {
    const url = `${address.replace('127.0.0.1', 'localhost')}/named`
    await call('POST', '/alert-webhooks', { url })
    await raise()
    await deliver()
    await allDelivered()
    expect(received.map(({ path }) => path)).toEqual(['/named'])
  })

  test('that is removed is told nothing more', async () => {
    const { id } = await add()
    await raise()
    expect((await call('DELETE', `/alert-webhooks/${id}`)).status).toBe(204)
    await deliver()
    await eventually(
      async () =>
        (
          await rows(
            platform.database.db,
            sql`SELECT FROM jobs.jobs WHERE name = 'deliver-alert' AND state <> 'succeeded'`,
          )
        ).length === 0,
    )
    expect(received).toEqual([])
  })

  test('is told once an hour of what comes and goes, and of each end only where it knew the beginning', async () => {
    await add()
    const start = Date.now()
    for (const minutes of [0, 30, 61]) {
      await raise(new Date(start + minutes * 60_000))
      await resolve(new Date(start + minutes * 60_000))
    }
    await deliver()
    await allDelivered()
    expect(types().toSorted()).toEqual(['alert.raised', 'alert.raised', 'alert.resolved', 'alert.resolved'])
  })
})

test('adding, testing and removing are in the audit trail, without the path of the URL', async () => {
  const { id } = await add('/very-secret-path')
  await call('POST', `/alert-webhooks/${id}/tests`)
  await call('DELETE', `/alert-webhooks/${id}`)
  const audited = await rows(
    platform.database.db,
    sql<{ action: string; changes: object; actor: string }>`SELECT action, changes, actor_label AS actor
      FROM identity.audit_entries WHERE resource_id = ${id} ORDER BY id`,
  )
  expect(audited.map(({ action }) => action)).toEqual([
    'alert-webhook.added',
    'alert-webhook.tested',
    'alert-webhook.removed',
  ])
  expect(audited[0]).toMatchObject({ changes: { origin: address, signed: true }, actor: operator.email })
  expect(JSON.stringify(audited)).not.toContain('very-secret-path')
})
