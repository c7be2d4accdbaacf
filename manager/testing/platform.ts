// A control plane for tests: the real database with its roles, memory drivers outside, and consumers that acknowledge at once.
import { randomBytes } from 'node:crypto'
import { MemoryDatabaseServer, type DatabaseServer } from '@platen/drivers/databases'
import { MemoryObjects, type ObjectStore } from '@platen/drivers/objects'
import { MemoryRuntime } from '@platen/drivers/runtimes'
import { newId } from '@platen/kit/ids'
import { siteDatabaseName, templateDatabaseName } from '@platen/kit/names'
import { createVault, type Vault } from '@platen/kit/secrets'
import { listen, maybe, one, sql, withScope, type Connection, type Db, type Listener } from '@platen/kit/sql'
import { createControlPlaneRoles, testDatabase, type TestDatabase } from '@platen/kit/testing'
import { managerMigrations } from '../src/migrations.ts'
import { siteSecretContext, type SiteDeps } from '../src/sites/site-deps.ts'
import { insertSite, requireSite } from '../src/sites/site-store.ts'
import type { Prober } from '../src/sites/index.ts'
import { createSnapshotHub, type SnapshotHub } from '../src/snapshots/index.ts'
import { ensureConsumer, recordAcknowledgement } from '../src/snapshots/snapshot-store.ts'

export const testRelease = 'feedfacefeedface'

export interface TestPlatform {
  database: TestDatabase
  apiDb: Db
  workerDb: Db
  apiConnection: Connection
  workerConnection: Connection
  vault: Vault
  hub: SnapshotHub
  databases: DatabaseServer
  objects: ObjectStore
  runtime: MemoryRuntime
  deps: SiteDeps
  /** What visitors would see: true makes every probe fail. */
  visitors: { seeNothing: boolean }
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
  const apiConnection = database.createConnection('platen_api')
  const workerDb = database.connect('platen_worker')
  const hub = await createSnapshotHub(workerDb, workerConnection)
  const vault = createVault({ current: { id: 'test', key: randomBytes(32) } })
  const runtime = new MemoryRuntime(testRelease)
  const visitors = { seeNothing: false }
  await databases.ensureTemplate(templateDatabaseName(testRelease), async () => undefined)
  await seedInfrastructure(workerDb)
  const consumers = acknowledging ? await acknowledgeAll(workerDb, workerConnection) : undefined
  return {
    database,
    apiDb: database.connect('platen_api'),
    workerDb,
    apiConnection,
    workerConnection,
    vault,
    hub,
    databases,
    objects,
    runtime,
    visitors,
    deps: {
      databases,
      objects,
      runtimeOf: () => runtime,
      snapshots: hub,
      prober: databaseProber(workerDb, visitors),
      vault,
      requireCertificate: async () => undefined,
    },
    async close() {
      await consumers?.close()
      await hub.close()
      await database.drop()
    },
  }
}

export const testManagerDatabase = (): Promise<TestDatabase> =>
  testDatabase({
    template: 'manager',
    sets: [...managerMigrations],
    prepare: createControlPlaneRoles,
    role: 'platen_owner',
  })

async function seedInfrastructure(db: Db): Promise<void> {
  await withScope(db, { operator: true }, async (tx) => {
    await sql`INSERT INTO manager.servers (cluster_id, name, role, hostname, container_prefix) SELECT id, 'app-1', 'app', 'test', 'test-' FROM manager.clusters`.execute(
      tx,
    )
    await sql`INSERT INTO manager.releases (name, template_database, apps) VALUES (${testRelease}, ${templateDatabaseName(testRelease)}, '[]')`.execute(
      tx,
    )
    const bench = await one(
      tx,
      sql<{
        id: string
      }>`INSERT INTO manager.benches (name, server_id, release_name, processes, state) SELECT 'main', id, ${testRelease}, 1, 'active' FROM manager.servers RETURNING id`,
    )
    await ensureConsumer(tx, 'edge', null)
    await ensureConsumer(tx, 'bench-main-1', bench.id)
  })
}

/** Stands in for benches and edge: what is published is in effect as soon as it is heard of. */
function acknowledgeAll(db: Db, connection: Connection): Promise<Listener> {
  return listen(connection, ['snapshot_changed'], (_channel, consumer) => {
    void maybe(
      db,
      sql<{ version: bigint }>`SELECT version FROM manager.snapshot_consumers WHERE consumer = ${consumer}`,
    ).then(
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

export interface TestTenant {
  tenantId: string
}

export async function aTenant(
  platform: Pick<TestPlatform, 'workerDb'>,
  tenant: { maxSites?: number } = {},
): Promise<TestTenant> {
  const tenantId = newId()
  await withScope(platform.workerDb, { operator: true }, (tx) =>
    sql`INSERT INTO manager.tenants (id, name, slug, max_sites) VALUES (${tenantId}, 'Tenant', ${tenantId}, ${tenant.maxSites ?? 10_000})`.execute(
      tx,
    ),
  )
  return { tenantId }
}

/** A site that was asked for and not yet built. */
export async function aReservedSite(
  platform: Pick<TestPlatform, 'workerDb' | 'vault'>,
  { tenantId }: TestTenant,
): Promise<{ siteId: string; name: string }> {
  const siteId = newId()
  const name = `s${siteId.replaceAll('-', '')}`
  await withScope(platform.workerDb, { operator: true }, async (tx) => {
    const plan = await one(tx, sql<{ id: string }>`SELECT id FROM manager.plans WHERE name = 'starter'`)
    await insertSite(tx, {
      id: siteId,
      tenantId,
      name,
      host: `${name}.platen.localhost`,
      planId: plan.id,
      adminEmail: 'admin@example.org',
      adminName: 'Admin',
      databaseName: siteDatabaseName(siteId),
      sealedSecret: platform.vault.seal(randomBytes(32), siteSecretContext(siteId)),
    })
  })
  return { siteId, name }
}

/** Everything that sites leave behind, in a comparable form. Names are left out where each run has its own. */
export async function inventory(platform: Pick<TestPlatform, 'workerDb' | 'databases' | 'objects'>): Promise<object> {
  const { databases, roles } = await platform.databases.describe()
  const objects = await platform.objects.list('')
  const sites = await withScope(platform.workerDb, { operator: true }, (tx) =>
    sql<object>`SELECT s.id, s.state, s.placed, s.routed, (SELECT array_agg(h.host ORDER BY h.host) FROM manager.hosts h WHERE h.site_id = s.id) AS hosts
      FROM manager.sites s WHERE s.state <> 'dropped' ORDER BY s.id`.execute(tx),
  )
  return { databases, roles, objects: objects.map(({ key }) => key), sites: sites.rows }
}
