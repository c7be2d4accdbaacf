import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { DriverError } from '@platen/drivers/errors'
import { MemoryCertificates } from '@platen/drivers/certificates'
import { MemoryDatabaseServer } from '@platen/drivers/databases'
import { MemoryMailer } from '@platen/drivers/mail'
import { MemoryObjects } from '@platen/drivers/objects'
import { MemoryRunner } from '@platen/drivers/runners'
import { dataPaths, type DataPaths } from '@platen/kit/names'
import { sql, withScope } from '@platen/kit/sql'
import { temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { aSite, aTenant, type TestTenant } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { raiseAlert } from '../alerts/alert-store.ts'
import { insertBackup, markStored, markVerified } from '../backups/backup-store.ts'
import { createDiagnosis, type DiagnosisParts } from './diagnosis.ts'

let platform: TestPlatform
let api: TestApi
let tenant: TestTenant
let directory: TemporaryDirectory
let paths: DataPaths
let parts: DiagnosisParts & { runner: MemoryRunner; mailer: MemoryMailer }
let objects: MemoryObjects
let databases: MemoryDatabaseServer

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  tenant = await aTenant(platform)
})
beforeEach(async () => {
  directory = await temporaryDirectory()
  paths = dataPaths(directory.path)
  await mkdir(paths.authority.directory)
  await chmod(directory.path, 0o700)
  await writeFile(paths.masterKey, 'key', { mode: 0o600 })
  objects = new MemoryObjects()
  databases = new MemoryDatabaseServer()
  parts = {
    db: platform.workerDb,
    databases,
    dumpTools: async () => ({ major: 18, version: '18.7', source: 'system' }),
    objects,
    mailer: new MemoryMailer(),
    inbox: undefined,
    askEdge: async () => ({ ok: true, detail: 'Answers.' }),
    runner: new MemoryRunner({ now: () => new Date(Date.now() - 600_000) }),
    issuer: new MemoryCertificates({ zone: 'platen.localhost' }),
    diskSpace: async () => ({ freeBytes: 500e9, totalBytes: 1000e9 }),
    paths,
  }
  await parts.runner.ensureBench({ name: 'main', release: 'current', processes: 2, memoryMb: 256 })
  parts.runner.setState('bench-main-1', 'running')
  parts.runner.setState('bench-main-2', 'running')
  await sql`DELETE FROM manager.alerts; DELETE FROM manager.backups; DELETE FROM manager.hosts; DELETE FROM manager.sites;
    UPDATE manager.snapshot_consumers SET acknowledged_version = version`.execute(platform.database.db)
  return () => directory.remove()
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const asWorker = <T>(work: Parameters<typeof withScope<T>>[2]) => withScope(platform.workerDb, { operator: true }, work)
const run = () => createDiagnosis(parts).run()
const check = async (name: string) => (await run()).find((finding) => finding.name === name)

const names = [
  'control-plane', 'clock', 'site-databases', 'dump-tools', 'object-store', 'edge', 'mail', 'processes', 'snapshots',
  'certificates', 'backups', 'disk', 'alerts', 'master-key', 'data-directory',
] // prettier-ignore

test('where all is well every check says so, and nothing is left behind', async () => {
  const findings = await run()
  expect(findings.map(({ name }) => name)).toEqual(names)
  expect(findings.filter(({ ok }) => !ok)).toEqual([])
  expect((await objects.describe()).objects).toBe(0)
})

test('what a killed manager left of its probe is removed an hour later, what another one is at is not', async () => {
  let now = new Date(Date.now() - 7_200_000)
  objects = new MemoryObjects({ now: () => now })
  parts.objects = objects
  const leave = (key: string) => objects.put(key, Buffer.from('x'), { contentType: 'text/plain', maxBytes: 1 })
  await leave('probes/old')
  now = new Date()
  await leave('probes/young')
  await run()
  expect((await objects.list('')).map(({ key }) => key)).toEqual(['probes/young'])
})

test('who asks while somebody else does gets the same answer, and tools once found are not looked for again', async () => {
  let looked = 0
  parts.dumpTools = async () => ({ major: 18, version: `18.${(looked += 1)}`, source: 'system' })
  const diagnosis = createDiagnosis(parts)
  const [first, second] = await Promise.all([diagnosis.run(), diagnosis.run()])
  expect(second).toBe(first)
  expect(await diagnosis.run()).not.toBe(first)
  expect(looked).toBe(1)
})

test('an operator reads it, remarks included', async () => {
  const as = await api.person({ role: 'owner', operator: true })
  const { status, text } = await api.call({ method: 'GET', path: '/diagnosis', as })
  expect(status).toBe(200)
  // Contract of the route.
  const { checks } = JSON.parse(text) as { checks: { name: string }[] }
  expect(checks.map(({ name }) => name)).toEqual(names)
  expect(checks).toContainEqual({
    name: 'mail',
    ok: true,
    severity: 'info',
    detail: 'No relay is set: mails stay in the inbox of the console and go to nobody.',
    whatToDo: expect.stringContaining('PLATEN_SMTP_URL'),
  })
})

describe('what is wrong is told, and the rest is checked all the same', () => {
  test.each<[string, string, RegExp, () => unknown]>([
    ['site-databases', 'critical', /injected|unavailable|check/i, () => databases.faults.inject('check')],
    ['object-store', 'critical', /./, () => objects.failNext('put', new DriverError('unavailable', 'no answer'))],
    ['edge', 'critical', /Status 502/, () => (parts.askEdge = async () => ({ ok: false, detail: 'Status 502.' }))],
    ['mail', 'warning', /./, () => parts.mailer.faults.inject('check')],
    ['processes', 'critical', /supervisor/, () => parts.runner.faults.inject('describe')],
    ['processes', 'critical', /bench-main-2/, () => parts.runner.setState('bench-main-2', 'crash-loop', false)],
    ['processes', 'warning', /did not answer/, () => parts.runner.setState('bench-main-2', 'running', false)],
    ['disk', 'critical', /GB are free/, () => (parts.diskSpace = async () => ({ freeBytes: 1e9, totalBytes: 1000e9 }))],
    ['disk', 'critical', /measured/, () => (parts.diskSpace = () => Promise.reject(new Error('no such disk')))],
    ['master-key', 'critical', /missing/, () => rm(paths.masterKey)],
    ['master-key', 'critical', /644/, () => chmod(paths.masterKey, 0o644)],
    ['data-directory', 'critical', /755/, () => chmod(directory.path, 0o755)],
    [
      'dump-tools',
      'critical',
      /postgresql-client-18/,
      () => (parts.dumpTools = () => Promise.reject(new DriverError('refused', 'install postgresql-client-18'))),
    ],
    [
      'dump-tools',
      'warning',
      /but the server is/,
      () => {
        parts.databases = { check: async () => ({ ok: true, version: '18.4', detail: 'answered' }) }
        parts.dumpTools = async () => ({ major: 99, version: '99.1', source: 'system' })
      },
    ],
  ])('%s is %s', async (name, severity, detail, breakIt) => {
    await breakIt()
    const findings = await run()
    expect(findings.filter(({ ok }) => !ok)).toMatchObject([
      { name, severity, detail: expect.stringMatching(detail), whatToDo: expect.any(String) },
    ])
    expect(findings).toHaveLength(names.length)
  })

  test('tools older than 18.7 are a remark: they restore only what this platform signed', async () => {
    parts.dumpTools = async () => ({ major: 18, version: '18.0', source: 'package' })
    expect(await check('dump-tools')).toMatchObject({ ok: true, detail: expect.stringContaining('signed') })
  })

  test('a consumer that is behind', async () => {
    await sql`UPDATE manager.snapshot_consumers SET changed_at = now() - interval '2 minutes', acknowledged_version = version - 1
      WHERE consumer = 'edge'`.execute(platform.database.db)
    expect(await check('snapshots')).toMatchObject({ ok: false, detail: expect.stringContaining('edge') })
  })

  test('an open alert, as bad as it is', async () => {
    const subject = { kind: 'site', id: '1', label: 'acme' }
    await asWorker((tx) => raiseAlert(tx, { kind: 'operation-stuck', subject, detail: 'x' }))
    expect(await check('alerts')).toMatchObject({ ok: false, severity: 'warning', detail: '1 open.' })
    await asWorker((tx) => raiseAlert(tx, { kind: 'site-unreachable', subject, detail: 'x' }))
    expect(await check('alerts')).toMatchObject({ severity: 'critical', detail: '2 open.' })
  })

  test('a site of two days without a verified backup as young as its schedule says', async () => {
    const { siteId, name } = await aSite(platform, tenant)
    await aSite(platform, tenant)
    expect(await check('backups')).toMatchObject({ ok: true })
    await sql`UPDATE manager.sites SET created_at = now() - interval '2 days' WHERE id = ${siteId}`.execute(
      platform.database.db,
    )
    expect(await check('backups')).toMatchObject({ ok: false, detail: expect.stringContaining(name) })
    const backup = {
      takenAt: new Date().toISOString(),
      release: 'x',
      manifestSha256: 'x',
      sizeBytes: 1,
      plainBytes: 1,
      totalRows: 1,
    }
    await asWorker(async (tx) => {
      await insertBackup(tx, { id: siteId, tenantId: tenant.tenantId, siteId })
      await markStored(tx, siteId, backup)
    })
    expect(await check('backups')).toMatchObject({ ok: false })
    await asWorker((tx) => markVerified(tx, siteId, 1))
    expect(await check('backups')).toMatchObject({ ok: true })
  })
})
