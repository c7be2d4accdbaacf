// What an operation costs beside the commits it needs: node kit/operations/bench.ts '{"host": "<socket dir>", "user": "postgres"}'
// Give it a server with its usual durability (fsync on); it makes a database of its own and drops it.
import { openWorkerPool, jobsMigrations } from '../jobs/index.ts'
import { newId } from '../ids/index.ts'
import { Secret } from '../secrets/index.ts'
import { migrate, openDatabase, sql, withScope, type Connection } from '../sql/index.ts'
import { defineOperation, operationsMigrations, OperationRunner, readOperation, startOperation } from './index.ts'
import { z } from 'zod'

const STEPS = 9
let preparingMs = 0
const ROUNDS = 200

const settings = z
  .object({ host: z.string(), user: z.string(), port: z.int().default(5432), password: z.string().optional() })
  .parse(JSON.parse(process.argv[2] ?? '{}'))
const server: Connection = {
  host: settings.host,
  port: settings.port,
  user: settings.user,
  database: 'postgres',
  applicationName: 'bench',
  ...(settings.password === undefined ? {} : { password: new Secret(settings.password) }),
}
const connection: Connection = { ...server, database: `bench_${process.pid}` }

const step = (index: number, write: boolean) => ({
  name: `step-${index}`,
  run: async (context: { write<T>(work: () => Promise<T>): Promise<T> }) =>
    write ? context.write(async () => {}) : undefined,
  undo: 'nothing-to-undo' as const,
})
const steps = (write: boolean) => Array.from({ length: STEPS }, (_, index) => step(index, write))
const idle = defineOperation({ type: 'do-nothing', version: 1, input: z.object({}), steps: steps(false) })
const writing = defineOperation({ type: 'do-writes', version: 1, input: z.object({}), steps: steps(true) })

const admin = openDatabase(server)
await sql`create database ${sql.id(connection.database)}`.execute(admin)
try {
  await migrate(connection, [jobsMigrations, operationsMigrations])
  const db = openDatabase({ ...connection, max: 10 })
  const pool = openWorkerPool(connection, { max: 1, purpose: 'raw', operator: true })
  await pool.query('create table raw (id integer primary key, n integer); insert into raw values (1, 0)')
  const runner = new OperationRunner({
    db,
    connection,
    definitions: [idle, writing],
    deps: undefined,
    workerId: 'bench',
    concurrency: 50,
    nudges: 'shared',
  })
  const nudged = new OperationRunner({ db, connection, definitions: [idle], deps: undefined, workerId: 'nudged' })
  const begin = (definition: typeof idle): Promise<string> =>
    withScope(db, { operator: true }, (tx) =>
      startOperation(tx, {
        definition,
        input: {},
        subject: { kind: 'bench', id: newId() },
        tenantId: null,
        actorId: null,
      }),
    )
  const raw = await median(() => pool.query({ name: 'raw', text: 'update raw set n = n + 1 where id = 1' }))
  report('one raw commit', raw)
  report('start (caller transaction)', await median(() => begin(idle)))
  await sql`delete from graphile_worker._private_jobs; delete from operations.operations`.execute(db)
  const run = await median(async () => void (await runner.run(await ready(() => begin(idle)))))
  report(`run ${STEPS} steps that do nothing`, run, `${(run / raw).toFixed(1)} commits' worth, ${STEPS + 1} made`)
  report(
    `run ${STEPS} steps that each context.write`,
    await median(async () => void (await runner.run(await ready(() => begin(writing))))),
  )
  const ids = await Promise.all(Array.from({ length: 40 }, () => begin(idle)))
  const togetherMs = performance.now()
  await Promise.all(ids.map((id) => runner.run(id)))
  report('40 at once, each', (performance.now() - togetherMs) / ids.length)
  await sql`delete from graphile_worker._private_jobs`.execute(db)
  await nudged.start()
  const ends = async (id: string): Promise<void> => {
    while ((await withScope(db, { operator: true }, (tx) => readOperation(tx, id)))?.endedAt == null);
  }
  report('start to end, by nudge', await median(async () => ends(await begin(idle)), 50))
  await Promise.all([runner.stop(), nudged.stop(), pool.end(), db.destroy()])
} finally {
  await sql`drop database ${sql.id(connection.database)} with (force)`.execute(admin)
  await admin.destroy()
}

/** Leaves the time of `prepare` out of the measurement. */
async function ready<T>(prepare: () => Promise<T>): Promise<T> {
  const began = performance.now()
  const value = await prepare()
  preparingMs = performance.now() - began
  return value
}

async function median(work: () => Promise<unknown>, rounds = ROUNDS): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    preparingMs = 0
    const began = performance.now()
    await work()
    times.push(performance.now() - began - preparingMs)
  }
  return times.toSorted((a, b) => a - b)[rounds >> 1] ?? 0
}

function report(what: string, milliseconds: number, more = ''): void {
  process.stdout.write(`${milliseconds.toFixed(2).padStart(8)} ms  ${what}${more === '' ? '' : `  (${more})`}\n`)
}
