import { createJobRunner, type JobRunner } from '@platen/kit/jobs'
import { DriverError } from '@platen/drivers/errors'
import { MemoryMailer } from '@platen/drivers/mail'
import { MemoryCertificates } from '@platen/drivers/certificates'
import { MemoryRunner } from '@platen/drivers/runners'
import { maybe, one, rows, sql, withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { aReservedSite, aSite, runOn, startOn, type TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { createSite, restartSite, suspendSite } from '../sites/index.ts'
import type { Alarm } from './alert.ts'
import { listOpenKeys, raiseAlert, resolveAlert } from './alert-store.ts'
import { sendAlertMail } from './mail-job.ts'
import { watchOnce, type WatchParts } from './watch.ts'

let platform: TestPlatform
let api: TestApi
let operator: TestPerson
let mailer: MemoryMailer
let parts: WatchParts & { runner: MemoryRunner }
let clock: Date
const runners: JobRunner[] = []

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  operator = await api.person({ role: 'owner', operator: true })
  await api.person({ role: 'owner' })
})
beforeEach(async () => {
  clock = new Date()
  mailer = new MemoryMailer()
  parts = {
    db: platform.workerDb,
    runner: new MemoryRunner({ now: () => new Date(clock.getTime() - 600_000) }),
    issuer: new MemoryCertificates({ zone: 'platen.localhost' }),
    diskSpace: async () => ({ freeBytes: 500e9, totalBytes: 1000e9 }),
    now: () => clock,
  }
  await sql`DELETE FROM manager.alerts; DELETE FROM manager.disk_samples; DELETE FROM manager.certificates;
    DELETE FROM jobs.jobs; DELETE FROM outbox.events; DELETE FROM operations.operations; DELETE FROM manager.hosts; DELETE FROM manager.backups;
    DELETE FROM manager.sites;
    UPDATE manager.snapshot_consumers SET acknowledged_version = version`.execute(platform.database.db)
})
afterEach(() => Promise.all(runners.splice(0).map((runner) => runner.stop())))
afterAll(async () => {
  await api.close()
  await platform.close()
})

const asWorker = <T>(work: Parameters<typeof withScope<T>>[2]) => withScope(platform.workerDb, { operator: true }, work)
const anAlarm = (some: Partial<Alarm> = {}): Alarm => ({
  kind: 'bench-unhealthy',
  subject: { kind: 'bench-process', id: 'bench-main-1', label: 'bench-main-1' },
  detail: 'It did not answer.',
  ...some,
})
const aboutSite = (id: string): Alarm =>
  anAlarm({ kind: 'site-unreachable', subject: { kind: 'site', id, label: `site ${id}` } })
const alerts = () =>
  rows(
    platform.database.db,
    sql<{
      kind: string
      count: number
      open: boolean
      mailed: boolean
    }>`SELECT kind, count, resolved_at IS NULL AS open,
        mailed_at IS NOT NULL AS mailed FROM manager.alerts ORDER BY raised_at, id`,
  )
const openKinds = async () => (await asWorker(listOpenKeys)).map(({ kind }) => kind).toSorted()
const mailCount = async () =>
  (await one(platform.database.db, sql<{ n: number }>`SELECT count(*)::int AS n FROM manager.alert_mails`)).n

async function startJobs(count = 1): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const runner = createJobRunner({
      connection: platform.workerConnection,
      jobs: [sendAlertMail],
      deps: { db: platform.workerDb, mailer, consoleUrl: 'https://console.platen.localhost' },
      workerId: `test-${runners.length}`,
      pollMs: 50,
    })
    runners.push(runner)
    await runner.start()
  }
}

