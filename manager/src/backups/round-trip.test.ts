// Backups on a real server, with the real tools, files on a real disk and the runtime of the real release in a process of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PostgresDatabaseServer } from '@platen/drivers/databases'
import { privateCluster, type PrivateCluster } from '@platen/drivers/databases/testing'
import { FilesystemObjects } from '@platen/drivers/objects'
import { PlatenRuntime, type Runtime } from '@platen/drivers/runtimes'
import { newId } from '@platen/kit/ids'
import { siteDatabaseName, siteObjectPrefix, templateDatabaseName } from '@platen/kit/names'
import { withScope } from '@platen/kit/sql'
import { temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aReservedSite, aTenant, runWith, type TestTenant } from '../../testing/builders.ts'
import { testPlatform, testRelease, type TestPlatform } from '../../testing/platform.ts'
import { createSite, openSiteSecrets, requireSite } from '../sites/index.ts'
import type { BackupDeps, BackupInput } from './backup-deps.ts'
import { insertBackup, requireBackup } from './backup-store.ts'
import { backUpSite, restoreSiteAsNew } from './index.ts'

let cluster: PrivateCluster
let files: TemporaryDirectory
let databases: PostgresDatabaseServer
let bench: ChildProcess
let runtime: Runtime
let platform: TestPlatform
let deps: BackupDeps
let tenant: TestTenant

beforeAll(async () => {
  cluster = await privateCluster()
  files = await temporaryDirectory()
  databases = new PostgresDatabaseServer(cluster.provisioner, cluster)
  const socketPath = join(files.path, 'bench.sock')
  bench = await startRuntime(socketPath)
  runtime = new PlatenRuntime([socketPath])
  await databases.ensureTemplate(templateDatabaseName(testRelease), async ({ database, user, password }) => {
    if (password === undefined) throw new Error('the provisioner has a password')
    await runtime.buildTemplate({ connection: { database, user, password } })
  })
  platform = await testPlatform({ databases, objects: new FilesystemObjects({ root: join(files.path, 'objects') }) })
  deps = { ...platform.deps, runtimeOf: () => runtime }
  tenant = await aTenant(platform)
}, 60_000)
afterAll(async () => {
  bench?.stdin?.end()
  await platform?.close()
  await databases?.close()
  await cluster?.remove()
  await files?.remove()
})

async function startRuntime(socketPath: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('../../../bench/testing/runtime-process.ts', import.meta.url))
  const { host, port = 5432 } = cluster.provisioner
  const child = spawn(process.execPath, [program, JSON.stringify({ socketPath, host, port })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

const asOperator = { operator: true }
const run = (definition: Parameters<typeof runWith<BackupInput>>[2], input: BackupInput) =>
  runWith({ ...platform, deps }, tenant, definition, input)
const inSite = (siteId: string, statement: string) =>
  cluster.query({ ...cluster.superuser, database: siteDatabaseName(siteId) }, statement)

async function aSite(): Promise<string> {
  const { siteId } = await aReservedSite(platform, tenant)
  const view = await runWith({ ...platform, deps }, tenant, createSite, { siteId })
  expect(view).toMatchObject({ state: 'succeeded', problem: null })
  await inSite(siteId, fill(siteId))
  for (const name of ['one', 'two']) {
    await platform.objects.put(
      `${siteObjectPrefix(siteId)}pictures/${name}`,
      Buffer.alloc(300_000, `${siteId}${name}`),
      {
        contentType: 'image/png',
        maxBytes: 1_000_000,
      },
    )
  }
  return siteId
}

const fill = (siteId: string): string => `
  insert into commerce.products (id, sku, sku_key, name, kind, unit, vat_category, vat_rate, unit_price, currency, search_text, version, created_at, updated_at)
    select gen_random_uuid(), 'S' || n, 's' || n, 'Zoé ' || n, 'goods', 'C62', 'S', 20, n + 0.123456, 'EUR', 'x', 1, now(), now() from generate_series(1, 3000) n;
  insert into commerce.stock_balances select id, '01990000-0000-7000-8000-000000000001', 5, 0 from commerce.products;
  insert into commerce.stock_movements (id, product_id, location_id, kind, quantity, actor_id, actor_label, created_at)
    select gen_random_uuid(), id, '01990000-0000-7000-8000-000000000001', 'receipt', 5, 'a', 'b', now() from commerce.products;
  insert into identity.tickets select decode(md5('x'), 'hex'), id, '${siteId}', 'op', now(), now(), null from identity.accounts limit 1;`

async function aBackupOf(siteId: string): Promise<BackupInput> {
  const input = { siteId, backupId: newId() }
  const row = { id: input.backupId, tenantId: tenant.tenantId, siteId }
  await withScope(platform.workerDb, asOperator, (tx) => insertBackup(tx, row))
  return input
}

async function aVerifiedBackup(siteId: string): Promise<BackupInput> {
  const input = await aBackupOf(siteId)
  expect(await run(backUpSite, input)).toMatchObject({ state: 'succeeded', problem: null })
  return input
}

async function digestsOf(siteId: string) {
  const site = await withScope(platform.workerDb, asOperator, (tx) => requireSite(tx, siteId))
  const password = openSiteSecrets(platform.vault, site).password('dumper')
  const database = siteDatabaseName(siteId)
  const { tables } = await runtime.digest({ connection: { database, user: `${database}_dumper`, password } })
  return new Map(tables.map(({ name, ...rest }) => [name, rest]))
}

/** Their rows say whose they are, or let somebody in: these differ by design. */
const different = ['identity.users', 'identity.audit_entries', 'identity.tickets']

test('a site is backed up, proven and restored as a new one, row by row', { timeout: 60_000 }, async () => {
  const siteId = await aSite()
  const { backupId } = await aVerifiedBackup(siteId)
  const row = await withScope(platform.workerDb, asOperator, (tx) => requireBackup(tx, backupId))
  expect(row).toMatchObject({ state: 'verified' })
  const server = await databases.describe()
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
  const path = join(files.path, 'objects', ...key.split('/'))
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

    const server = await databases.describe()
    expect(server.databases.filter(({ name }) => name.startsWith('d_'))).toEqual([])
  },
)

test(
  'a drill finds a file that was damaged since an earlier backup, and leaves nothing of the new one',
  { timeout: 60_000 },
  async () => {
    const siteId = await aSite()
    await aVerifiedBackup(siteId)
    const [picture] = await platform.objects.list(`backups/${siteId}/files`)
    await flipAByte(picture?.key ?? '')
    const input = await aBackupOf(siteId)
    const view = await run(backUpSite, input)
    expect(view).toMatchObject({ state: 'failed', problem: { code: 'backup-damaged' } })
    expect(view.problem?.detail).toContain(picture?.key ?? 'none')
    expect(await platform.objects.list(`backups/${siteId}/${input.backupId}`)).toEqual([])
    const row = await withScope(platform.workerDb, asOperator, (tx) => requireBackup(tx, input.backupId))
    expect(row).toMatchObject({ state: 'failed', manifest_sha256: null })
    expect(row.error).toContain(picture?.key ?? 'none')
  },
)
