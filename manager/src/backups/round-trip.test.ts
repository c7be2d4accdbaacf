// Backups on a real server, with the real tools, files on a real disk and the runtime of the real release in a process of its own.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { siteDatabaseName, siteObjectPrefix } from '@platen/kit/names'
import { withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aReservedSite, aTenant, runWith, type TestTenant } from '../../testing/builders.ts'
import type { TestPlatform } from '../../testing/platform.ts'
import { aBackupRow, aFilledSite, aRealBackup, realPlatform, type RealPlatform } from '../../testing/real-platform.ts'
import { openSiteSecrets, requireSite } from '../sites/index.ts'
import type { BackupInput } from './backup-deps.ts'
import { requireBackup } from './backup-store.ts'
import { backUpSite, drillBackup, restoreSiteAsNew } from './index.ts'

let real: RealPlatform
let platform: TestPlatform
let tenant: TestTenant

beforeAll(async () => {
  real = await realPlatform()
  platform = real.platform
  tenant = await aTenant(platform)
}, 60_000)
afterAll(() => real?.close())

const asOperator = { operator: true }
const run = (definition: Parameters<typeof runWith<BackupInput>>[2], input: BackupInput) =>
  runWith(platform, tenant, definition, input)
const inSite = (siteId: string, statement: string) =>
  real.cluster.query({ ...real.cluster.superuser, database: siteDatabaseName(siteId) }, statement)

const aSite = async (): Promise<string> => (await aFilledSite(real, tenant)).siteId
const aBackupOf = (siteId: string): Promise<BackupInput> => aBackupRow(platform, { siteId, tenant })
const aVerifiedBackup = (siteId: string): Promise<BackupInput> => aRealBackup(platform, { siteId, tenant })

async function digestsOf(siteId: string) {
  const site = await withScope(platform.workerDb, asOperator, (tx) => requireSite(tx, siteId))
  const password = openSiteSecrets(platform.vault, site).password('dumper')
  const database = siteDatabaseName(siteId)
  const { tables } = await real.runtime.digest({ connection: { database, user: `${database}_dumper`, password } })
  return new Map(tables.map(({ name, ...rest }) => [name, rest]))
}

/** Their rows say whose they are, or let somebody in: these differ by design. */
const different = [
  'identity.users',
  'identity.user_roles',
  'identity.audit_entries',
  'identity.tickets',
  'outbox.aggregates',
  'outbox.events',
]

test('a site is backed up, proven and restored as a new one, row by row', { timeout: 60_000 }, async () => {
  const siteId = await aSite()
  const { backupId } = await aVerifiedBackup(siteId)
  const row = await withScope(platform.workerDb, asOperator, (tx) => requireBackup(tx, backupId))
  expect(row).toMatchObject({ state: 'verified' })
  const server = await real.databases.describe()
  expect(server.databases.filter(({ name }) => name.startsWith('d_'))).toEqual([])
  // What changes afterwards is not in the backup.
  const before = await digestsOf(siteId)
  await inSite(
    siteId,
    `insert into identity.accounts (id, email, name) values (gen_random_uuid(), 'late@example.org', 'Late')`,
  )

  const made = { siteId: (await aReservedSite(platform, tenant)).siteId, backupId }
  expect(await run(restoreSiteAsNew, made)).toMatchObject({ state: 'succeeded', problem: null })
  const after = await digestsOf(made.siteId)
  const changed = [...before.keys()].filter((name) => before.get(name)?.digest !== after.get(name)?.digest)
  expect(changed.toSorted()).toEqual(different.toSorted())
  expect(after.get('identity.users')?.rows).toBe(before.get('identity.users')?.rows)
  expect(after.get('identity.tickets')?.rows).toBe(0)
  expect(after.get('commerce.products')?.rows).toBe(3000)
  const sumsOf = async (id: string) =>
    (await platform.objects.list(`${siteObjectPrefix(id)}pictures`)).map(({ key, sha256 }) => [key.slice(-3), sha256])
  expect(await sumsOf(made.siteId)).toEqual(await sumsOf(siteId))
  console.log(`${before.size} tables; drill ${row.restore_ms} ms, ${row.size_bytes} bytes sealed of ${row.plain_bytes}`)
})

