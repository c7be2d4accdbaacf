import { MemoryDatabaseServer } from '@platen/drivers/databases'
import { siteDatabaseName, siteObjectPrefix } from '@platen/kit/names'
import { one, rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { aReservedSite, aTenant, runOn, startOn, type TestTenant } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { createSite, dropSite } from '../sites/index.ts'
import { createReconciler, leftoversScope, type Reconciler } from './index.ts'

const databases = new MemoryDatabaseServer()
const dayMs = 24 * 60 * 60_000
let platform: TestPlatform
let tenant: TestTenant
let reconciler: Reconciler
let now: Date

beforeAll(async () => {
  platform = await testPlatform({ databases })
  tenant = await aTenant(platform)
})
afterAll(() => platform.close())
beforeEach(() => {
  now = new Date()
  reconciler = createReconciler({
    db: platform.workerDb,
    scopes: [leftoversScope({ db: platform.workerDb, databases, objects: platform.objects, objectsEveryMs: 0 })],
    now: () => now,
  })
})

const asOperator = { operator: true }

/** A site whose row says dropped while everything of it is still there. */
async function abandoned(): Promise<string> {
  const { siteId } = await aReservedSite(platform, tenant)
  await runOn(platform, tenant, createSite, siteId)
  await withScope(platform.workerDb, asOperator, (tx) =>
    sql`UPDATE manager.sites SET state = 'dropped', placed = false, routed = false WHERE id = ${siteId}`.execute(tx),
  )
  return siteId
}

const found = async (siteId: string, options = {}) =>
  (await reconciler.run(options)).flatMap(({ differences }) =>
    differences
      .filter(({ subject }) => subject.id === siteId || subject.id === siteDatabaseName(siteId))
      .map(({ kind, outcome }) => `${kind} ${outcome}`),
  )
const isThere = async (siteId: string) => {
  const server = await databases.describe()
  const name = siteDatabaseName(siteId)
  return {
    database: server.databases.some((database) => database.name === name),
    roles: server.roles.some((role) => role.name.startsWith(name)),
    objects: (await platform.objects.list(siteObjectPrefix(siteId).slice(0, -1))).length > 0,
  }
}
const audited = async (siteId: string) => {
  const { count } = await withScope(platform.workerDb, asOperator, (tx) =>
    one(
      tx,
      sql<{ count: number }>`SELECT count(*)::int AS count FROM identity.audit_entries
        WHERE action = 'reconciliation.repaired' AND resource_id IN (${siteId}, ${siteDatabaseName(siteId)})`,
    ),
  )
  return count
}
const all = { database: true, roles: true, objects: true }
const none = { database: false, roles: false, objects: false }

test('what a dropped site left is removed at the second sighting a day later, and not before, even when asked', async () => {
  const siteId = await abandoned()
  expect(await found(siteId)).toEqual(['database-leftover waiting', 'objects-leftover waiting'])
  now = new Date(now.getTime() + dayMs - 1)
  expect(await found(siteId, { insistent: true })).toEqual(['database-leftover waiting', 'objects-leftover waiting'])
  expect(await isThere(siteId)).toEqual(all)
  now = new Date(now.getTime() + 1)
  expect(await found(siteId, { dryRun: true })).toEqual(['database-leftover planned', 'objects-leftover planned'])
  expect(await isThere(siteId)).toEqual(all)
  expect(await found(siteId)).toEqual(['database-leftover repaired', 'objects-leftover repaired'])
  expect(await isThere(siteId)).toEqual(none)
  expect(await audited(siteId)).toBe(2)
  expect(await found(siteId)).toEqual([])
})

test('a sighting in between that found nothing begins the wait anew', async () => {
  const siteId = await abandoned()
  await found(siteId)
  const setState = (state: string) =>
    withScope(platform.workerDb, asOperator, (tx) =>
      sql`UPDATE manager.sites SET state = ${state} WHERE id = ${siteId}`.execute(tx),
    )
  await setState('archived')
  now = new Date(now.getTime() + dayMs)
  expect(await found(siteId)).toEqual([])
  await setState('dropped')
  expect(await found(siteId)).toEqual(['database-leftover waiting', 'objects-leftover waiting'])
})

test('what an operation is at work on is left to it', async () => {
  const siteId = await abandoned()
  await found(siteId)
  await startOn(platform, tenant, dropSite, siteId)
  now = new Date(now.getTime() + 2 * dayMs)
  expect(await found(siteId)).toEqual([])
  expect(await isThere(siteId)).toEqual(all)
})

test('the database of a living site, an unknown one and a template are never removed', async () => {
  const { siteId } = await aReservedSite(platform, tenant)
  await runOn(platform, tenant, createSite, siteId)
  const strange = { name: 'somebody_elses', template: null, tag: 'theirs', roles: [], session: 'x' }
  await databases.ensureSiteDatabase(strange)
  const before = await databases.describe()
  await reconciler.run()
  now = new Date(now.getTime() + 30 * dayMs)
  const [plan] = await reconciler.run()
  expect(plan?.differences).toContainEqual(expect.objectContaining({ kind: 'database-unknown', outcome: 'reported' }))
  const after = await databases.describe()
  expect(after.databases.map(({ name }) => name)).toEqual(
    expect.arrayContaining([siteDatabaseName(siteId), strange.name]),
  )
  expect(after.databases.filter(({ template }) => template)).toEqual(
    before.databases.filter(({ template }) => template),
  )
})

test('a half-dropped database that no living site owns goes at once', async () => {
  const siteId = await abandoned()
  databases.halfDrop(siteDatabaseName(siteId))
  expect(await found(siteId)).toContain('database-half-dropped repaired')
  expect(await isThere(siteId)).toMatchObject({ database: false, roles: false })
})

test('an orphan directory is reported and stays', async () => {
  databases.leaveOrphanDirectory({ oid: '16500', sizeBytes: 7 })
  const [plan] = await reconciler.run()
  expect(plan?.differences).toContainEqual(expect.objectContaining({ kind: 'orphan-directory', outcome: 'reported' }))
  expect((await databases.describe()).orphanDirectories).toHaveLength(1)
})

test('one run removes ten things and leaves the rest for the next', async () => {
  const sites = await Promise.all(Array.from({ length: 7 }, abandoned))
  await reconciler.run()
  now = new Date(now.getTime() + 3 * dayMs)
  const removed = async () =>
    (await reconciler.run())[0]?.differences.filter(({ outcome }) => outcome === 'repaired').length
  expect(await removed()).toBe(10)
  while ((await removed()) !== 0);
  for (const siteId of sites) expect(await isThere(siteId)).toEqual(none)
  const sightings = await rows(
    platform.workerDb,
    sql`SELECT FROM manager.reconciliation_sightings WHERE kind LIKE '%-leftover'`,
  )
  expect(sightings).toEqual([])
})
