import { MemoryCertificates } from '@platen/drivers/certificates'
import { MemoryRunner } from '@platen/drivers/runners'
import { newId } from '@platen/kit/ids'
import { sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { aSite, aTenant, type TestTenant } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { cancelledNote, insertBackup, markFailed, markStored, markVerified } from '../backups/backup-store.ts'
import { listOpenKeys } from './alert-store.ts'
import { watchOnce } from './watch.ts'

let platform: TestPlatform
let tenant: TestTenant
let siteId: string
const start = new Date()

beforeAll(async () => {
  platform = await testPlatform()
  tenant = await aTenant(platform)
})
beforeEach(async () => {
  await sql`DELETE FROM manager.alerts; DELETE FROM manager.hosts; DELETE FROM manager.backups; DELETE FROM manager.sites`.execute(
    platform.database.db,
  )
  siteId = (await aSite(platform, tenant)).siteId
})
afterAll(() => platform.close())

const inHours = (hours: number): Date => new Date(start.getTime() + hours * 3_600_000)
const inScope = <T>(work: Parameters<typeof withScope<T>>[2]) => withScope(platform.workerDb, { operator: true }, work)

async function aBackup(hours: number): Promise<string> {
  const id = newId()
  await inScope((tx) => insertBackup(tx, { id, tenantId: tenant.tenantId, siteId, createdAt: inHours(hours) }))
  return id
}

async function verified(hours: number, plainBytes = 1_000_000, totalRows = 1000): Promise<void> {
  const id = await aBackup(hours)
  const stored = { takenAt: start.toISOString(), release: 'x', manifestSha256: '', sizeBytes: 1, plainBytes, totalRows }
  await inScope((tx) => markStored(tx, id, stored))
  await inScope((tx) => markVerified(tx, id, 1))
}

async function failed(hours: number, error: string): Promise<void> {
  const id = await aBackup(hours)
  await inScope((tx) => markFailed(tx, id, error))
}

async function kindsAt(hours: number): Promise<string[]> {
  await watchOnce({
    db: platform.workerDb,
    runner: new MemoryRunner(),
    issuer: new MemoryCertificates({ zone: 'platen.localhost' }),
    diskSpace: async () => ({ freeBytes: 500e9, totalBytes: 1000e9 }),
    now: () => inHours(hours),
  })
  const open = await inScope(listOpenKeys)
  return open
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith('backup-'))
    .toSorted()
}

test('a site without a backup is told of after 26 hours, until one is verified', async () => {
  expect(await kindsAt(25)).toEqual([])
  await aBackup(25)
  expect(await kindsAt(27)).toEqual(['backup-overdue'])
  await verified(27)
  expect(await kindsAt(27.1)).toEqual([])
  expect(await kindsAt(54)).toEqual(['backup-overdue'])
})

test('the schedule of the site itself says when it is overdue', async () => {
  await inScope((tx) =>
    sql`UPDATE manager.sites SET backup_every_hours = 168, backup_at_hour = 2, backup_time_zone = 'UTC', backup_keep_days = 30`.execute(
      tx,
    ),
  )
  await verified(0)
  expect(await kindsAt(160)).toEqual([])
  expect(await kindsAt(171)).toEqual(['backup-overdue'])
})

test('a backup from the future is none: the clock was wrong when it was made', async () => {
  await verified(24 * 40)
  expect(await kindsAt(27)).toEqual(['backup-overdue'])
})

test('a failure is told until a later one is verified, and what was cancelled is no failure', async () => {
  await verified(1)
  await failed(2, 'The object x is damaged.')
  expect(await kindsAt(3)).toEqual(['backup-failed'])
  await failed(4, cancelledNote)
  expect(await kindsAt(5)).toEqual(['backup-failed'])
  await verified(6)
  expect(await kindsAt(7)).toEqual([])
  await failed(8, cancelledNote)
  expect(await kindsAt(9)).toEqual([])
})

test('a shrunken backup is told, an archived site is left alone', async () => {
  await verified(1)
  await verified(25, 990_000, 400)
  expect(await kindsAt(26)).toEqual(['backup-smaller'])
  await inScope((tx) => sql`UPDATE manager.sites SET state = 'archived'`.execute(tx))
  expect(await kindsAt(100)).toEqual([])
})
