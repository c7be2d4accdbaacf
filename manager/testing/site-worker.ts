// A worker process for tests that kill it: node site-worker.ts '{"database": ..., "operationId": ..., "killPoint": ...}'
import { PostgresDatabaseServer } from '@platen/drivers/databases'
import { FilesystemObjects } from '@platen/drivers/objects'
import { OperationRunner, type Failpoints } from '@platen/kit/operations'
import { killAt } from '@platen/kit/operations/testing'
import { Secret } from '@platen/kit/secrets'
import { openDatabase, rows, sql, type Connection } from '@platen/kit/sql'
import { testServer } from '@platen/kit/testing'
import { pruneBackups } from '../src/backups/index.ts'
import { createSite, dropSite } from '../src/sites/index.ts'
import { testWorker } from './platform.ts'

export interface SiteWorkerOptions {
  /** Of the control plane, on the test server. */
  database: string
  provisioner: { host: string; port: number; user: string; password: string }
  objectsRoot: string
  /** base64 */
  vaultKey: string
  operationId: string
  leaseMs: number
  /** `<step>:<before|mid|after>` */
  killPoint: string
}

/** Steps whose `mid` is the moment at which the database server works on a statement of ours. */
const statementOf: Readonly<Record<string, string>> = {
  'create-database:mid': 'create database%',
  'remove-database:mid': 'drop database%',
}

// Written by the test that starts us.
const options = JSON.parse(process.argv[2] ?? '{}') as SiteWorkerOptions
const provisioner: Connection = {
  ...options.provisioner,
  password: new Secret(options.provisioner.password),
  database: 'postgres',
  applicationName: 'site-worker',
}
const workerConnection: Connection = { ...testServer(), database: options.database, role: 'platen_worker' }
const databases = new PostgresDatabaseServer(provisioner)
const worker = await testWorker({
  workerDb: openDatabase(workerConnection),
  workerConnection,
  databases,
  objects: new FilesystemObjects({ root: options.objectsRoot }),
  vaultKey: Buffer.from(options.vaultKey, 'base64'),
})
const watcher = openDatabase({ ...provisioner, max: 1 })
const runner = new OperationRunner({
  db: worker.workerDb,
  connection: workerConnection,
  definitions: [createSite, dropSite, pruneBackups],
  deps: worker.deps,
  workerId: `site-worker-${process.pid}`,
  leaseMs: options.leaseMs,
  failpoints: dieAt(options.killPoint),
})
await runner.run(options.operationId)
// Still alive: the point was never reached, which the test takes for a failure.
await runner.stop()
await worker.hub.close()
await Promise.all([databases.close(), worker.workerDb.destroy(), watcher.destroy()])

function dieAt(killPoint: string): Failpoints {
  const kill = killAt(killPoint)
  const pattern = statementOf[killPoint]
  return async (point) => {
    const isHere = point.phase === 'run' && killPoint === `${point.step}:${point.at}`
    if (isHere && pattern !== undefined) await serverIsAtWorkOn(pattern, point.operationId)
    await kill(point)
  }
}

/** Too late for a statement that was faster than we could look: then we die after it, which is a moment as good as any. */
async function serverIsAtWorkOn(pattern: string, operationId: string): Promise<void> {
  const find = () =>
    rows(
      watcher,
      sql`SELECT pid FROM pg_stat_activity WHERE starts_with(application_name, ${`op:${operationId}:`}) AND state = 'active' AND query ILIKE ${pattern}`,
    )
  const end = performance.now() + 3_000
  // Without a pause: a DROP takes a few milliseconds.
  while (performance.now() < end) if ((await find()).length > 0) return
}
