import { mailByJob, welcomeNewUsers } from '@platen/identity'
import { defineJob, enqueueJob, type JobDefinition } from '@platen/kit/jobs'
import { newId } from '@platen/kit/ids'
import { one, rows, sql, withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestBench, type TestBench } from '../../testing/bench.ts'
import { openTestSite, type TestSite } from '../../testing/site.ts'
import type { SiteJobDeps } from './index.ts'

let site: TestSite
const benches: TestBench[] = []
beforeAll(async () => {
  site = await openTestSite('anvil')
})
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.close()))
  await sql`DELETE FROM jobs.jobs; DELETE FROM jobs.schedules`.execute(site.database.db)
})
afterAll(() => site.close())

async function aBench(options: Parameters<typeof openTestBench>[0] = {}): Promise<TestBench> {
  const bench = await openTestBench({ sweepMs: 20, ...options })
  benches.push(bench)
  bench.serve(site.entry(bench.sealingKey))
  return bench
}

const empty = z.strictObject({})
const aRecorder = (seen: unknown[]): JobDefinition<typeof empty, SiteJobDeps> =>
  defineJob({ name: 'note-tenant', payload: empty, run: async (_payload, { tenantId }) => void seen.push(tenantId) })
/** As a process that died between its commit and its nudge. */
const enqueueAndDie = (job: JobDefinition<typeof empty, SiteJobDeps>) =>
  withScope(site.database.db, { tenantId: site.id }, (tx) => enqueueJob(tx, job, {}, { tenantId: site.id }))
const jobs = () =>
  rows(site.database.db, sql<{ name: string; state: string }>`SELECT name, state FROM jobs.jobs ORDER BY id`)

test('a report of products is asked for, written, told by mail and downloaded by its link, without a sweep', async () => {
  const bench = await aBench({ sweepMs: 3_600_000 })
  const token = await bench.tokenOf(site)
  const price = { amount: '10.00', currency: 'EUR' }
  await bench.call(site, 'POST', '/products', {
    token,
    body: { sku: 'L-1', name: '=HYPERLINK("x")', unitPrice: price },
  })
  const asked = await bench.call(site, 'POST', '/reports', { token, body: { type: 'products' } })
  expect(asked.status).toBe(202)
  const { id } = asked.body['job'] as { id: string } // contract of the route
  const read = async () => (await bench.call(site, 'GET', `/jobs/${id}`, { token })).body
  await eventually(async () => (await read())['state'] === 'succeeded')
  const file = (await read())['file'] as { url: string; rows: number } // contract of the route
  expect(file.rows).toBe(1)
  const { pathname, search } = new URL(file.url)
  const download = await bench.call(site, 'GET', pathname + search)
  expect(download.headers['content-disposition']).toBe('attachment; filename="products.csv"')
  expect(download.text).toContain(`L-1,"'=HYPERLINK(""x"")"`)
  await eventually(() => bench.mailer.sent.length === 1)
  expect(bench.mailer.sent[0]?.text).toContain(`https://${site.host}:32443/jobs/${id}`)
})

test('100,000 rows are reported page by page, with progress', { timeout: 60_000 }, async () => {
  const bench = await aBench()
  const token = await bench.tokenOf(site)
  await sql`INSERT INTO identity.accounts (id, email, name)
    SELECT gen_random_uuid(), 'n' || n || '@example.fr', 'Person ' || n FROM generate_series(1, 100000) n`.execute(
    site.database.db,
  )
  await sql`INSERT INTO identity.users (id, tenant_id, account_id, email, name)
    SELECT gen_random_uuid(), ${site.id}, id, email, name FROM identity.accounts WHERE email LIKE 'n%'`.execute(
    site.database.db,
  )
  const { body } = await bench.call(site, 'POST', '/reports', { token, body: { type: 'people' } })
  const { id } = body['job'] as { id: string } // contract of the route
  const shares = new Set<unknown>()
  await eventually(
    async () => {
      const job = (await bench.call(site, 'GET', `/jobs/${id}`, { token })).body
      shares.add(job['progress'])
      return job['state'] === 'succeeded'
    },
    { timeoutMs: 50_000 },
  )
  const { rows: count } = (await bench.call(site, 'GET', `/jobs/${id}`, { token })).body['file'] as { rows: number }
  expect(count).toBeGreaterThan(100_000)
  expect(shares.size).toBeGreaterThan(2)
})

