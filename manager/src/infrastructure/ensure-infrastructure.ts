import { hostname } from 'node:os'
import type { DatabaseServer } from '@platen/drivers/databases'
import type { Runner } from '@platen/drivers/runners'
import type { Runtime } from '@platen/drivers/runtimes'
import { ensureSealingKey } from '@platen/drivers/snapshots'
import { benchConsumer, EDGE_CONSUMER, templateDatabaseName, type DataPaths } from '@platen/kit/names'
import { Secret } from '@platen/kit/secrets'
import { one, sql, withScope, type Db } from '@platen/kit/sql'
import { ensureConsumer, forgetOtherConsumers, type Published, type SnapshotPublisher } from '../snapshots/index.ts'

/** The bench of a platform that runs on one machine. */
const benchName = 'main'

export interface EnsureInfrastructureOptions {
  db: Db
  paths: DataPaths
  containerPrefix: string
  benchProcesses: number
  benchMemoryMb: number
  runner: Runner
  databases: DatabaseServer
  runtimeOf(benchName: string): Runtime
  snapshots: SnapshotPublisher
}

/**
 * Makes what every site needs exist: servers, a bench with its processes, the release's template. Takes no input and may run
 * again at any time; the manager runs it at start until it has succeeded. Every consumer is told anew, for the control plane may have
 * been restored from an earlier day; answers what they have yet to acknowledge.
 */
export async function ensureInfrastructure(options: EnsureInfrastructureOptions): Promise<Published[]> {
  const { db, runner, runtimeOf, databases, snapshots, benchProcesses } = options
  const benchId = await ensureRows(options)
  await runner.ensureBench({
    name: benchName,
    release: 'current',
    processes: benchProcesses,
    memoryMb: options.benchMemoryMb,
  })
  const { release, apps } = await runtimeOf(benchName).describe()
  const template = templateDatabaseName(release)
  await databases.ensureTemplate(template, ({ database, user, password }) =>
    runtimeOf(benchName).buildTemplate({ connection: { database, user, password: password ?? new Secret('') } }),
  )
  return withScope(db, { operator: true }, async (tx) => {
    await sql`INSERT INTO manager.releases (name, template_database, apps) VALUES (${release}, ${template}, ${JSON.stringify(apps)}::jsonb)
      ON CONFLICT ON CONSTRAINT releases_pkey DO NOTHING`.execute(tx)
    await sql`UPDATE manager.benches SET release_name = ${release}, state = 'active' WHERE id = ${benchId}`.execute(tx)
    return [...(await snapshots.changedForBench(tx, benchId)), ...(await snapshots.changedForEdge(tx))]
  })
}

/** Rows and consumer keys first: a bench process waits for its key before it asks for its snapshot. */
async function ensureRows({
  db,
  paths,
  containerPrefix,
  benchProcesses,
}: EnsureInfrastructureOptions): Promise<string> {
  const consumers = Array.from({ length: benchProcesses }, (_, index) => benchConsumer(benchName, index + 1))
  for (const consumer of [EDGE_CONSUMER, ...consumers]) await ensureSealingKey(paths.keys.consumer(consumer))
  return withScope(db, { operator: true }, async (tx) => {
    const machine = hostname()
    await sql`INSERT INTO manager.servers (cluster_id, name, role, hostname, container_prefix)
      SELECT c.id, role || '-1', role, ${machine}, ${containerPrefix} FROM manager.clusters c, unnest(ARRAY['proxy', 'app', 'database']) role
      WHERE c.name = 'default' ON CONFLICT ON CONSTRAINT servers_name_key DO NOTHING`.execute(tx)
    const { id } = await one(
      tx,
      sql<{ id: string }>`INSERT INTO manager.benches (name, server_id, processes)
        SELECT ${benchName}, id, ${benchProcesses} FROM manager.servers WHERE name = 'app-1'
        ON CONFLICT ON CONSTRAINT benches_name_key DO UPDATE SET processes = EXCLUDED.processes RETURNING id`,
    )
    await ensureConsumer(tx, EDGE_CONSUMER, null)
    for (const consumer of consumers) await ensureConsumer(tx, consumer, id)
    await forgetOtherConsumers(tx, id, consumers)
    return id
  })
}
