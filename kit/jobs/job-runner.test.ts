import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../ids/index.ts'
import { rows, sql, withScope, type Db } from '../sql/index.ts'
import { createControlPlaneRoles, eventually, testDatabase, type TestDatabase } from '../testing/index.ts'
import {
  createJobRunner,
  defineJob,
  enqueueJob,
  jobsMigrations,
  type JobRunner,
  type JobRunnerOptions,
} from './index.ts'

interface Deps {
  seen: unknown[]
}

let database: TestDatabase
let api: Db
let deps: Deps
const runners: JobRunner[] = []
const tenantId = newId()

const greet = defineJob<z.ZodObject<{ name: z.ZodString }>, Deps>({
  name: 'greet-person',
  payload: z.strictObject({ name: z.string() }),
  run: async ({ name }, context) => void context.deps.seen.push([name, context.tenantId, context.attempt]),
})

beforeAll(async () => {
  database = await testDatabase({
    template: 'jobs',
    sets: [jobsMigrations],
    prepare: createControlPlaneRoles,
    role: 'platen_owner',
  })
  api = database.connect('platen_api')
})
beforeEach(async () => {
  deps = { seen: [] }
  await sql`delete from jobs.jobs; delete from graphile_worker._private_jobs`.execute(database.db)
})
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop()))
})
afterAll(() => database.drop())

async function startRunner(options: Partial<JobRunnerOptions<Deps>> = {}): Promise<JobRunner> {
  const runner = createJobRunner<Deps>({
    connection: database.createConnection('platen_worker'),
    jobs: [greet],
    deps,
    workerId: newId(),
    ...options,
  })
  runners.push(runner)
  await runner.start()
  return runner
}

const queued = (): Promise<{ state: string; attempts: number; error: string | null }[]> =>
  rows(database.db, sql`select state, attempts, last_error as error from jobs.jobs where state <> 'succeeded'`)

describe('a job', () => {
  test('runs once its transaction has committed, with the tenant of its envelope', async () => {
    await startRunner()
    await withScope(api, { tenantId }, (tx) => enqueueJob(tx, greet, { name: 'Ada' }, { tenantId }))
    await eventually(() => deps.seen.length > 0)
    expect(deps.seen).toEqual([['Ada', tenantId, 1]])
    await eventually(async () => (await queued()).length === 0)
  })

  test('does not run when its transaction rolls back', async () => {
    const failing = withScope(api, { tenantId }, async (tx) => {
      await enqueueJob(tx, greet, { name: 'Ada' }, { tenantId })
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await queued()).toEqual([])
  })

  test('that fails is tried again later and keeps its error', async () => {
    const fail = defineJob({
      name: 'fail-always',
      payload: z.object({}),
      run: () => Promise.reject(new Error('no luck')),
    })
    await startRunner({ jobs: [fail] })
    await withScope(api, { operator: true }, (tx) => enqueueJob(tx, fail, {}, { tenantId: null }))
    await eventually(async () => (await queued())[0]?.error === 'no luck')
    expect(await queued()).toMatchObject([{ state: 'queued', attempts: 1 }])
  })

  test('with the key of a queued one replaces it', async () => {
    for (const name of ['Ada', 'Grace'])
      await withScope(api, { tenantId }, (tx) => enqueueJob(tx, greet, { name }, { tenantId, key: 'one' }))
    await startRunner()
    await eventually(() => deps.seen.length > 0)
    expect(deps.seen).toEqual([['Grace', tenantId, 1]])
  })

  test('waits for its time', async () => {
    await startRunner({ pollMs: 100 })
    await withScope(api, { tenantId }, (tx) =>
      enqueueJob(tx, greet, { name: 'later' }, { tenantId, runAt: new Date(Date.now() + 600) }),
    )
    await withScope(api, { tenantId }, (tx) => enqueueJob(tx, greet, { name: 'now' }, { tenantId }))
    await eventually(() => deps.seen.length === 2)
    expect(deps.seen.map((entry) => (entry as string[])[0])).toEqual(['now', 'later']) // entries are pushed as tuples above
  })

  test('with a payload that does not fit is refused before it is queued', async () => {
    const bad = { name: 1 } as unknown as { name: string } // what a caller without types may send
    await expect(withScope(api, { tenantId }, (tx) => enqueueJob(tx, greet, bad, { tenantId }))).rejects.toThrow(
      /expected string/,
    )
  })
})

describe('the API role', () => {
  test('cannot enqueue for another tenant than its own, nor for the platform', async () => {
    const enqueue = (wanted: string | null): Promise<string> =>
      withScope(api, { tenantId }, (tx) => enqueueJob(tx, greet, { name: 'Eve' }, { tenantId: wanted }))
    await expect(enqueue(newId())).rejects.toThrow(/row-level security/)
    await expect(enqueue(null)).rejects.toThrow(/row-level security/)
    await expect(
      withScope(api, { operator: true }, (tx) => enqueueJob(tx, greet, { name: 'Op' }, { tenantId })),
    ).resolves.toEqual(expect.any(String))
  })

  test('cannot read the queue', async () => {
    await expect(sql`select from graphile_worker._private_jobs`.execute(api)).rejects.toThrow(/permission denied/)
    await expect(sql`select from graphile_worker.jobs`.execute(api)).rejects.toThrow(/permission denied/)
  })
})