describe('mails of identity', () => {
  test('leave from the bench, and wait while the mail server is down', async () => {
    const bench = await aBench()
    bench.mailer.faults.inject('send')
    const email = await site.aPerson('gerant')
    const { id } = await one(
      site.database.db,
      sql<{ id: string }>`SELECT id FROM identity.accounts WHERE email = ${email}`,
    )
    await withScope(site.database.db, { tenantId: site.id }, (tx) =>
      mailByJob(tx, { kind: 'welcome', id, tenantId: site.id }),
    )
    bench.deliveries.start()
    await eventually(async () => {
      await sql`UPDATE jobs.jobs SET run_at = now() WHERE state = 'queued'`.execute(site.database.db)
      return bench.mailer.sent.length === 1
    })
    expect(bench.mailer.sent[0]).toMatchObject({ to: email, subject: 'Welcome to anvil' })
  })
})

test('somebody new is greeted, once, by way of the event', async () => {
  const bench = await aBench({ handlersOf: () => [welcomeNewUsers] })
  // Registers the handler: it gets what happens from now on.
  bench.deliveries.start()
  await eventually(async () => {
    const known = await rows(site.database.db, sql`SELECT FROM outbox.handlers WHERE name = ${welcomeNewUsers.name}`)
    return known.length === 1
  })
  const email = await site.aPerson('lecture')
  await eventually(() => bench.mailer.sent.some(({ to }) => to === email))
  expect(bench.mailer.sent.filter(({ to }) => to === email)).toHaveLength(1)
})

describe('what nobody nudged for', () => {
  test('is run by the sweep, in the name of the site', async () => {
    const seen: unknown[] = []
    const job = aRecorder(seen)
    const bench = await aBench({ jobs: { jobs: [job] } })
    await enqueueAndDie(job)
    bench.deliveries.start()
    await eventually(() => seen.length === 1)
    expect(seen).toEqual([site.id])
  })

  test('is run once by two processes', async () => {
    const seen: unknown[] = []
    const job = aRecorder(seen)
    const both = [await aBench({ jobs: { jobs: [job] } }), await aBench({ jobs: { jobs: [job] } })]
    for (let n = 0; n < 20; n += 1) await enqueueAndDie(job)
    for (const bench of both) bench.deliveries.start()
    await eventually(async () => (await jobs()).every(({ state }) => state === 'succeeded'), { timeoutMs: 15_000 })
    expect(seen).toHaveLength(20)
  })

  test('of a process that died is run when its lease has ended', async () => {
    const seen: unknown[] = []
    const job = aRecorder(seen)
    const bench = await aBench({ jobs: { jobs: [job] } })
    const id = await enqueueAndDie(job)
    await sql`UPDATE jobs.jobs SET state = 'running', lease = ${newId()}, leased_until = now() + interval '1 s', attempts = 1
      WHERE id = ${id}`.execute(site.database.db)
    bench.deliveries.start()
    await eventually(() => seen.length === 1)
  })
})

test('a schedule runs once per due minute and site, though two processes sweep', async () => {
  const seen: unknown[] = []
  const job = aRecorder(seen)
  // A minute behind what the database has seen last: due at once.
  const options = { jobs: { jobs: [job], schedules: [{ job, cron: '* * * * *', timeZone: 'Europe/Paris' }] } }
  await sql`INSERT INTO jobs.schedules (name, due_at) VALUES ('note-tenant', now() - interval '3 hours')`.execute(
    site.database.db,
  )
  const both = [await aBench(options), await aBench(options)]
  for (const bench of both) bench.deliveries.start()
  await eventually(() => seen.length > 0)
  const { due } = await one(site.database.db, sql<{ due: Date }>`SELECT due_at AS due FROM jobs.schedules`)
  expect(Date.now() - due.getTime()).toBeLessThan(120_000)
  expect(seen).toEqual([site.id])
})

test('an idle site costs no connection', async () => {
  const bench = await aBench({ idleConnectionMs: 100, sweepMs: 3_600_000, jobs: { jobs: [aRecorder([])] } })
  await bench.call(site, 'GET', '/status')
  const served = bench.registry.byId(site.id)
  if (served === undefined) throw new Error('the site is not served')
  bench.deliveries.nudge(served)
  await eventually(async () => (await site.connections()) === 0)
})
