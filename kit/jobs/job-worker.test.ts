// The same in the control plane and in a site: both databases hold the same rows.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../ids/index.ts'
import { one, rows, sql, withScope, type Db, type Tx } from '../sql/index.ts'
import {
  createControlPlaneRoles,
  createSiteGroupRoles,
  eventually,
  testDatabase,
  type TestDatabase,
} from '../testing/index.ts'
import {
  createJobWorker,
  createTimetable,
  defineJob,
  discardJob,
  enqueueJob,
  FinalFailure,
  jobsMigrations,
  readJob,
  retryJob,
  siteJobsMigrations,
  type JobDefinition,
  type JobRow,
  type JobWorker,
  type JobWorkerOptions,
} from './index.ts'

type Work = JobDefinition<z.ZodType, undefined>
const places = {
  'the control plane': {
    set: jobsMigrations,
    prepare: createControlPlaneRoles,
    owner: 'platen_owner',
    app: 'platen_worker',
  },
  'a site': {
    set: siteJobsMigrations,
    prepare: createSiteGroupRoles,
    owner: 'platen_site_owner',
    app: 'platen_site_app',
  },
}

describe.each(Object.entries(places))('in %s', (_name, { set, prepare, owner, app }) => {
  let database: TestDatabase
  let db: Db
  const workers: JobWorker[] = []
  const tenantId = newId()
  const any = z.object({}).loose()
  const seen: unknown[] = []
  const note = defineJob({
    name: 'note-text',
    payload: z.object({ text: z.string() }),
    run: async ({ text }) => void seen.push(text),
  })

  beforeAll(async () => {
    database = await testDatabase({ template: `jobs-${app}`, sets: [set], prepare, role: owner })
    db = database.connect(app)
    await sql`create table public.runs (n integer, process integer); grant all on public.runs to ${sql.id(app)}`.execute(
      database.db,
    )
  })
  beforeEach(async () => {
    seen.length = 0
    await sql`delete from jobs.jobs; delete from jobs.schedules`.execute(database.db)
  })
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())))
  afterAll(() => database.drop())

  const inTenant = <T>(work: (tx: Tx) => Promise<T>) => withScope(db, { tenantId }, work)
  const enqueue = (job: Work, payload: object = {}, more: { key?: string; runAt?: Date } = {}) =>
    inTenant((tx) => enqueueJob(tx, job, payload, { tenantId, ...more }))
  const jobOf = (id: string): Promise<JobRow> => inTenant((tx) => readJob(tx, id))
  const makeDue = () => sql`update jobs.jobs set run_at = now() where state = 'queued'`.execute(database.db)
  function work(jobs: readonly Work[], options: Partial<JobWorkerOptions<undefined>> = {}): JobWorker {
    const worker = createJobWorker({ db, jobs, deps: undefined, ...options })
    workers.push(worker)
    return worker
  }
  async function runAll(jobs: readonly Work[], options: Partial<JobWorkerOptions<undefined>> = {}): Promise<void> {
    const worker = work(jobs, options)
    await worker.look()
    await worker.idle()
  }
  const process_ = (file: string) =>
    spawn(process.execPath, [fileURLToPath(new URL(`./testing/${file}`, import.meta.url)), database.name, app], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })

  test('a job runs if its transaction commits, with the tenant of its row, and keeps its result', async () => {
    const job = defineJob({
      name: 'tell-tenant',
      payload: any,
      run: async (_payload, { tenantId: of, attempt, jobId }) => ({ of, attempt, jobId }),
    })
    const failing = inTenant(async (tx) => {
      await enqueueJob(tx, job, {}, { tenantId })
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    const id = await enqueue(job)
    await runAll([job])
    const result = { of: tenantId, attempt: 1, jobId: id }
    expect(await jobOf(id)).toMatchObject({ id, state: 'succeeded', progress: 1, attempts: 1, result })
  })

  test('nobody enqueues for another tenant, or sees its jobs', async () => {
    const foreign = inTenant((tx) => enqueueJob(tx, note, { text: 'x' }, { tenantId: newId() }))
    await expect(foreign).rejects.toThrow('row-level security')
    await expect(inTenant((tx) => enqueueJob(tx, note, { text: 'x' }, { tenantId: null }))).rejects.toThrow(
      'row-level security',
    )
    const id = await enqueue(note, { text: 'mine' })
    const other = withScope(db, { tenantId: newId() }, (tx) => readJob(tx, id))
    await expect(other).rejects.toMatchObject({ code: 'job-not-found' })
  })

  test('a job that fails is tried again later, and fails in the end with its error and without credentials', async () => {
    const job = defineJob({
      name: 'fail-always',
      payload: any,
      maxAttempts: 2,
      run: () => Promise.reject(new Error('no answer from smtp://me:secret@relay\nat line 3')),
    })
    const id = await enqueue(job)
    await runAll([job])
    const waiting = await jobOf(id)
    expect(waiting).toMatchObject({
      state: 'queued',
      attempts: 1,
      lastError: 'no answer from smtp://***@relay at line 3',
    })
    expect(waiting.runAt.getTime() - Date.now()).toBeGreaterThan(1_000)
    await makeDue()
    await runAll([job])
    expect(await jobOf(id)).toMatchObject({ state: 'failed', attempts: 2, endedAt: expect.any(Date) })
  })

  test('a final failure is final at once', async () => {
    const job = defineJob({
      name: 'give-up',
      payload: any,
      run: () => Promise.reject(new FinalFailure('no such mailbox')),
    })
    const id = await enqueue(job)
    await runAll([job])
    expect(await jobOf(id)).toMatchObject({ state: 'failed', attempts: 1, lastError: 'no such mailbox' })
  })

  test('a failed job is retried with all its attempts, and nothing else is', async () => {
    let isMended = false
    const job = defineJob({
      name: 'fail-once',
      payload: any,
      maxAttempts: 1,
      run: async () => {
        if (!isMended) throw new Error('broken')
      },
    })
    const id = await enqueue(job)
    await expect(inTenant((tx) => retryJob(tx, id))).rejects.toMatchObject({ code: 'job-not-failed' })
    await runAll([job])
    isMended = true
    expect(await inTenant((tx) => retryJob(tx, id))).toMatchObject({ state: 'queued', attempts: 0, endedAt: null })
    await runAll([job])
    expect(await jobOf(id)).toMatchObject({ state: 'succeeded', lastError: null })
  })

  test('a job that takes too long is told to stop, and that is a failure', async () => {
    let reason: unknown
    const job = defineJob({
      name: 'take-long',
      payload: any,
      timeoutMs: 50,
      run: (_payload, { signal }) =>
        new Promise<void>((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            reason = signal.reason
            reject(new Error('stopped'))
          }),
        ),
    })
    const id = await enqueue(job)
    await runAll([job])
    expect(reason).toMatchObject({ message: 'It took longer than 0.05 s.' })
    expect(await jobOf(id)).toMatchObject({ state: 'queued', attempts: 1, lastError: 'It took longer than 0.05 s.' })
  })

  test('of one key one waits, with the newest payload; while it runs it is left alone', async () => {
    const gate = Promise.withResolvers<void>()
    const job = defineJob({
      name: 'hold-key',
      payload: z.object({ text: z.string() }),
      key: () => 'one',
      run: async ({ text }) => {
        seen.push(text)
        await gate.promise
      },
    })
    const ids = [await enqueue(job, { text: 'old' }), await enqueue(job, { text: 'new' })]
    const worker = work([job])
    await worker.look()
    ids.push(await enqueue(job, { text: 'newest' }))
    expect(new Set(ids).size).toBe(1)
    gate.resolve()
    await worker.idle()
    expect(seen).toEqual(['new'])
    expect(await enqueue(job, { text: 'after' })).not.toBe(ids[0])
  })

  test('ten that enqueue one key at once make one job', async () => {
    const ids = await Promise.all(
      Array.from({ length: 10 }, (_, n) => enqueue(note, { text: String(n) }, { key: 'same' })),
    )
    expect(new Set(ids).size).toBe(1)
  })

  test('high jobs run before default before low ones', async () => {
    const jobs = (['low', 'default', 'high'] as const).map((queue) =>
      defineJob({ name: `run-${queue}`, payload: any, queue, run: async () => void seen.push(queue) }),
    )
    for (const job of jobs) await enqueue(job)
    await runAll(jobs, { concurrency: 1 })
    expect(seen).toEqual(['high', 'default', 'low'])
  })

  test('many low jobs do not hold back a high one', async () => {
    const gate = Promise.withResolvers<void>()
    const low = defineJob({ name: 'run-low', payload: any, queue: 'low', run: () => gate.promise })
    const high = defineJob({ name: 'run-high', payload: any, queue: 'high', run: async () => void seen.push('high') })
    for (let n = 0; n < 20; n += 1) await enqueue(low)
    const worker = work([low, high], { concurrency: 4 })
    await worker.look()
    await enqueue(high)
    await worker.look()
    await eventually(() => seen.includes('high'))
    // The high one is over soon after it was seen.
    await eventually(async () => {
      const running = await rows(database.db, sql`select from jobs.jobs where state = 'running'`)
      return running.length === 2
    })
    gate.resolve()
  })

  test('a low job runs while high ones never end coming', async () => {
    const high = defineJob({
      name: 'run-high',
      payload: any,
      queue: 'high',
      run: async () => {
        seen.push('high')
        await enqueue(high)
      },
    })
    const low = defineJob({ name: 'run-low', payload: any, queue: 'low', run: async () => void seen.push('low') })
    await enqueue(high)
    await enqueue(low)
    const worker = work([high, low], { concurrency: 1 })
    await worker.look()
    await eventually(() => seen.includes('low'))
    await worker.stop()
    expect(seen.indexOf('low')).toBeLessThan(8)
  })

  test('progress is written while a job runs', async () => {
    const gate = Promise.withResolvers<void>()
    const job = defineJob({
      name: 'tell-progress',
      payload: any,
      run: async (_payload, { progress }) => {
        progress(0.1, 'first')
        progress(0.4, 'half of it')
        await gate.promise
      },
    })
    const id = await enqueue(job)
    await work([job]).look()
    await eventually(async () => (await jobOf(id)).progress > 0)
    expect(await jobOf(id)).toMatchObject({
      state: 'running',
      progress: expect.closeTo(0.4),
      progressText: 'half of it',
    })
    gate.resolve()
  })

  test('a discarded job does not run; one that runs is told to stop and records nothing', async () => {
    const waiting = await enqueue(note, { text: 'never' }, { runAt: new Date(Date.now() + 3_600_000) })
    expect(await inTenant((tx) => discardJob(tx, waiting))).toMatchObject({ state: 'discarded' })
    await expect(inTenant((tx) => discardJob(tx, waiting))).rejects.toMatchObject({ code: 'job-ended' })
    await makeDue()
    await runAll([note])
    expect(seen).toEqual([])
    const job = defineJob({
      name: 'run-until-stopped',
      payload: any,
      run: (_payload, { signal }) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
    })
    const id = await enqueue(job)
    const worker = work([job], { leaseMs: 300 })
    await worker.look()
    await inTenant((tx) => discardJob(tx, id))
    await worker.idle()
    expect(await jobOf(id)).toMatchObject({ state: 'discarded', attempts: 1 })
  })

  test('a worker that stops hands back what does not end', { timeout: 15_000 }, async () => {
    const job = defineJob({ name: 'never-end', payload: any, run: () => new Promise<void>(() => {}) })
    const id = await enqueue(job)
    const worker = work([job])
    await worker.look()
    await worker.stop()
    expect(await jobOf(id)).toMatchObject({ state: 'queued', attempts: 0 })
  })

  test(
    'the job of a killed process runs elsewhere when its lease has ended, not before',
    { timeout: 30_000 },
    async () => {
      const attempts: number[] = []
      const block = defineJob({
        name: 'block-worker',
        payload: any,
        run: async (_payload, { attempt }) => void attempts.push(attempt),
      })
      const id = await enqueue(block)
      const doomed = process_('blocked-worker.ts')
      await once(doomed.stdout, 'data')
      doomed.kill('SIGKILL')
      await once(doomed, 'exit')
      const worker = work([block])
      const due = await worker.nextDue()
      expect((due?.getTime() ?? 0) - Date.now()).toBeLessThan(2_000)
      await eventually(
        async () => {
          await worker.look()
          await worker.idle()
          return (await jobOf(id)).state === 'succeeded'
        },
        { timeoutMs: 10_000 },
      )
      expect(attempts).toEqual([2])
    },
  )

  test('a job that kills its process each time has failed after its attempts', async () => {
    const id = await enqueue(note, { text: 'x' })
    await sql`update jobs.jobs set state = 'running', attempts = max_attempts, lease = ${newId()}, leased_until = now() - interval '1 s'
      where id = ${id}`.execute(database.db)
    await runAll([note])
    expect(await jobOf(id)).toMatchObject({
      state: 'failed',
      lastError: 'The process that ran it ended without a word.',
    })
  })

  test('several processes run each job once', { timeout: 60_000 }, async () => {
    await sql`insert into jobs.jobs (id, tenant_id, name, queue, payload, max_attempts, timeout_ms, run_at)
      select gen_random_uuid(), ${tenantId}, 'count-once', (array['high', 'default', 'low'])[1 + n % 3], jsonb_build_object('n', n), 3, 60000, now()
      from generate_series(1, 200) n`.execute(database.db)
    const processes = Array.from({ length: 3 }, () => process_('count-worker.ts'))
    expect(await Promise.all(processes.map(async (child) => (await once(child, 'exit'))[0] as number))).toEqual([
      0, 0, 0,
    ])
    const counted = await one(
      database.db,
      sql`select count(*)::int as runs, count(distinct n)::int as jobs from public.runs`,
    )
    expect(counted).toEqual({ runs: 200, jobs: 200 })
  })

  test('jobs are forgotten a month after their end, routine of the clock after a day', async () => {
    const ended = (days: number, key: string | null) =>
      sql`insert into jobs.jobs (id, tenant_id, name, queue, payload, key, max_attempts, timeout_ms, run_at, state, ended_at)
        values (gen_random_uuid(), ${tenantId}, 'old-job', 'low', '{}', ${key}, 1, 1, now(), 'succeeded', now() - make_interval(days => ${days}))`.execute(
        database.db,
      )
    for (const days of [29, 31]) await ended(days, null)
    for (const days of [0, 2]) await ended(days, 'schedule:x')
    await runAll([note])
    const left = await rows(
      database.db,
      sql`select extract(day from now() - ended_at)::int as days from jobs.jobs order by days`,
    )
    expect(left).toEqual([{ days: 0 }, { days: 29 }])
  })

  test('a schedule is enqueued once per due minute by however many ask, from its second sight on', async () => {
    const timetable = createTimetable([
      { job: note, cron: '* * * * *', timeZone: 'Europe/Paris', payload: { text: 'clock' } },
    ])
    const tick = async (time: string): Promise<number> => {
      const now = async () => new Date(`2026-05-10T${time}Z`)
      const asked = await Promise.all(Array.from({ length: 5 }, () => timetable.enqueueDue(db, tenantId, now)))
      await runAll([note])
      return asked.flat().length
    }
    expect([await tick('10:00:05'), await tick('10:01:01'), await tick('10:01:20'), await tick('10:04:00')]).toEqual([
      0, 1, 0, 1,
    ])
    expect(seen).toEqual(['clock', 'clock'])
  })
})
