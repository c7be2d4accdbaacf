import { openDatabase, type Connection, type Db } from '../sql/index.ts'
import type { RunnableJob } from './define-job.ts'
import { createJobWorker, type JobWorker } from './job-worker.ts'
import { createNudgeRunner } from './nudges/nudge-runner.ts'
import { createTimetable, startScheduler, type JobSchedule } from './scheduler.ts'
import { silentLog, type WorkerLog } from './worker-log.ts'

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
  /** Default 30 s: a job whose process has been silent for longer is run by another. */
  leaseMs?: number
  /** How often to look for due jobs when nobody nudges, default 2 s. */
  pollMs?: number
  log?: WorkerLog
}

export interface JobRunner {
  start(): Promise<void>
  /** Takes no more jobs, waits for those that run (their signal fires after 5 s), then closes. */
  stop(): Promise<void>
}

/** Runs the jobs of the control plane. Needs `jobsMigrations`; jobs of unknown names are left to others. */
export function createJobRunner<Deps>(options: JobRunnerOptions<Deps>): JobRunner {
  const { connection, workerId, concurrency = 5, leaseMs = 30_000, pollMs = 2_000, log = silentLog } = options
  // Read at once, so that a bad line is found where it is written.
  const timetable = createTimetable(options.schedules ?? [])
  let stopAll: (() => Promise<void>) | undefined
  return {
    async start() {
      if (stopAll !== undefined) throw new Error(`job runner ${workerId} runs already`)
      const db = openDatabase({ ...connection, max: 4, statementTimeoutMs: 10_000 })
      const { jobs, deps } = options
      const worker = createJobWorker({ db, jobs, deps, concurrency, leaseMs, log })
      const nudges = createNudgeRunner({
        connection,
        nudges: [{ name: 'job', run: () => void worker.look() }],
        workerId,
        pollMs,
        log,
      })
      await nudges.start()
      const scheduler = startScheduler(db, timetable, log)
      const poll = setInterval(() => void worker.look(), pollMs)
      stopAll = async () => {
        clearInterval(poll)
        await Promise.all([scheduler.stop(), nudges.stop()])
        await close(worker, db)
      }
    },
    async stop() {
      const stop = stopAll
      stopAll = undefined
      await stop?.()
    },
  }
}

async function close(worker: JobWorker, db: Db): Promise<void> {
  await worker.stop()
  await db.destroy()
}
