import {
  failsAtEachStep,
  ignoresZombieAtEachStep,
  repeatsEachStep,
  repeatsEachUndo,
  type OperationWorld,
} from '@platen/kit/operations/testing'
import { siteDatabaseName } from '@platen/kit/names'
import type { MemoryDatabaseServer } from '@platen/drivers/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aReservedSite, aTenant, runOn, startWith, runWith, type TestTenant } from '../../testing/builders.ts'
import { backupBuilders } from '../../testing/backup-builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { dropSite } from '../sites/index.ts'
import type { BackupDeps, BackupInput } from './backup-deps.ts'
import { backUpSite, restoreSiteAsNew } from './index.ts'

let platform: TestPlatform
let tenant: TestTenant
let made: ReturnType<typeof backupBuilders>
let siteId: string
/** Has no backup but those of the harnesses. */
let harnessSiteId: string

beforeAll(async () => {
  platform = await testPlatform()
  tenant = await aTenant(platform)
  made = backupBuilders(platform, tenant)
  siteId = await made.aSiteWithFiles()
  harnessSiteId = await made.aSiteWithFiles()
})
afterAll(() => platform.close())

async function aNewSite(backupId: string): Promise<BackupInput> {
  return { siteId: (await aReservedSite(platform, tenant)).siteId, backupId }
}

type World = OperationWorld<BackupInput, BackupDeps>

const backupWorld = (): World => ({
  definition: backUpSite,
  db: platform.workerDb,
  connection: platform.workerConnection,
  deps: () => platform.deps,
  input: () => made.aBackupRow(harnessSiteId),
  start: (input) => startWith(platform, tenant, backUpSite, input),
  inventory: () => made.everything(),
  verifyDone: async (_id, { backupId }) => expect((await made.backupRow(backupId)).state).toBe('verified'),
  cleanUp: (_id, { siteId: ofSite }) => made.forgetBackups(ofSite),
})

describe('back-up-site', () => {
  test('ends verified, with sizes, times and no throwaway database', async () => {
    const before = await platform.databases.describe()
    const { backupId } = await made.aBackup(siteId)
    const row = await made.backupRow(backupId)
    expect(row).toMatchObject({ state: 'verified', error: null, release: 'feedfacefeedface' })
    expect(Number(row.size_bytes)).toBeGreaterThan(Number(row.plain_bytes))
    expect(row.restore_ms).not.toBeNull()
    expect(await platform.databases.describe()).toEqual(before)
  })

  test('stores a content once, also over several backups', async () => {
    const site = await made.aSiteWithFiles()
    await made.aBackup(site)
    const files = () => platform.objects.list(`backups/${site}/files`)
    const first = await files()
    expect(first.length).toBe(2)
    await made.aBackup(site)
    expect((await files()).map(({ lastModified }) => lastModified)).toEqual(
      first.map(({ lastModified }) => lastModified),
    )
  })

  test('a failed backup takes nothing that an older one needs', async () => {
    const site = await made.aSiteWithFiles()
    const older = await made.aBackup(site)
    platform.runtime.faults.inject('smokeTest', { error: new Error('no'), times: 9 })
    const input = await made.aBackupRow(site)
    expect(await runWith(platform, tenant, backUpSite, input)).toMatchObject({ state: 'failed' })
    platform.runtime.faults.clear()
    expect((await made.backupRow(input.backupId)).error).not.toBeNull()
    const target = await aNewSite(older.backupId)
    expect(await runWith(platform, tenant, restoreSiteAsNew, target)).toMatchObject({ state: 'succeeded' })
  })

  test('nothing in the store shows content in clear', async () => {
    const { backupId } = await made.aBackup(siteId)
    const objects = await platform.objects.list(`backups/${siteId}`)
    expect(objects.length).toBeGreaterThan(3)
    for (const { key } of objects.filter((object) => !object.key.endsWith('/manifest'))) {
      const { stream } = await platform.objects.get(key)
      const bytes = Buffer.concat(await stream.toArray()).toString('latin1')
      expect(bytes).not.toContain('picture')
      expect(bytes).not.toContain('administrator')
    }
    expect(backupId).toMatch(/-/)
  })

  test('unwinds from a failure at every step', () => failsAtEachStep(backupWorld()))
  test('may repeat each step', () => repeatsEachStep(backupWorld()))
  test('may repeat each undo', () => repeatsEachUndo(backupWorld()))
  test('is not harmed by a worker that lost its lease', () => ignoresZombieAtEachStep(backupWorld()))
})

describe('restore-site-as-new', () => {
  const world = (backup: BackupInput): World => ({
    ...backupWorld(),
    definition: restoreSiteAsNew,
    input: () => aNewSite(backup.backupId),
    start: (input) => startWith(platform, tenant, restoreSiteAsNew, input),
    inventory: async () => {
      const { sites, ...rest } = { sites: [] as unknown[], ...(await made.everything()) }
      // A name that is reserved for a run that has not begun is no site yet.
      return { ...rest, sites: sites.filter((site) => !JSON.stringify(site).includes('"pending"')) }
    },
    verifyDone: async () => undefined,
    cleanUp: async (_id, { siteId: restored }) => {
      expect(await runOn(platform, tenant, dropSite, restored)).toMatchObject({ state: 'succeeded' })
    },
  })

  test('makes a site with the rows and files of the old one, under an id of its own', async () => {
    const { backupId } = await made.aBackup(siteId)
    const target = await aNewSite(backupId)
    expect(await runWith(platform, tenant, restoreSiteAsNew, target)).toMatchObject({
      state: 'succeeded',
      problem: null,
    })
    const databases = platform.databases as MemoryDatabaseServer // the platform was made with its defaults
    const [old, copy] = [siteId, target.siteId].map((id) => databases.read(siteDatabaseName(id)))
    expect(copy?.map((row) => row.replace(target.siteId, siteId))).toEqual(old)
    expect(copy?.join()).toContain(target.siteId)
    const keysOf = async (id: string) =>
      (await platform.objects.list(`sites/${id}`)).map(({ key, sha256 }) => [key.replace(id, ''), sha256])
    const withoutMarker = (entries: string[][]) => entries.filter(([key]) => key !== 'sites//owner')
    expect(withoutMarker(await keysOf(target.siteId))).toEqual(withoutMarker(await keysOf(siteId)))
  })

  test('unwinds, repeats and is not harmed by zombies', { timeout: 120_000 }, async () => {
    const backup = await made.aBackup(siteId)
    await failsAtEachStep(world(backup))
    await repeatsEachStep(world(backup))
    await repeatsEachUndo(world(backup))
    await ignoresZombieAtEachStep(world(backup))
  })
})
