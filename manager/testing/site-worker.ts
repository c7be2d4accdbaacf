// A worker process for tests that do something to it: node site-worker.ts '{"database": ..., "operationId": ..., "point": ..., "fate": ...}'
import { PostgresDatabaseServer, type PgTools } from '@platen/drivers/databases'
import { FilesystemObjects } from '@platen/drivers/objects'
import { PlatenRuntime } from '@platen/drivers/runtimes'
import { OperationRunner, type Failpoints } from '@platen/kit/operations'
import { killAt } from '@platen/kit/operations/testing'
import { Secret } from '@platen/kit/secrets'
import { openDatabase, rows, sql, type Connection } from '@platen/kit/sql'
import { testServer } from '@platen/kit/testing'
import {
  archiveSite,
  backUpSite,
  pruneBackups,
  restoreSiteAsNew,
  restoreSiteInPlace,
  reviveSite,
} from '../src/backups/index.ts'
import { createSite, dropSite } from '../src/sites/index.ts'
import { testWorker } from './platform.ts'

/** What befalls the process: kill -9, kill -STOP, kill -TERM as the supervisor sends it, or a clock that is 40 days ahead from then on. */
export type Fate = 'killed' | 'stopped' | 'terminated' | 'clock ahead'

export interface SiteWorkerOptions {
  /** Of the control plane, on the test server. */
  database: string
  provisioner: { host: string; port: number; user: string; password: string }
  objectsRoot: string
  /** Of a real runtime; absent: one in memory. */
  runtimeSocket?: string
  /** Where pg_dump and pg_restore are; absent: searched for. */
  tools?: PgTools
  /** base64 */
  vaultKey: string
  operationId: string
  leaseMs: number
  /** `<step>:<before|mid|after>` */
  point: string
  /** Default killed. */
  fate?: Fate
}

/** Steps whose `mid` is the moment at which the database server works on a statement of ours. */
const statementOf: Readonly<Record<string, string>> = {
  'create-database:mid': 'create database%',
  'remove-database:mid': 'drop database%',
  'dump-database:mid': 'COPY %',
  'restore-database:mid': 'COPY %',
  'verify:mid': 'COPY %',
}

const fortyDaysMs = 40 * 86_400_000

// Written by the test that starts us.
const options = JSON.parse(process.argv[2] ?? '{}') as SiteWorkerOptions
const provisioner: Connection = {
  ...options.provisioner,
  password: new Secret(options.provisioner.password),
  database: 'postgres',
  applicationName: 'site-worker',
}
const workerConnection: Connection = { ...testServer(), database: options.database, role: 'platen_worker' }
const { tools, runtimeSocket } = options
const databases = new PostgresDatabaseServer(provisioner, tools === undefined ? {} : { tools: async () => tools })
const worker = await testWorker({
  workerDb: openDatabase(workerConnection),
  workerConnection,
  databases,
  objects: new FilesystemObjects({ root: options.objectsRoot }),
  vaultKey: Buffer.from(options.vaultKey, 'base64'),
})
if (runtimeSocket !== undefined) worker.deps.runtimeOf = () => new PlatenRuntime([runtimeSocket])
const watcher = openDatabase({ ...provisioner, max: 1 })
const runner = new OperationRunner({
  db: worker.workerDb,
  connection: workerConnection,
  definitions: [
    createSite,
    dropSite,
    backUpSite,
    restoreSiteAsNew,
    restoreSiteInPlace,
    archiveSite,
    reviveSite,
    pruneBackups,
  ],
  deps: worker.deps,
  workerId: `site-worker-${process.pid}`,
  leaseMs: options.leaseMs,
  random: () => 0,
  failpoints: meetingFateAt(options.point),
  onTakeover: async (_previous, { tagPrefix, tag }) => void (await databases.endSessions(tagPrefix, tag)),
})
// As the manager does when the supervisor stops it.
let stopping: Promise<void> | undefined
process.once('SIGTERM', () => void (stopping = runner.stop()))
await runner.run(options.operationId)
// Still alive: unless it was to survive, the point was never reached, which the test takes for a failure.
await (stopping ?? runner.stop())
await worker.hub.close()
await Promise.all([databases.close(), worker.workerDb.destroy(), watcher.destroy()])

function meetingFateAt(place: string): Failpoints {
  const kill = killAt(place)
  const pattern = statementOf[place]
  let hasHappened = false
  return async (point) => {
    if (point.phase !== 'run' || place !== `${point.step}:${point.at}` || hasHappened) return
    hasHappened = true
    if (pattern !== undefined) await serverIsAtWorkOn(pattern, point.operationId)
    process.stdout.write(`reached ${place}\n`)
    await { killed: () => kill(point), stopped, terminated, 'clock ahead': setClockAhead }[options.fate ?? 'killed']()
  }
}

/** Stands still here, with its sockets, locks and belief in its lease, until somebody says SIGCONT. */
function stopped(): void {
  process.kill(process.pid, 'SIGSTOP')
}

function terminated(): void {
  process.kill(process.pid, 'SIGTERM')
}

/** What the process asks, not what its children or the database do. */
function setClockAhead(): void {
  const real = Date
  const now = (): number => real.now() + fortyDaysMs
  globalThis.Date = new Proxy(real, {
    get: (target, name, receiver): unknown => (name === 'now' ? now : Reflect.get(target, name, receiver)),
    construct: (target, values, newTarget) =>
      // What Date makes.
      Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget) as Date,
  })
}

/** Too late for a statement that was faster than we could look: then it happens after it, which is a moment as good as any. */
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
