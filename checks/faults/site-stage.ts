// Where the operations on whole sites are tried: real databases, tools, files and runtime, all on one small disk, and for each cell a
// site and a worker of its own.
import { randomBytes } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PostgresDatabaseServer } from '../../drivers/databases/index.ts'
import { siteObjectPrefix } from '../../kit/names/index.ts'
import { OperationRunner, type Failpoints, type OperationDefinition } from '../../kit/operations/index.ts'
import { openDatabase, rows, sql, withScope, type Connection, type Db } from '../../kit/sql/index.ts'
import type { BackupDeps } from '../../manager/src/backups/index.ts'
import { requireSite } from '../../manager/src/sites/index.ts'
import { aTenant } from '../../manager/testing/builders.ts'
import { testWorker } from '../../manager/testing/platform.ts'
import {
  aFilledSite,
  aRealBackup,
  realPlatform,
  type FilledSite,
  type RealPlatform,
} from '../../manager/testing/real-platform.ts'
import { FlakyObjects } from './flaky-objects.ts'
import type { SeededRandom } from './random.ts'
import { TcpProxy } from './tcp-proxy.ts'
import { tmpfs } from './tmpfs.ts'

/** A site that one cell has for itself, with a verified backup from before the fault. */
export interface CellSite extends FilledSite {
  older: string
}

export interface SiteStage {
  real: RealPlatform
  /** Undefined where this process may not mount. */
  disk: { path: string } | undefined
  take(): Promise<CellSite>
  give(site: CellSite): void
  close(): Promise<void>
}

export async function siteStage(): Promise<SiteStage> {
  const disk = await tmpfs(900)
  // The database server has a user of its own.
  if (disk !== undefined) await chmod(disk.path, 0o755)
  const real = await realPlatform(disk === undefined ? {} : { folder: disk.path })
  const tenant = await aTenant(real.platform)
  const free: CellSite[] = []
  return {
    real,
    disk,
    async take() {
      const known = free.pop()
      if (known !== undefined) return known
      const site = await aFilledSite(real, tenant)
      return { ...site, older: (await aRealBackup(real.platform, site)).backupId }
    },
    give: (site) => void free.push(site),
    async close() {
      await real.close()
      await disk?.remove()
    },
  }
}

/** A worker with lines of its own, which can be made bad: to the control plane's database, to the sites', to the object store. */
export interface CellWorker {
  controlLine: TcpProxy
  serverLine: TcpProxy
  objects: FlakyObjects
  /** Of its sessions at the control plane. */
  name: string
  runner: OperationRunner<BackupDeps>
  close(): Promise<void>
}

export async function cellWorker<Input>(
  { real }: SiteStage,
  definition: OperationDefinition<Input, BackupDeps>,
  { random, failpoints }: { random: SeededRandom; failpoints: Failpoints },
): Promise<CellWorker> {
  const { platform, cluster, runtime } = real
  const name = `fault-${random.seed}-${randomBytes(3).toString('hex')}`
  const controlLine = await lineTo(platform.workerConnection, random)
  const serverLine = await lineTo(cluster.provisioner, random)
  const workerConnection = {
    ...platform.workerConnection,
    ...controlLine.endpoint,
    applicationName: name,
    // As the manager's: a line that went dead is noticed by our own limit, for the server's answer never arrives.
    statementTimeoutMs: 10_000,
  }
  const workerDb: Db = openDatabase(workerConnection)
  const databases = new PostgresDatabaseServer({ ...cluster.provisioner, ...serverLine.endpoint }, cluster)
  const objects = new FlakyObjects(platform.objects, random)
  const worker = await testWorker({ workerDb, workerConnection, databases, objects, vaultKey: platform.vaultKey })
  worker.deps.runtimeOf = () => runtime
  const runner = new OperationRunner({
    ...takingOver(real),
    db: workerDb,
    connection: workerConnection,
    definitions: [definition],
    deps: worker.deps,
    workerId: name,
    leaseMs: 3_000,
    random: () => random.next(),
    failpoints,
  })
  return {
    controlLine,
    serverLine,
    objects,
    name,
    runner,
    async close() {
      await runner.stop()
      await worker.hub.close()
      await workerDb.destroy()
      await databases.close()
      await Promise.all([controlLine.close(), serverLine.close()])
    },
  }
}

const lineTo = ({ host, port = 5432 }: Connection, random: SeededRandom): Promise<TcpProxy> =>
  TcpProxy.start({ upstream: { path: join(host, `.s.PGSQL.${port}`) }, random })

/** The worker that comes next: sound, and as the manager ends what its predecessor left at the server. */
export const nextWorker = <Input>(
  { real }: SiteStage,
  definition: OperationDefinition<Input, BackupDeps>,
): OperationRunner<BackupDeps> =>
  new OperationRunner({
    ...takingOver(real),
    db: real.platform.workerDb,
    connection: real.platform.workerConnection,
    definitions: [definition],
    deps: real.platform.deps,
    workerId: `next-${randomBytes(4).toString('hex')}`,
    leaseMs: 3_000,
  })

const takingOver = ({ databases }: RealPlatform) => ({
  onTakeover: async (_previous: string, { tagPrefix, tag }: { tagPrefix: string; tag: string }) =>
    void (await databases.endSessions(tagPrefix, tag)),
})

/** A visitor of a site who reads without a pause, and counts what fails. */
export async function keepReading(
  { cluster, platform }: RealPlatform,
  siteId: string,
): Promise<{ stop(): Promise<{ reads: number; failed: number }> }> {
  const { database_name: database } = await withScope(platform.workerDb, { operator: true }, (tx) =>
    requireSite(tx, siteId),
  )
  let isOver = false
  const found = { reads: 0, failed: 0 }
  const reading = (async () => {
    const db = openDatabase({
      ...cluster.superuser,
      database,
      max: 1,
      applicationName: 'visitor',
    })
    while (!isOver) {
      await rows(db, sql`select count(*) from commerce.products`)
        .then(() => (found.reads += 1))
        .catch(() => (found.failed += 1))
      await pause(20)
    }
    await db.destroy()
  })()
  return {
    async stop() {
      isOver = true
      await reading
      return found
    },
  }
}

/** A file that no backup has yet. @returns what takes it away again, also out of the store of backups. */
export async function aNewFile(
  { real: { objects } }: SiteStage,
  { siteId }: CellSite,
  random: SeededRandom,
): Promise<() => Promise<void>> {
  const key = `${siteObjectPrefix(siteId)}pictures/new-${random.seed}`
  const content = Buffer.alloc(200_000, `new ${random.seed}`)
  const { sha256 } = await objects.put(key, content, { contentType: 'image/png', maxBytes: content.length })
  return async () => {
    await objects.remove(key)
    await objects.remove(`backups/${siteId}/files/${sha256}`)
  }
}
