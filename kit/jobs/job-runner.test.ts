import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { newId } from '../ids/index.ts'
import { rows, sql, withScope, type Db } from '../sql/index.ts'
import { createControlPlaneRoles, eventually, testDatabase, type TestDatabase } from '../testing/index.ts'
import { parseSchedule } from './schedule.ts'
import { enqueueIfDue } from './scheduler.ts'
import {
  createJobRunner,
  defineJob,
  enqueueJob,
  jobsMigrations,
  openWorkerPool,
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
  await sql`delete from graphile_worker._private_jobs; delete from graphile_worker._private_job_queues`.execute(
    database.db,
  )
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

const queued = (): Promise<{ attempts: number; last_error: string | null; locked: boolean }[]> =>
  rows(
    database.db,
    sql`select attempts, last_error, locked_at is not null as locked from graphile_worker._private_jobs`,
  )

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
    await withScope(api, {}, (tx) => enqueueJob(tx, fail, {}, { tenantId: null }))
    await eventually(async () => (await queued())[0]?.last_error === 'no luck')
    expect(await queued()).toMatchObject([{ attempts: 1, locked: false }])
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

  test('of a queue waits for the one before it', async () => {
    let running = 0
    let most = 0
    const slow = defineJob<z.ZodObject, Deps>({
      name: 'count-running',
      payload: z.object({}),
      run: async (_payload, context) => {
        most = Math.max(most, (running += 1))
        await new Promise((resolve) => setTimeout(resolve, 30))
        running -= 1
        context.deps.seen.push('done')
      },
    })
    for (let index = 0; index < 4; index += 1)
      await withScope(api, {}, (tx) => enqueueJob(tx, slow, {}, { tenantId: null, queue: 'single' }))
    await startRunner({ jobs: [slow], pollMs: 50 })
    await eventually(() => deps.seen.length === 4)
    expect(most).toBe(1)
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
    await expect(enqueue(newId())).rejects.toThrow(/another tenant/)
    await expect(enqueue(null)).rejects.toThrow(/another tenant/)
    await expect(
      withScope(api, { operator: true }, (tx) => enqueueJob(tx, greet, { name: 'Op' }, { tenantId })),
    ).resolves.toEqual(expect.any(String))
  })

  test('cannot read the queue', async () => {
    await expect(sql`select from graphile_worker._private_jobs`.execute(api)).rejects.toThrow(/permission denied/)
    await expect(sql`select from graphile_worker.jobs`.execute(api)).rejects.toThrow(/permission denied/)
  })
})

describe('the jobs of a dead worker', () => {
  const block = defineJob<z.ZodObject, Deps>({
    name: 'block-worker',
    payload: z.object({}),
    run: async (_payload, context) => void context.deps.seen.push(context.attempt),
  })

  test('are unlocked by the heartbeat of another and run there', { timeout: 60_000 }, async () => {
    const worker = spawn(
      process.execPath,
      [fileURLToPath(new URL('./testing/blocked-worker.ts', import.meta.url)), database.name],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await withScope(api, {}, (tx) => enqueueJob(tx, block, {}, { tenantId: null, queue: 'blocked' }))
    await once(worker.stdout, 'data')
    worker.kill('SIGKILL')
    await once(worker, 'exit')
    expect(await queued()).toMatchObject([{ attempts: 1, locked: true }])
    await startRunner({ jobs: [block], heartbeatMs: 100, silentAfterMs: 1_000, pollMs: 100 })
    await eventually(() => deps.seen.length > 0, { timeoutMs: 15_000 })
    expect(deps.seen).toEqual([2])
  })

  test('that lives stay with it', async () => {
    const gate = Promise.withResolvers<void>()
    const hold = defineJob<z.ZodObject, Deps>({
      name: 'hold-on',
      payload: z.object({}),
      run: async (_payload, context) => {
        context.deps.seen.push(context.attempt)
        await gate.promise
      },
    })
    const timing = { jobs: [hold], heartbeatMs: 50, silentAfterMs: 500, pollMs: 50 }
    await startRunner(timing)
    await withScope(api, {}, (tx) => enqueueJob(tx, hold, {}, { tenantId: null }))
    await eventually(() => deps.seen.length === 1)
    await startRunner(timing)
    const lockedAt = await rows(
      database.db,
      sql<{ at: Date }>`select locked_at as at from graphile_worker._private_jobs`,
    )
    await eventually(
      async () =>
        (await rows(database.db, sql`select where now() - ${lockedAt[0]?.at} > interval '1200 ms'`)).length === 1,
    )
    expect(deps.seen).toEqual([1])
    gate.resolve()
  })
})

describe('a schedule', () => {
  const due = parseSchedule('* * * * *', 'Europe/Paris')
  const at = (text: string) => async (): Promise<Date> => new Date(`2026-05-10T${text}Z`)

  test('is enqueued once per due minute by however many runners, from its second sight on', async () => {
    const pools = Array.from({ length: 5 }, () =>
      openWorkerPool(database.createConnection('platen_worker'), { max: 1, purpose: 'test' }),
    )
    const entry = { job: greet, cron: '* * * * *', timeZone: 'Europe/Paris', payload: { name: 'clock' }, due }
    const tick = async (time: string): Promise<number> =>
      (await Promise.all(pools.map((pool) => enqueueIfDue(pool, entry, at(time))))).filter(
        (enqueued) => enqueued !== undefined,
      ).length
    const counts = [await tick('10:00:05'), await tick('10:01:01'), await tick('10:01:20'), await tick('10:04:00')]
    await Promise.all(pools.map((pool) => pool.end()))
    expect(counts).toEqual([0, 1, 0, 1])
    await startRunner()
    await eventually(() => deps.seen.length === 2)
    expect(deps.seen).toEqual([
      ['clock', null, 1],
      ['clock', null, 1],
    ])
  })
})
