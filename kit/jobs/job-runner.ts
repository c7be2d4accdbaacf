import { EventEmitter } from 'node:events'
import { Logger, run, type Runner, type Task, type WorkerEvents } from 'graphile-worker'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { Connection } from '../sql/index.ts'
import type { RunnableJob } from './define-job.ts'
import { startHeartbeat, type Heartbeat } from './job-heartbeat.ts'
import { startScheduler, type JobSchedule, type Scheduler } from './scheduler.ts'
import { silentLog, type WorkerLog } from './worker-log.ts'
import { openWorkerPool } from './worker-pool.ts'

export interface JobRunnerOptions<Deps> {
  /** As the worker role. The runner opens pools of its own. */
  connection: Connection
  jobs: readonly RunnableJob<Deps>[]
  deps: Deps
  schedules?: readonly JobSchedule<Deps>[]
  /** Names this process in jobs.workers. */
  workerId: string
  /** Jobs at once, default 5. */
  concurrency?: number
  /** Default 10 s. */
  heartbeatMs?: number
  /** Default 30 s: a worker silent for longer is dead and its jobs are unlocked. */
  silentAfterMs?: number
  /** How often to look for due jobs when nobody notifies, default 2 s. */
  pollMs?: number
  log?: WorkerLog
}

export interface JobRunner {
  start(): Promise<void>
  /** Takes no more jobs, waits for those that run (their signal fires after 5 s), then closes. */
  stop(): Promise<void>
}

const envelopeSchema = z.object({ tenantId: z.uuid().nullable(), payload: z.unknown() })

/** Runs plain jobs on graphile-worker. The library's schema comes from `jobsMigrations`; jobs of unknown names are left to others. */
export function createJobRunner<Deps>(options: JobRunnerOptions<Deps>): JobRunner {
  const {
    connection,
    workerId,
    heartbeatMs = 10_000,
    silentAfterMs = 30_000,
    concurrency = 5,
    log = silentLog,
  } = options
  let stopAll: (() => Promise<void>) | undefined
  return {
    async start() {
      if (stopAll !== undefined) throw new Error(`job runner ${workerId} runs already`)
      const pool = openWorkerPool(connection, { max: concurrency + 2, purpose: 'jobs' })
      const beatPool = openWorkerPool(connection, {
        max: 1,
        purpose: 'jobs heartbeat',
        operator: true,
        statementTimeoutMs: 5_000,
      })
      // Known as soon as the pool exists, which is before it locks a job.
      const events: WorkerEvents = new EventEmitter()
      let poolId = ''
      events.on('pool:create', ({ workerPool }) => (poolId = workerPool.id))
      const runner = await startLibrary(options, pool, events)
      const heartbeat = startHeartbeat({
        pool: beatPool,
        poolId,
        workerId,
        intervalMs: heartbeatMs,
        silentAfterMs,
        log,
      })
      const scheduler = startScheduler(beatPool, options.schedules ?? [], log)
      stopAll = () => shutDown({ runner, heartbeat, scheduler, pools: [pool, beatPool] })
    },
    async stop() {
      const stop = stopAll
      stopAll = undefined
      await stop?.()
    },
  }
}

async function startLibrary<Deps>(options: JobRunnerOptions<Deps>, pool: Pool, events: WorkerEvents): Promise<Runner> {
  const { jobs, deps, concurrency = 5, pollMs = 2_000, log = silentLog } = options
  const tasks = Object.fromEntries(jobs.map((job) => [job.name, taskOf(job, deps)]))
  if (Object.keys(tasks).length !== jobs.length) throw new Error('two jobs have the same name')
  return run({
    pgPool: pool,
    taskList: tasks,
    concurrency,
    pollInterval: pollMs,
    noHandleSignals: true,
    // Schedules are ours (time zones, database clock); an empty list also keeps the library from reading a crontab file.
    parsedCronItems: [],
    events,
    logger: libraryLogger(log),
  })
}

function taskOf<Deps>(job: RunnableJob<Deps>, deps: Deps): Task {
  return async (raw, helpers) => {
    const { tenantId, payload } = envelopeSchema.parse(raw)
    const { id, attempts } = helpers.job
    await job.execute(payload, { jobId: id, tenantId, attempt: attempts, deps, signal: helpers.abortSignal })
  }
}

interface Running {
  runner: Runner
  heartbeat: Heartbeat
  scheduler: Scheduler
  pools: readonly Pool[]
}

async function shutDown({ runner, heartbeat, scheduler, pools }: Running): Promise<void> {
  await scheduler.stop()
  // The heartbeat goes on while jobs finish, so that nobody takes them over.
  await runner.stop()
  await heartbeat.stop()
  await Promise.all(pools.map((pool) => pool.end()))
}

function libraryLogger(log: WorkerLog): Logger {
  return new Logger(() => (level, message, meta) => {
    const facts = meta?.['error'] === undefined ? {} : { err: meta['error'] }
    if (level === 'error') log.error(facts, message)
    else if (level === 'warning') log.warn(facts, message)
  })
}
