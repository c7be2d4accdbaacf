import { newId } from '@platen/kit/ids'
import {
  failsAtEachStep,
  ignoresZombieAtEachStep,
  repeatsEachStep,
  repeatsEachUndo,
} from '@platen/kit/operations/testing'
import { one, rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { aSite, aTenant, runOn, runWith, startOn, startWith, type TestTenant } from '../../testing/builders.ts'
import { aRealBackup, aRealSite, aSiteWithOldBackups, copiesOf } from '../../testing/old-backups.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { dropSite, restartSite } from '../sites/index.ts'
import { insertBackup, requireBackup } from './backup-store.ts'
import { archiveSite, backUpSite, pruneBackups } from './index.ts'
import { setOwnPolicy } from './schedule-store.ts'
import { backUpWhatIsDue, dropArchivedSites, pruneWhatIsOld } from './scheduler.ts'

let platform: TestPlatform
let api: TestApi
let tenant: TestTenant
let clock: Date

beforeAll(async () => {
  platform = await testPlatform()
  platform.deps.now = () => clock
  api = await testApi(platform)
  tenant = await aTenant(platform)
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const asOperator = { operator: true }
const dayMs = 86_400_000
const inDays = (days: number): Date => new Date(Date.now() + days * dayMs)
const inScope = <T>(work: Parameters<typeof withScope<T>>[2]) => withScope(platform.workerDb, asOperator, work)
const parts = () => ({ db: platform.workerDb, now: () => clock })

const backupsOf = (siteId: string) =>
  inScope((tx) =>
    rows(
      tx,
      sql<{ id: string; state: string; reason: string }>`SELECT id, state, reason FROM manager.backups
        WHERE site_id = ${siteId} ORDER BY created_at`,
    ),
  )

const audited = (siteId: string) =>
  rows(
    platform.database.db,
    sql<{ action: string; actor: string }>`SELECT action, actor_label AS actor FROM identity.audit_entries
      WHERE resource_id = ${siteId} ORDER BY id`,
  )

/** Ends what a round began, as it would end: on paper. */
async function endAll(state: 'succeeded' | 'failed' = 'succeeded'): Promise<void> {
  await sql`UPDATE operations.operations SET state = ${state}, ended_at = now() WHERE ended_at IS NULL`.execute(
    platform.database.db,
  )
  const backupState = state === 'succeeded' ? 'verified' : 'failed'
  await inScope((tx) =>
    sql`UPDATE manager.backups SET state = ${backupState}, stored_at = now(), manifest_sha256 = '', verified_at = now(), restore_ms = 1
      WHERE state = 'pending'`.execute(tx),
  )
}

async function noSites(): Promise<void> {
  await endAll()
  await inScope((tx) => sql`UPDATE manager.sites SET state = 'dropped', dropped_at = now()`.execute(tx))
}

describe('a round of the schedule', () => {
  test('begins two backups at once on the whole platform, in any state that has a database, and the others after them', async () => {
    await noSites()
    clock = inDays(2)
    const states = ['active', 'suspended', 'inactive', 'broken', 'active', 'archived', 'dropped', 'pending'] as const
    for (const state of states) await aSite(platform, tenant, state)
    const begun: string[][] = []
    for (let round = 0; round < 4; round += 1) {
      begun.push(await backUpWhatIsDue(parts()))
      expect(await backUpWhatIsDue(parts())).toEqual([])
      await endAll()
    }
    expect(begun.map(({ length }) => length)).toEqual([2, 2, 1, 0])
    const first = begun[0]?.[0] ?? ''
    expect(await backupsOf(first)).toMatchObject([{ state: 'verified', reason: 'scheduled' }])
    expect(await audited(first)).toEqual([{ action: 'backup.scheduled', actor: 'platform' }])
  })

  test('of two managers at the same moment begins one backup of a site', async () => {
    await noSites()
    clock = inDays(3)
    const { siteId } = await aSite(platform, tenant)
    const both = await Promise.all([backUpWhatIsDue(parts()), backUpWhatIsDue(parts()), backUpWhatIsDue(parts())])
    expect(both.flat()).toEqual([siteId])
    expect(await backupsOf(siteId)).toHaveLength(1)
  })

  test('leaves a site that is worked on to the next round', async () => {
    await noSites()
    clock = inDays(4)
    const { siteId } = await aSite(platform, tenant)
    await startOn(platform, tenant, restartSite, siteId)
    expect(await backUpWhatIsDue(parts())).toEqual([])
    await endAll()
    expect(await backUpWhatIsDue(parts())).toEqual([siteId])
  })

  test('counts a backup that somebody asked for', async () => {
    await noSites()
    clock = inDays(5)
    const { siteId } = await aSite(platform, tenant)
    await inScope((tx) => insertBackup(tx, { id: newId(), tenantId: tenant.tenantId, siteId, createdAt: clock }))
    await endAll()
    expect(await backUpWhatIsDue(parts())).toEqual([])
  })

  test('tries again what failed, after a while', async () => {
    await noSites()
    clock = inDays(6)
    const { siteId } = await aSite(platform, tenant)
    expect(await backUpWhatIsDue(parts())).toEqual([siteId])
    await endAll('failed')
    expect(await backUpWhatIsDue(parts())).toEqual([])
    clock = new Date(clock.getTime() + 10 * 60_000)
    expect(await backUpWhatIsDue(parts())).toEqual([siteId])
  })

  test('is not held up by backups that wait for a person', async () => {
    await noSites()
    clock = inDays(7)
    const sites = [await aSite(platform, tenant), await aSite(platform, tenant), await aSite(platform, tenant)]
    const stuck = await backUpWhatIsDue(parts())
    expect(stuck).toHaveLength(2)
    await sql`UPDATE operations.operations SET state = 'needs-attention' WHERE ended_at IS NULL`.execute(
      platform.database.db,
    )
    const others = sites.map(({ siteId }) => siteId).filter((id) => !stuck.includes(id))
    expect(await backUpWhatIsDue(parts())).toEqual(others)
    await endAll()
  })
})

const prune = (siteId: string) => runWith(platform, tenant, pruneBackups, { siteId })

const objectsOf = async (siteId: string) => (await platform.objects.list(`backups/${siteId}`)).map(({ key }) => key)

describe('prune-backups', () => {
  test('removes archives, contents and rows of what has had its time, and nothing else', async () => {
    await noSites()
    clock = new Date()
    const { siteId, old, kept } = await aSiteWithOldBackups(platform, tenant)
    const before = await objectsOf(siteId)
    expect(before.filter((key) => key.includes('/files/'))).toHaveLength(2)
    expect(await pruneWhatIsOld(parts())).toEqual([siteId])
    expect(await pruneWhatIsOld(parts())).toEqual([])
    const [begun] = await inScope((tx) =>
      rows(
        tx,
        sql<{ id: string }>`SELECT id FROM operations.operations WHERE type = 'prune-backups' AND ended_at IS NULL`,
      ),
    )
    expect(begun).toBeDefined()
    await endAll('failed')
    expect(await prune(siteId)).toMatchObject({ state: 'succeeded' })
    expect((await backupsOf(siteId)).map(({ id }) => id)).toEqual(kept)
    const after = await objectsOf(siteId)
    expect(after.filter((key) => key.includes('/files/'))).toHaveLength(1)
    for (const id of old) expect(after.filter((key) => key.includes(id))).toEqual([])
    for (const id of kept) expect(after.filter((key) => key.includes(id))).toHaveLength(3)
    expect((await audited(siteId)).map(({ action }) => action)).toEqual(['backups.pruning-begun', 'backups.pruned'])
    expect(await pruneWhatIsOld(parts())).toEqual([])
  })

  test('leaves a backup that is being restored elsewhere', async () => {
    const { siteId, old } = await aSiteWithOldBackups(platform, tenant)
    const other = await aRealSite(platform, tenant)
    await startWith(platform, tenant, backUpSite, { siteId: other, backupId: old[0] ?? '' })
    expect(await prune(siteId)).toMatchObject({ state: 'succeeded' })
    expect((await backupsOf(siteId)).map(({ id }) => id)).toContain(old[0])
    expect((await backupsOf(siteId)).map(({ id }) => id)).not.toContain(old[1])
    await endAll()
  })

  test('keeps every content while an older backup cannot be read', async () => {
    const { siteId, kept } = await aSiteWithOldBackups(platform, tenant)
    await platform.objects.remove(`backups/${siteId}/${kept[0] ?? ''}/manifest`)
    expect(await prune(siteId)).toMatchObject({ state: 'succeeded' })
    expect((await objectsOf(siteId)).filter((key) => key.includes('/files/'))).toHaveLength(2)
  })

  test('removes everything of a dropped site when its days are over, and not before', async () => {
    const { siteId } = await aSiteWithOldBackups(platform, tenant)
    expect(await runOn(platform, tenant, dropSite, siteId)).toMatchObject({ state: 'succeeded' })
    clock = inDays(1.9)
    await prune(siteId)
    expect(await backupsOf(siteId)).toHaveLength(5)
    clock = inDays(2.1)
    await prune(siteId)
    expect([await backupsOf(siteId), await objectsOf(siteId)]).toEqual([[], []])
  })

  test(
    'goes only forward from any failure, bears repetition, and is not harmed by zombies',
    { timeout: 120_000 },
    async () => {
      clock = new Date()
      const { siteId, old, kept } = await aSiteWithOldBackups(platform, tenant)
      const { putBack, removed } = await copiesOf(platform, siteId, old)
      const world = {
        definition: pruneBackups,
        db: platform.workerDb,
        connection: platform.workerConnection,
        deps: () => platform.deps,
        input: () => ({ siteId }),
        start: (input: { siteId: string }) => startWith(platform, tenant, pruneBackups, input),
        inventory: async () => [await objectsOf(siteId), await backupsOf(siteId)],
        verifyDone: async () => {
          expect((await backupsOf(siteId)).map(({ id }) => id)).toEqual(kept)
          for (const key of removed) expect(await objectsOf(siteId)).not.toContain(key)
        },
        cleanUp: putBack,
      }
      await failsAtEachStep(world)
      await repeatsEachStep(world)
      await repeatsEachUndo(world)
      await ignoresZombieAtEachStep(world)
    },
  )
})

describe('the schedule of a site', () => {
  const policy = { everyHours: 12, atHour: 23, timeZone: 'America/Sao_Paulo', keepDays: 90 }
  const ofPlan = { everyHours: 24, atHour: 2, timeZone: 'Europe/Paris', keepDays: 30 }

  test('is its plan’s until it has its own, and again when that is taken back', async () => {
    await noSites()
    const owner = await api.person({ role: 'owner' })
    const { siteId } = await aSite(platform, owner)
    const path = `/sites/${siteId}/backup-schedule`
    const call = (method: 'GET' | 'PUT' | 'DELETE', body?: unknown) => api.call({ method, path, body, as: owner })
    const first = await call('GET')
    expect(first).toMatchObject({ status: 200, body: { policy: ofPlan, source: 'plan', planPolicy: ofPlan } })
    expect(await call('PUT', policy)).toMatchObject({
      status: 200,
      body: { policy, source: 'site', planPolicy: ofPlan },
    })
    const own = await call('GET')
    expect(own).toMatchObject({ status: 200, body: { policy, source: 'site' } })
    expect(own.text).not.toBe(first.text)
    expect(await call('DELETE')).toMatchObject({ status: 200, body: { policy: ofPlan, source: 'plan' } })
    expect((await audited(siteId)).map(({ action }) => action)).toEqual([
      'site.backup-schedule-changed',
      'site.backup-schedule-reset',
    ])
  })

  test('is a 409 for a dropped site, and nothing comes next', async () => {
    const owner = await api.person({ role: 'owner' })
    const { siteId } = await aSite(platform, owner, 'dropped')
    const path = `/sites/${siteId}/backup-schedule`
    expect(await api.call({ method: 'GET', path, as: owner })).toMatchObject({ status: 200, body: { nextAt: null } })
    expect(await api.call({ method: 'PUT', path, body: policy, as: owner })).toMatchObject({
      status: 409,
      body: { code: 'site-action-refused' },
    })
  })

  test.each([
    ['/everyHours', { everyHours: 7 }],
    ['/atHour', { atHour: 24 }],
    ['/timeZone', { timeZone: '+02:00' }],
    ['/timeZone', { timeZone: 'Europe/Atlantis' }],
    ['/keepDays', { keepDays: 0 }],
  ])('is refused with a wrong %s', async (pointer, wrong) => {
    const owner = await api.person({ role: 'owner' })
    const { siteId } = await aSite(platform, owner)
    const path = `/sites/${siteId}/backup-schedule`
    const { status, text } = await api.call({ method: 'PUT', path, body: { ...policy, ...wrong }, as: owner })
    expect(status).toBe(422)
    expect(text).toContain(pointer)
  })

  test('of a plan is changed by operators, for all sites that have no other', async () => {
    const operator = await api.person({ role: 'owner', operator: true })
    const { siteId } = await aSite(platform, operator)
    const plan = await one(
      platform.database.db,
      sql<{ id: string }>`SELECT id FROM manager.plans WHERE name = 'starter'`,
    )
    const path = `/plans/${plan.id}/backup-schedule`
    expect(await api.call({ method: 'PUT', path, body: policy, as: operator })).toMatchObject({
      status: 200,
      body: { name: 'starter', backupPolicy: policy },
    })
    const schedule = await api.call({ method: 'GET', path: `/sites/${siteId}/backup-schedule`, as: operator })
    expect(schedule).toMatchObject({ body: { policy, source: 'plan' } })
    expect((await audited(plan.id)).map(({ action }) => action)).toEqual(['plan.backup-schedule-changed'])
    const absent = await api.call({
      method: 'PUT',
      path: `/plans/${newId()}/backup-schedule`,
      body: policy,
      as: operator,
    })
    expect(absent).toMatchObject({ status: 404, body: { code: 'plan-not-found' } })
  })
})

test('a site that nobody revived in 30 days is dropped, and its backups stay', async () => {
  await noSites()
  clock = new Date()
  const siteId = await aRealSite(platform, tenant)
  const backupId = newId()
  await inScope((tx) => insertBackup(tx, { id: backupId, tenantId: tenant.tenantId, siteId, reason: 'archive' }))
  const input = { siteId, backupId, stateBefore: 'active' as const }
  expect(await runWith(platform, tenant, archiveSite, input)).toMatchObject({ state: 'succeeded' })
  clock = inDays(29.9)
  expect(await dropArchivedSites(parts())).toEqual([])
  // A clock that is ahead for an hour.
  clock = inDays(70)
  expect(await dropArchivedSites(parts())).toEqual([])
  clock = inDays(30.1)
  expect(await dropArchivedSites(parts())).toEqual([])
  clock = inDays(31)
  expect(await dropArchivedSites(parts())).toEqual([])
  clock = inDays(31.2)
  expect(await dropArchivedSites(parts())).toEqual([siteId])
  expect(await dropArchivedSites(parts())).toEqual([])
  expect(await audited(siteId)).toEqual([{ action: 'site.archived-drop-begun', actor: 'platform' }])
  await endAll('failed')
  expect(await runOn(platform, tenant, dropSite, siteId)).toMatchObject({ state: 'succeeded', problem: null })
  // The row says that it was dropped just now.
  clock = new Date()
  await inScope((tx) => sql`DELETE FROM manager.backups WHERE site_id <> ${siteId}`.execute(tx))
  await inScope((tx) => setOwnPolicy(tx, siteId, { everyHours: 24, atHour: 2, timeZone: 'UTC', keepDays: 30 }))
  expect(await pruneWhatIsOld(parts())).toEqual([])
  expect(await backupsOf(siteId)).toMatchObject([{ reason: 'archive', state: 'verified' }])
  clock = inDays(30.1)
  expect(await pruneWhatIsOld(parts())).toEqual([])
  clock = inDays(31.2)
  expect(await pruneWhatIsOld(parts())).toEqual([siteId])
})

test('a backup keeps how many rows it holds', async () => {
  const siteId = await aRealSite(platform, tenant)
  const id = await aRealBackup(platform, tenant, { siteId, daysAgo: 0 })
  expect(await inScope((tx) => requireBackup(tx, id))).toMatchObject({ state: 'verified' })
  const held = await inScope((tx) =>
    one(tx, sql<{ total: bigint }>`SELECT total_rows AS total FROM manager.backups WHERE id = ${id}`),
  )
  expect(held.total).toBeGreaterThan(0n)
})
