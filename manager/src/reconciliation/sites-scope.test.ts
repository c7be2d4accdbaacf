import { MemoryDatabaseServer } from '@platen/drivers/databases'
import { siteDatabaseName, siteRoleNames } from '@platen/kit/names'
import { Secret } from '@platen/kit/secrets'
import { one, rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aReservedSite, aTenant, runOn, startOn, type TestTenant } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { createSite, restartSite, suspendSite } from '../sites/index.ts'
import { createReconciler, sitesScope, type Reconciler } from './index.ts'

const databases = new MemoryDatabaseServer()
let platform: TestPlatform
let tenant: TestTenant
let reconciler: Reconciler
let siteId: string
let database: string
let now: Date

beforeAll(async () => {
  platform = await testPlatform({ databases })
  tenant = await aTenant(platform)
})
afterAll(() => platform.close())

beforeEach(async () => {
  now = new Date()
  reconciler = aReconciler()
  ;({ siteId } = await aReservedSite(platform, tenant))
  expect(await runOn(platform, tenant, createSite, siteId)).toMatchObject({ state: 'succeeded' })
  database = siteDatabaseName(siteId)
})

const aReconciler = (): Reconciler => {
  const { workerDb: db, vault, hub: snapshots, deps } = platform
  return createReconciler({
    db,
    scopes: [sitesScope({ db, databases, vault, snapshots, prober: deps.prober })],
    now: () => now,
  })
}

const asOperator = { operator: true }
const found = async (options = {}) =>
  (await reconciler.run(options)).flatMap(({ differences }) =>
    differences.filter(({ subject }) => subject.id === siteId).map(({ kind, outcome }) => [kind, outcome]),
  )
const audited = () =>
  withScope(platform.workerDb, asOperator, (tx) =>
    rows(
      tx,
      sql<{
        actor: string
        remedy: string
        tenant_id: string
      }>`SELECT actor_label AS actor, changes ->> 'remedy' AS remedy, tenant_id
        FROM identity.audit_entries WHERE action = 'reconciliation.repaired' AND resource_id = ${siteId} ORDER BY at`,
    ),
  )
const siteRow = () =>
  withScope(platform.workerDb, asOperator, (tx) =>
    one(
      tx,
      sql<{ state: string; placed: boolean; routed: boolean; probe_ok: boolean | null; probe_detail: string | null }>`
        SELECT state, placed, routed, probe_ok, probe_detail FROM manager.sites WHERE id = ${siteId}`,
    ),
  )
const unserve = () =>
  withScope(platform.workerDb, asOperator, (tx) =>
    sql`UPDATE manager.sites SET placed = false, routed = false WHERE id = ${siteId}`.execute(tx),
  )

describe('what somebody changed by hand is repaired, with an audit entry of the platform', () => {
  const byHand: [string, () => unknown][] = [
    ['a dropped role', () => databases.dropRoleByHand(siteRoleNames(database).reader)],
    ['another limit', () => databases.alterRoleByHand(siteRoleNames(database).app, { connectionLimit: 1 })],
    [
      'another password',
      () => databases.alterRoleByHand(siteRoleNames(database).app, { password: new Secret('guessed') }),
    ],
    ['a revoked right', () => databases.revokeByHand(database, siteRoleNames(database).app)],
  ]
  test.each(byHand)('%s', async (_name, change) => {
    expect(await found()).toEqual([])
    change()
    reconciler = aReconciler()
    expect(await found()).toEqual([['roles-wrong', 'repaired']])
    expect(await found()).toEqual([])
    expect(await audited()).toEqual([{ actor: 'platform', remedy: 'repair-roles', tenant_id: tenant.tenantId }])
  })

  test('a site that rows say nobody serves', async () => {
    await unserve()
    expect(await found()).toEqual([['site-not-served', 'repaired']])
    expect(await siteRow()).toMatchObject({ placed: true, routed: true })
    expect(await audited()).toMatchObject([{ remedy: 'serve-again' }])
  })
})

test('a missing database is never made again: the site is broken, with the reason', async () => {
  databases.dropDatabaseByHand(database)
  expect(await found()).toEqual([['database-missing', 'repaired']])
  expect((await databases.describe()).databases.map(({ name }) => name)).not.toContain(database)
  const { state, probe_ok: probeOk, probe_detail: detail } = await siteRow()
  expect({ state, probeOk }).toEqual({ state: 'broken', probeOk: false })
  expect(detail).toContain('restore a backup')
  expect(await audited()).toMatchObject([{ remedy: 'mark-broken' }])
  expect(await found()).toEqual([])
})

test('a half-dropped database of a site is left where it is, and the site is broken', async () => {
  databases.halfDrop(database)
  expect(await found()).toEqual([['database-missing', 'repaired']])
  expect((await databases.describe()).databases.find(({ name }) => name === database)).toMatchObject({
    halfDropped: true,
  })
})

test('a dry run says what would be done and changes nothing', async () => {
  databases.dropRoleByHand(siteRoleNames(database).app)
  const state = () =>
    withScope(platform.workerDb, asOperator, async (tx) => ({
      sites: await rows(tx, sql`SELECT * FROM manager.sites ORDER BY id`),
      plans: await rows(tx, sql`SELECT * FROM manager.reconciliation_plans`),
      sightings: await rows(tx, sql`SELECT * FROM manager.reconciliation_sightings`),
      audit: await rows(tx, sql`SELECT id FROM identity.audit_entries ORDER BY id`),
    }))
  const before = { rows: await state(), server: await databases.describe() }
  expect(await found({ dryRun: true })).toEqual([['roles-wrong', 'planned']])
  expect({ rows: await state(), server: await databases.describe() }).toEqual(before)
  expect(await found()).toEqual([['roles-wrong', 'repaired']])
})

