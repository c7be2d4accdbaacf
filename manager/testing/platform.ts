// A control plane for tests: the real database with its roles, memory drivers outside, and consumers that acknowledge at once.
import { randomBytes } from 'node:crypto'
import { MemoryDatabaseServer, type DatabaseServer } from '@platen/drivers/databases'
import { MemoryObjects, type ObjectStore } from '@platen/drivers/objects'
import { MemoryRuntime } from '@platen/drivers/runtimes'
import { templateDatabaseName } from '@platen/kit/names'
import { createVault, type Vault } from '@platen/kit/secrets'
import { listen, maybe, one, sql, withScope, type Connection, type Db, type Listener } from '@platen/kit/sql'
import { createControlPlaneRoles, testDatabase, type TestDatabase, type TestDatabaseOptions } from '@platen/kit/testing'
import { managerMigrations } from '../src/migrations.ts'
import { ensureArchiveKey } from '../src/platform-key.ts'
import { requireSite } from '../src/sites/site-store.ts'
import type { BackupDeps } from '../src/backups/index.ts'
import type { Prober } from '../src/sites/index.ts'
import { createSnapshotHub, type SnapshotHub } from '../src/snapshots/index.ts'
import { ensureConsumer, recordAcknowledgement } from '../src/snapshots/snapshot-store.ts'

export const testRelease = 'feedfacefeedface'

/** What stands behind the operations on sites, in the test's process and in the workers that it kills. */
export interface TestWorker {
  workerDb: Db
  workerConnection: Connection
  hub: SnapshotHub
  vault: Vault
  vaultKey: Buffer
  databases: DatabaseServer
  objects: ObjectStore
  runtime: MemoryRuntime
  deps: BackupDeps
  /** What visitors would see: true makes every probe fail. */
  visitors: { seeNothing: boolean }
}

export interface TestPlatform extends TestWorker {
  database: TestDatabase
  apiDb: Db
  apiConnection: Connection
  close(): Promise<void>
}

export interface TestPlatformOptions {
  databases?: DatabaseServer
  objects?: ObjectStore
  /** False: benches and edge stay silent. */
  acknowledging?: boolean
}

export async function testPlatform({
  databases = new MemoryDatabaseServer(),
  objects = new MemoryObjects(),
  acknowledging = true,
}: TestPlatformOptions = {}): Promise<TestPlatform> {
  const database = await testManagerDatabase()
  const workerConnection = database.createConnection('platen_worker')
  const workerDb = database.connect('platen_worker')
  const worker = await testWorker({ workerDb, workerConnection, databases, objects, vaultKey: randomBytes(32) })
  await databases.ensureTemplate(templateDatabaseName(testRelease), async () => undefined)
  await seedInfrastructure(workerDb)
  const consumers = acknowledging ? await acknowledgeAll(workerDb, workerConnection) : undefined
  return {
    ...worker,
    database,
    apiDb: database.connect('platen_api', { max: 10 }),
    apiConnection: database.createConnection('platen_api'),
    async close() {
      await consumers?.close()
      await worker.hub.close()
      await database.drop()
    },
  }
}

export async function testWorker(
  parts: Pick<TestWorker, 'workerDb' | 'workerConnection' | 'databases' | 'objects' | 'vaultKey'>,
): Promise<TestWorker> {
  const { workerDb, workerConnection, databases, objects, vaultKey } = parts
  const hub = await createSnapshotHub(workerDb, workerConnection)
  const vault = createVault({ current: { id: 'test', key: vaultKey } })
  const runtime = new MemoryRuntime(testRelease, databases instanceof MemoryDatabaseServer ? { tables: databases } : {})
  const visitors = { seeNothing: false }
  const deps: BackupDeps = {
    databases,
    objects,
    runtimeOf: () => runtime,
    snapshots: hub,
    prober: databaseProber(workerDb, visitors),
    vault,
    requireCertificate: async () => undefined,
    archiveKey: () => ensureArchiveKey(workerDb, vault),
  }
  return { ...parts, hub, vault, runtime, visitors, deps }
}

export const managerDatabaseOptions: TestDatabaseOptions = {
  template: 'manager',
  sets: [...managerMigrations],
  prepare: createControlPlaneRoles,
  role: 'platen_owner',
}

export const testManagerDatabase = (): Promise<TestDatabase> => testDatabase(managerDatabaseOptions)

async function seedInfrastructure(db: Db): Promise<void> {
  await withScope(db, { operator: true }, async (tx) => {
    await sql`INSERT INTO manager.servers (cluster_id, name, role, hostname, container_prefix)
      SELECT id, 'app-1', 'app', 'test', 'test-' FROM manager.clusters`.execute(tx)
    await sql`INSERT INTO manager.releases (name, template_database, apps)
      VALUES (${testRelease}, ${templateDatabaseName(testRelease)}, '[]')`.execute(tx)
    const bench = await one(
      tx,
      sql<{ id: string }>`INSERT INTO manager.benches (name, server_id, release_name, processes, state)
        SELECT 'main', id, ${testRelease}, 1, 'active' FROM manager.servers RETURNING id`,
    )
    await ensureConsumer(tx, 'edge', null)
    await ensureConsumer(tx, 'bench-main-1', bench.id)
  })
}

/** Stands in for benches and edge: what is published is in effect as soon as it is heard of. */
function acknowledgeAll(db: Db, connection: Connection): Promise<Listener> {
  const versionOf = (consumer: string) =>
    maybe(db, sql<{ version: bigint }>`SELECT version FROM manager.snapshot_consumers WHERE consumer = ${consumer}`)
  return listen(connection, ['snapshot_changed'], (_channel, consumer) => {
    void versionOf(consumer).then(
      (row) => row && recordAcknowledgement(db, consumer, Number(row.version), []),
      () => undefined,
    )
  })
}

/** Sees what the snapshots say: enough where there is no edge. */
const databaseProber = (db: Db, visitors: { seeNothing: boolean }): Prober => ({
  async probe({ siteId, expected }) {
    if (visitors.seeNothing) return { ok: false, detail: 'nobody answers' }
    const site = await withScope(db, { operator: true }, (tx) => requireSite(tx, siteId))
    const seen = !site.routed || !site.placed ? 'nothing' : site.state === 'suspended' ? 'suspended' : 'active'
    return { ok: seen === expected, detail: `saw ${seen}` }
  },
})
