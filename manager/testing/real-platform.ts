// A control plane whose sites are real: databases on a server of their own, files on a disk, and the runtime of this release in a
// process of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PostgresDatabaseServer } from '@platen/drivers/databases'
import { privateCluster, type PrivateCluster } from '@platen/drivers/databases/testing'
import { FilesystemObjects } from '@platen/drivers/objects'
import { PlatenRuntime, type Runtime } from '@platen/drivers/runtimes'
import { newId } from '@platen/kit/ids'
import { siteDatabaseName, siteObjectPrefix, templateDatabaseName } from '@platen/kit/names'
import { withScope } from '@platen/kit/sql'
import { temporaryDirectory } from '@platen/kit/testing'
import { insertBackup } from '../src/backups/backup-store.ts'
import { backUpSite, type BackupDeps } from '../src/backups/index.ts'
import { createSite } from '../src/sites/index.ts'
import { aReservedSite, runWith, type TestTenant } from './builders.ts'
import { testPlatform, testRelease, type TestPlatform } from './platform.ts'
import type { SiteWorkerOptions } from './site-worker.ts'

export interface RealPlatform {
  cluster: PrivateCluster
  databases: PostgresDatabaseServer
  objects: FilesystemObjects
  objectsRoot: string
  runtime: Runtime
  runtimeSocket: string
  /** Its `deps` reach the real runtime. */
  platform: TestPlatform
  close(): Promise<void>
}

/** `folder`: where the database server and the files lie, default a fresh one. */
export async function realPlatform(options: { folder?: string } = {}): Promise<RealPlatform> {
  const files = await temporaryDirectory()
  const folder = options.folder ?? files.path
  const cluster = await privateCluster({}, options)
  const databases = new PostgresDatabaseServer(cluster.provisioner, cluster)
  const runtimeSocket = join(files.path, 'bench.sock')
  const bench = await startRuntime(runtimeSocket, cluster)
  const runtime = new PlatenRuntime([runtimeSocket])
  await databases.ensureTemplate(templateDatabaseName(testRelease), async ({ database, user, password }) => {
    if (password === undefined) throw new Error('the provisioner has a password')
    await runtime.buildTemplate({ connection: { database, user, password } })
  })
  const objectsRoot = join(folder, 'objects')
  await mkdir(objectsRoot, { mode: 0o700 })
  const objects = new FilesystemObjects({ root: objectsRoot })
  const platform = await testPlatform({ databases, objects })
  platform.deps.runtimeOf = () => runtime
  return {
    cluster,
    databases,
    objects,
    objectsRoot,
    runtime,
    runtimeSocket,
    platform,
    async close() {
      bench.stdin?.end()
      await platform.close()
      await databases.close()
      await cluster.remove()
      await files.remove()
    },
  }
}

async function startRuntime(socketPath: string, cluster: PrivateCluster): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('../../bench/testing/runtime-process.ts', import.meta.url))
  const { host, port = 5432 } = cluster.provisioner
  const child = spawn(process.execPath, [program, JSON.stringify({ socketPath, host, port })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

/** What `site-worker.ts` needs to know to work on this platform. */
export async function workerOptions({
  platform,
  cluster,
  objectsRoot,
  runtimeSocket,
}: RealPlatform): Promise<Omit<SiteWorkerOptions, 'operationId' | 'leaseMs' | 'point'>> {
  const { host, port = 5432, user, password } = cluster.provisioner
  return {
    database: platform.database.name,
    provisioner: { host, port, user, password: password?.expose() ?? '' },
    objectsRoot,
    runtimeSocket,
    tools: await cluster.tools(),
    vaultKey: platform.vaultKey.toString('base64'),
  }
}

export interface FilledSite {
  siteId: string
  tenant: TestTenant
}

/** An active site with rows in its tables and two pictures in its files. */
export async function aFilledSite(
  { platform, cluster }: RealPlatform,
  tenant: TestTenant,
  rowCount = 3_000,
): Promise<FilledSite> {
  const { siteId } = await aReservedSite(platform, tenant)
  const view = await runWith(platform, tenant, createSite, { siteId })
  if (view.state !== 'succeeded') throw new Error(`no site: ${JSON.stringify(view.problem)}`)
  await cluster.query({ ...cluster.superuser, database: siteDatabaseName(siteId) }, fill(siteId, rowCount))
  for (const name of ['one', 'two'])
    await platform.objects.put(
      `${siteObjectPrefix(siteId)}pictures/${name}`,
      Buffer.alloc(300_000, `${siteId}${name}`),
      { contentType: 'image/png', maxBytes: 1_000_000 },
    )
  return { siteId, tenant }
}

const fill = (siteId: string, rowCount: number): string => `
  insert into commerce.products (id, sku, sku_key, name, kind, unit, vat_category, vat_rate, unit_price, currency, search_text, version, created_at, updated_at)
    select gen_random_uuid(), 'S' || n, 's' || n, 'Zoé ' || n, 'goods', 'C62', 'S', 20, n + 0.123456, 'EUR', 'x', 1, now(), now() from generate_series(1, ${rowCount}) n;
  insert into commerce.stock_balances select id, '01990000-0000-7000-8000-000000000001', 5, 0 from commerce.products;
  insert into commerce.stock_movements (id, product_id, location_id, kind, quantity, actor_id, actor_label, created_at)
    select gen_random_uuid(), id, '01990000-0000-7000-8000-000000000001', 'receipt', 5, 'a', 'b', now() from commerce.products;
  insert into identity.tickets select decode(md5('x'), 'hex'), id, '${siteId}', 'op', now(), now(), null from identity.accounts limit 1;`

/** The row of a backup that was asked for: what `back-up-site` is started with. */
export async function aBackupRow(
  { workerDb }: Pick<TestPlatform, 'workerDb'>,
  { siteId, tenant: { tenantId } }: FilledSite,
): Promise<{ siteId: string; backupId: string }> {
  const backupId = newId()
  await withScope(workerDb, { operator: true }, (tx) => insertBackup(tx, { id: backupId, tenantId, siteId }))
  return { siteId, backupId }
}

/** A verified backup, taken as the product takes it; `deps` in place of the platform's. */
export async function aRealBackup(
  platform: TestPlatform,
  site: FilledSite,
  deps: BackupDeps = platform.deps,
): Promise<{ siteId: string; backupId: string }> {
  const input = await aBackupRow(platform, site)
  const view = await runWith({ ...platform, deps }, site.tenant, backUpSite, input)
  if (view.state !== 'succeeded') throw new Error(`no backup: ${JSON.stringify(view.problem)}`)
  return input
}