test('a site under an operation is left alone', async () => {
  await startOn(platform, tenant, suspendSite, siteId)
  databases.dropRoleByHand(siteRoleNames(database).app)
  await unserve()
  expect(await found()).toEqual([])
  expect((await databases.describe()).roles.map(({ name }) => name)).not.toContain(siteRoleNames(database).app)
  expect(await siteRow()).toMatchObject({ placed: false })
})

test('an operation that begins between the look and the repair keeps the repair away', async () => {
  const scope = sitesScope({
    db: platform.workerDb,
    databases,
    vault: platform.vault,
    snapshots: platform.hub,
    prober: platform.deps.prober,
  })
  databases.dropRoleByHand(siteRoleNames(database).app)
  const [difference] = (await scope.differences(now, {})).filter(({ subject }) => subject.id === siteId)
  if (difference === undefined) throw new Error('nothing was seen')
  await startOn(platform, tenant, restartSite, siteId)
  expect(await scope.repair(difference, async () => undefined, {})).toBe(false)
  expect((await databases.describe()).roles.map(({ name }) => name)).not.toContain(siteRoleNames(database).app)
})

test('two managers at once repair once', async () => {
  databases.dropRoleByHand(siteRoleNames(database).app)
  await Promise.all([aReconciler().run(), aReconciler().run(), aReconciler().run({ waitMs: 5_000 })])
  expect(await audited()).toHaveLength(1)
})

test('a repair that fails is told, waits, and is tried again', async () => {
  databases.dropRoleByHand(siteRoleNames(database).app)
  databases.faults.inject('repairSiteDatabase')
  const [plan] = await reconciler.run()
  expect(plan?.differences).toMatchObject([{ outcome: 'failed', message: expect.stringContaining('injected') }])
  expect(await found()).toEqual([['roles-wrong', 'waiting']])
  now = new Date(now.getTime() + 30_000)
  expect(await found()).toEqual([['roles-wrong', 'repaired']])
})

test('a server that does not answer is told, and the plan of before is kept', async () => {
  await reconciler.run()
  databases.faults.inject('inspectSiteDatabases')
  const [plan] = await reconciler.run()
  expect(plan).toMatchObject({ scope: 'sites', differences: [], error: expect.stringContaining('injected') })
})

test('sites are seen through their public address in turn, and a site that does not answer is not changed', async () => {
  platform.visitors.seeNothing = true
  await withScope(platform.workerDb, asOperator, (tx) =>
    sql`UPDATE manager.sites SET probe_at = now() - interval '1 day' WHERE id = ${siteId}`.execute(tx),
  )
  await reconciler.run().finally(() => (platform.visitors.seeNothing = false))
  expect(await siteRow()).toMatchObject({ state: 'active', probe_ok: false, probe_detail: 'nobody answers' })
})

describe('a site goes with its tenant', () => {
  const setTenant = (state: 'active' | 'suspended') =>
    withScope(platform.workerDb, asOperator, (tx) =>
      sql`UPDATE manager.tenants SET state = ${state}, suspended_at = ${state === 'active' ? null : now}
        WHERE id = ${tenant.tenantId}`.execute(tx),
    )
  const aMinutePasses = () => (now = new Date(now.getTime() + 61_000))
  const operations = () =>
    withScope(platform.workerDb, asOperator, (tx) =>
      rows(
        tx,
        sql<{ id: string; type: string }>`SELECT id, type FROM operations.operations
          WHERE subject_id = ${siteId} AND ended_at IS NULL`,
      ),
    )
  /** As if its operation had ended. */
  const end = async (state: 'active' | 'suspended') => {
    await withScope(platform.workerDb, asOperator, async (tx) => {
      await sql`UPDATE operations.operations SET state = 'succeeded', ended_at = now() WHERE subject_id = ${siteId}`.execute(
        tx,
      )
      await sql`UPDATE manager.sites SET state = ${state} WHERE id = ${siteId}`.execute(tx)
    })
  }
  afterEach(() => setTenant('active'))

  test('one that is still open after a minute is suspended, and comes back with its tenant', async () => {
    await setTenant('suspended')
    expect(await found()).toEqual([['tenant-suspended', 'waiting']])
    aMinutePasses()
    expect(await found()).toEqual([['tenant-suspended', 'repaired']])
    expect(await operations()).toMatchObject([{ type: 'suspend-site' }])
    await end('suspended')
    expect(await found()).toEqual([])

    await setTenant('active')
    expect(await found()).toEqual([['tenant-resumed', 'waiting']])
    aMinutePasses()
    expect(await found()).toEqual([['tenant-resumed', 'repaired']])
    expect(await operations()).toMatchObject([{ type: 'resume-site' }])
    await end('active')
    expect(await found()).toEqual([])
    expect((await audited()).map(({ remedy }) => remedy)).toEqual(['suspend-site', 'resume-site'])
  })

  test('one that somebody suspended stays so', async () => {
    await end('suspended')
    await setTenant('suspended')
    await setTenant('active')
    expect(await found()).toEqual([])
    aMinutePasses()
    expect(await found()).toEqual([])
  })
})