/** The file that holds an object's content. */
async function contentFile(key: string): Promise<string> {
  const path = join(real.objectsRoot, ...key.split('/'))
  const folder = join(path, '..')
  const name = (await readdir(folder)).find(
    (entry) => entry.startsWith(`${key.split('/').at(-1)}.`) && entry.endsWith('.data'),
  )
  if (name === undefined) throw new Error(`${key} has no content`)
  return join(folder, name)
}

async function flipAByte(key: string): Promise<void> {
  const file = await contentFile(key)
  const bytes = await readFile(file)
  const at = Math.floor(bytes.length / 2)
  bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at)
  await writeFile(file, bytes)
}

/** Runs a restore of a backup after something was done to its objects, and answers how it failed. */
async function restoreAfter({ backupId }: BackupInput, damage: () => Promise<void>) {
  await damage()
  const view = await run(restoreSiteAsNew, { siteId: (await aReservedSite(platform, tenant)).siteId, backupId })
  return { state: view.state, code: view.problem?.code, detail: view.problem?.detail ?? '' }
}

test(
  'damage to a stored backup is found before it becomes a site, and the object is named',
  { timeout: 120_000 },
  async () => {
    const siteId = await aSite()
    const first = await aVerifiedBackup(siteId)
    const second = await aVerifiedBackup(siteId)
    const keyOf = ({ backupId }: BackupInput, name: string) => `backups/${siteId}/${backupId}/${name}`
    const sound = await stat(await contentFile(keyOf(first, 'dump')))
    expect(sound.size).toBeGreaterThan(10_000)

    const swapped = await restoreAfter(first, async () => {
      await platform.objects.copy(keyOf(first, 'dump'), 'backups/aside')
      await platform.objects.copy(keyOf(second, 'dump'), keyOf(first, 'dump'))
    })
    expect(swapped).toMatchObject({ state: 'failed', code: 'backup-damaged' })
    expect(swapped.detail).toContain(keyOf(first, 'dump'))
    await platform.objects.copy('backups/aside', keyOf(first, 'dump'))

    const flipped = await restoreAfter(first, () => flipAByte(keyOf(first, 'dump')))
    expect(flipped).toMatchObject({ state: 'failed', code: 'backup-damaged' })
    expect(flipped.detail).toContain(keyOf(first, 'dump'))

    const edited = await restoreAfter(first, () => flipAByte(keyOf(first, 'manifest')))
    expect(edited).toMatchObject({ state: 'failed', code: 'backup-damaged' })
    expect(edited.detail).toContain(keyOf(first, 'manifest'))

    const [picture] = await platform.objects.list(`backups/${siteId}/files`)
    const lost = await restoreAfter(second, () => platform.objects.remove(picture?.key ?? ''))
    expect(lost).toMatchObject({ state: 'failed', code: 'backup-damaged' })
    expect(lost.detail).toContain(picture?.key ?? 'none')

    const server = await real.databases.describe()
    expect(server.databases.filter(({ name }) => name.startsWith('d_'))).toEqual([])
  },
)

test(
  'a content that was damaged since an earlier backup is stored anew from the site, and both backups are whole',
  { timeout: 60_000 },
  async () => {
    const siteId = await aSite()
    const earlier = await aVerifiedBackup(siteId)
    const [picture] = await platform.objects.list(`backups/${siteId}/files`)
    for (const damage of [flipAByte, (key: string) => platform.objects.remove(key)]) {
      await damage(picture?.key ?? '')
      expect(await run(backUpSite, await aBackupOf(siteId))).toMatchObject({ state: 'succeeded' })
      expect(await run(drillBackup, earlier)).toMatchObject({ state: 'succeeded' })
    }
    await flipAByte(picture?.key ?? '')
    expect(await run(drillBackup, earlier)).toMatchObject({ state: 'succeeded' })
  },
)

test('a drill finds a damaged content that the site has no longer, and the backup is failed', async () => {
  const siteId = await aSite()
  const input = await aVerifiedBackup(siteId)
  const [picture] = await platform.objects.list(`backups/${siteId}/files`)
  await platform.objects.removePrefix(`${siteObjectPrefix(siteId)}pictures`)
  await flipAByte(picture?.key ?? '')
  const view = await run(drillBackup, input)
  expect(view).toMatchObject({ state: 'failed', problem: { code: 'backup-damaged' } })
  expect(view.problem?.detail).toContain(picture?.key ?? 'none')
  const row = await withScope(platform.workerDb, asOperator, (tx) => requireBackup(tx, input.backupId))
  expect(row.state).toBe('failed')
  expect(row.error).toContain(picture?.key ?? 'none')
})