describe('an alert', () => {
  test('raised by twenty at once is one, counted twenty times, with one mail for each operator', async () => {
    await Promise.all(Array.from({ length: 20 }, () => asWorker((tx) => raiseAlert(tx, anAlarm()))))
    expect(await alerts()).toMatchObject([{ count: 20, open: true }])
    expect(await mailCount()).toBe(1)
  })

  test('that came back after it was over is another one', async () => {
    const key = 'bench-unhealthy:bench-process/bench-main-1'
    await asWorker((tx) => raiseAlert(tx, anAlarm()))
    expect(await asWorker((tx) => resolveAlert(tx, key))).toBe(true)
    expect(await asWorker((tx) => resolveAlert(tx, key))).toBe(false)
    await asWorker((tx) => raiseAlert(tx, anAlarm()))
    expect(await alerts()).toMatchObject([{ open: false }, { open: true, count: 1 }])
  })

  test('that comes and goes is mailed once an hour', async () => {
    for (const minutes of [0, 30, 61]) {
      const now = new Date(clock.getTime() + minutes * 60_000)
      await asWorker((tx) => raiseAlert(tx, anAlarm(), now))
      await asWorker((tx) => resolveAlert(tx, 'bench-unhealthy:bench-process/bench-main-1', now))
    }
    expect([(await alerts()).length, await mailCount()]).toEqual([3, 2])
  })

  test('of one kind about everything at once is told by ten mails, and listed each', async () => {
    for (let index = 0; index < 30; index += 1) await asWorker((tx) => raiseAlert(tx, aboutSite(String(index))))
    expect([(await alerts()).length, await mailCount()]).toEqual([30, 10])
  })

  test('is rolled back with the change that raised it, its mail too', async () => {
    const failing = asWorker(async (tx) => {
      await raiseAlert(tx, anAlarm())
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect([await alerts(), await mailCount()]).toEqual([[], 0])
  })

  test('is hidden from requests of a tenant by the database itself', async () => {
    await asWorker((tx) => raiseAlert(tx, anAlarm()))
    const seen = withScope(platform.apiDb, { tenantId: operator.tenantId }, (tx) =>
      rows(tx, sql`SELECT id FROM manager.alerts`),
    )
    expect(await seen).toEqual([])
    await expect(rows(platform.apiDb, sql`SELECT id FROM manager.alert_mails`)).rejects.toThrow(/permission denied/)
  })
})

describe('the mail of an alert', () => {
  test('reaches every operator once though two managers work, and nobody else', async () => {
    await startJobs(2)
    const second = await api.person({ role: 'owner', operator: true })
    await asWorker((tx) => raiseAlert(tx, anAlarm()))
    await eventually(async () => (await alerts()).every(({ mailed }) => mailed) && mailer.sent.length === 2)
    expect(mailer.sent.map(({ to }) => to).toSorted()).toEqual([operator.email, second.email].toSorted())
    expect(new Set(mailer.sent.map(({ messageId }) => messageId)).size).toBe(2)
    expect(mailer.sent[0]).toMatchObject({
      subject: '[Platen warning] A bench process does not answer: bench-main-1',
      tag: 'alert:bench-unhealthy',
    })
    expect(mailer.sent[0]?.text).toContain('https://console.platen.localhost/alerts')
    expect(mailer.sent[0]?.text).toContain('docs/operate/alerts/bench-unhealthy.md')
    await sql`UPDATE identity.accounts SET state = 'disabled' WHERE id = ${second.accountId}`.execute(
      platform.database.db,
    )
  })

  test('waits for a mailer that is down, and the alert is kept meanwhile', async () => {
    mailer.faults.inject('send')
    await startJobs()
    await asWorker((tx) => raiseAlert(tx, anAlarm()))
    const queued = () =>
      maybe(
        platform.database.db,
        sql<{
          attempts: number
          error: string | null
        }>`SELECT attempts, last_error AS error FROM jobs.jobs`,
      )
    await eventually(async () => (await queued())?.error != null)
    expect(await alerts()).toMatchObject([{ open: true, mailed: false }])
    await sql`UPDATE jobs.jobs SET run_at = now() WHERE state = 'queued'`.execute(platform.database.db)
    await eventually(async () => (await alerts())[0]?.mailed)
    expect(mailer.sent).toHaveLength(1)
  })

  test('whose answer was lost is sent again under its message id, which is one mail', async () => {
    mailer.faults.inject('send', { when: 'after' })
    await startJobs()
    await asWorker((tx) => raiseAlert(tx, anAlarm()))
    await eventually(() => mailer.sent.length === 1)
    await eventually(async () => {
      await sql`UPDATE jobs.jobs SET run_at = now() WHERE state = 'queued'`.execute(platform.database.db)
      return (await alerts())[0]?.mailed
    })
    expect(mailer.sent).toHaveLength(1)
  })

  test('that a relay refuses for good is not tried again, and says why', async () => {
    mailer.faults.inject('send', { error: new DriverError('refused', 'no such mailbox'), times: 100 })
    await startJobs()
    await asWorker((tx) => raiseAlert(tx, anAlarm()))
    const refused = () =>
      maybe(platform.database.db, sql<{ why: string | null }>`SELECT refused AS why FROM manager.alert_mails`)
    await eventually(async () => (await refused())?.why === 'no such mailbox')
    expect(await alerts()).toMatchObject([{ open: true, mailed: false }])
  })
})

describe('a round of the watchers', () => {
  test('raises what is wrong and resolves it when it is mended', async () => {
    await parts.runner.ensureBench({ name: 'main', release: 'current', processes: 2, memoryMb: 256 })
    parts.runner.setState('bench-main-1', 'crash-loop', false)
    parts.runner.setState('bench-main-2', 'running', false)
    parts.diskSpace = async () => ({ freeBytes: 1e9, totalBytes: 1000e9 })
    await watchOnce(parts)
    expect(await openKinds()).toEqual(['bench-crash-loop', 'bench-unhealthy', 'disk-space-low'])
    parts.runner.setState('bench-main-1', 'running')
    await watchOnce(parts)
    expect(await openKinds()).toEqual(['bench-unhealthy', 'disk-space-low'])
    parts.runner.setState('bench-main-2', 'running')
    parts.diskSpace = async () => ({ freeBytes: 500e9, totalBytes: 1000e9 })
    await watchOnce(parts)
    expect(await openKinds()).toEqual([])
  })

  test('with a silent runner and an unreadable disk leaves open alerts as they are', async () => {
    await parts.runner.ensureBench({ name: 'main', release: 'current', processes: 1, memoryMb: 256 })
    parts.runner.setState('bench-main-1', 'crash-loop', false)
    await watchOnce(parts)
    parts.runner.faults.inject('describe')
    parts.diskSpace = () => Promise.reject(new Error('no such disk'))
    await watchOnce(parts)
    expect(await openKinds()).toEqual(['bench-crash-loop'])
  })

  test('is done by one of several managers, and what all saw is one alert', async () => {
    parts.diskSpace = async () => ({ freeBytes: 1e9, totalBytes: 1000e9 })
    await Promise.all(Array.from({ length: 5 }, () => watchOnce(parts)))
    expect((await alerts()).map(({ kind }) => kind)).toEqual(['disk-space-low'])
    expect(await mailCount()).toBe(1)
  })

  test('that finds another at work does nothing', async () => {
    const answer = await asWorker(async (tx) => {
      await sql`SELECT pg_advisory_xact_lock(${0x616c7274})`.execute(tx)
      return watchOnce(parts)
    })
    expect(answer).toBeUndefined()
  })

  test('keeps one sample of the disk an hour, for thirty days', async () => {
    const start = clock.getTime()
    for (const minutes of [0, 1, 59, 61, 125, 44 * 24 * 60]) {
      clock = new Date(start + minutes * 60_000)
      await watchOnce(parts)
    }
    const kept = await rows(platform.database.db, sql`SELECT taken_at FROM manager.disk_samples`)
    expect(kept).toHaveLength(1)
  })

  test('foresees a full disk from the samples it kept', async () => {
    const start = clock.getTime()
    for (let hours = 0; hours <= 30; hours += 1) {
      clock = new Date(start + hours * 3_600_000 + 1)
      parts.diskSpace = async () => ({ freeBytes: 200e9 - hours * 5e9, totalBytes: 1000e9 })
      await watchOnce(parts)
    }
    expect(await openKinds()).toEqual(['disk-filling-up'])
  })

  test('finds an operation that stands still, and one that needs attention until somebody settled it', async () => {
    const { siteId } = await aSite(platform, operator)
    const id = await startOn(platform, operator, suspendSite, siteId)
    await watchOnce(parts)
    expect(await openKinds()).toEqual([])
    clock = new Date(clock.getTime() + 16 * 60_000)
    await watchOnce(parts)
    expect(await openKinds()).toEqual(['operation-stuck'])
    await sql`UPDATE operations.operations SET state = 'needs-attention' WHERE id = ${id}`.execute(platform.database.db)
    await watchOnce(parts)
    expect(await alerts()).toMatchObject([{ open: true, count: 2 }])
    await sql`UPDATE operations.operations SET state = 'succeeded', ended_at = now() WHERE id = ${id}`.execute(
      platform.database.db,
    )
    await watchOnce(parts)
    expect(await openKinds()).toEqual([])
  })

  test('finds a consumer that is behind', async () => {
    const consumer = 'bench-main-9'
    await sql`INSERT INTO manager.snapshot_consumers (consumer, version, acknowledged_version) VALUES (${consumer}, 2, 1)`.execute(
      platform.database.db,
    )
    await watchOnce(parts)
    expect(await openKinds()).toEqual([])
    clock = new Date(clock.getTime() + 61_000)
    await watchOnce(parts)
    expect(await openKinds()).toEqual(['consumer-behind'])
    await sql`DELETE FROM manager.snapshot_consumers WHERE consumer = ${consumer}`.execute(platform.database.db)
    await watchOnce(parts)
    expect(await openKinds()).toEqual([])
  })

  test('finds a site that takes nine tenths of its plan', async () => {
    const { siteId } = await aSite(platform, operator)
    const takes = (databaseBytes: number, filesBytes: number) =>
      sql`UPDATE manager.sites SET database_bytes = ${databaseBytes}, files_bytes = ${filesBytes}, measured_at = now()
        WHERE id = ${siteId}`.execute(platform.database.db)
    await takes(500_000_000, 399_999_999)
    await watchOnce(parts)
    expect(await openKinds()).toEqual([])
    await takes(500_000_000, 400_000_000)
    await watchOnce(parts)
    expect(await openKinds()).toEqual(['site-storage-full'])
    await takes(1, 1)
    await watchOnce(parts)
    expect(await openKinds()).toEqual([])
  })

  test('looks at the newest certificate of a name only, and at the authority', async () => {
    const insert = (names: string[], from: number, until: number) =>
      sql`INSERT INTO manager.certificates (names, state, issuer, certificate_pem, sealed_private_key, serial, not_before, not_after)
        VALUES (${names}, 'active', 'x', 'x', 'x', gen_random_uuid()::text, now() + make_interval(days => ${from}), now() + make_interval(days => ${until}))`.execute(
        platform.database.db,
      )
    await insert(['*.a', 'a', '10.0.0.1'], -85, 5)
    await watchOnce(parts)
    expect(await openKinds()).toEqual(['certificate-expiring'])
    await insert(['*.a', 'a', '10.0.0.2'], 0, 90)
    await watchOnce(parts)
    expect(await openKinds()).toEqual([])
    const issuer = new MemoryCertificates({ zone: 'platen.localhost' })
    const { notAfter } = await issuer.ensureAuthority()
    clock = new Date(notAfter.getTime() - 10 * 86_400_000)
    await sql`DELETE FROM manager.certificates`.execute(platform.database.db)
    await watchOnce({ ...parts, issuer })
    expect(await openKinds()).toEqual(['certificate-expiring'])
  })
})

test('a site that stops answering raises an alert and a mail, and resolves when an operation probed it well', async () => {
  await startJobs()
  const { siteId, name } = await aReservedSite(platform, operator)
  await runOn(platform, operator, createSite, siteId)
  await watchOnce(parts)
  expect(await openKinds()).toEqual([])
  await sql`UPDATE manager.sites SET probe_ok = false, probe_detail = 'Status 502 at the public address.' WHERE id = ${siteId}`.execute(
    platform.database.db,
  )
  await watchOnce(parts)
  expect(await openKinds()).toEqual(['site-unreachable'])
  await eventually(() => mailer.sent.length === 1)
  expect(mailer.sent[0]?.text).toContain(`About: ${name}\nSeen: Status 502 at the public address.`)
  await runOn(platform, operator, restartSite, siteId)
  await watchOnce(parts)
  expect(await openKinds()).toEqual([])
})

test('a site whose database is lost raises the alert of one that does not answer', async () => {
  const { siteId } = await aReservedSite(platform, operator)
  await runOn(platform, operator, createSite, siteId)
  await sql`UPDATE manager.sites SET state = 'broken', probe_ok = false WHERE id = ${siteId}`.execute(
    platform.database.db,
  )
  await watchOnce(parts)
  expect(await openKinds()).toEqual(['site-unreachable'])
})
