import type { Db } from '../sql/index.ts'
import type { RunnableJob } from './define-job.ts'
import { claimJob, forgetEndedJobs, freeLostJobs, nextDue, type Claim } from './job-store.ts'
import { queuesInTurn, type Queue } from './queues.ts'
import { runClaimed } from './run-claimed.ts'
import { silentLog, type WorkerLog } from './worker-log.ts'

/** Time for jobs to end by themselves when their process stops; then their signal fires. */
const patienceMs = 5_000
const forgetMs = 3_600_000

export interface JobWorkerOptions<Deps> {
  /** As a role that sees jobs of every tenant. */
  db: Db
  jobs: readonly RunnableJob<Deps>[]
  deps: Deps
  /** Jobs at once, default 5: see `queuesInTurn` for who gets which place. */
  concurrency?: number
  /** Default 30 s: for so long a job is ours without being renewed. */
  leaseMs?: number
  log?: WorkerLog
}

/** Claims due jobs of one database and runs them. Any number of workers in any number of processes may do so. */
export interface JobWorker {
  /** Takes what is due, as far as there is room, and frees what dead processes had; resolves when that has begun. Never rejects. */
  look(): Promise<void>
  /** Resolves when nothing runs. */
  idle(): Promise<void>
  /** When to look again at the latest; undefined while nothing is open. */
  nextDue(): Promise<Date | undefined>
  /** Takes no more jobs, waits for those that run (their signal fires after 5 s) and hands back what could not end. */
  stop(): Promise<void>
}

export function createJobWorker<Deps>(options: JobWorkerOptions<Deps>): JobWorker {
  const { db, deps, concurrency = 5, leaseMs = 30_000, log = silentLog } = options
  const jobs = new Map(options.jobs.map((job) => [job.name, job]))
  if (jobs.size !== options.jobs.length) throw new Error('two jobs have the same name')
  const names = [...jobs.keys()]
  const running = new Map<Promise<void>, Queue>()
  const hurry = new AbortController()
  let turn = 0
  let isStopping = false
  let looking: Promise<void> | undefined
  let lookAgain = false
  let forgotAt = -Infinity

  const begin = (claim: Claim): void => {
    const job = jobs.get(claim.name)
    if (job === undefined) throw new Error(`claimed a job of the unknown name ${claim.name}`)
    const run = runClaimed(claim, job, { db, deps, leaseMs, hurry: hurry.signal, log }).finally(() => {
      running.delete(run)
      // There is room again.
      void look()
    })
    running.set(run, claim.queue)
  }

  const takeDue = async (): Promise<void> => {
    const freed = await freeLostJobs(db)
    if (freed.length > 0) log.warn({ jobs: freed }, 'took over the jobs of dead workers')
    while (!isStopping) {
      const queues = queuesInTurn(turn, countsOf(running.values()), concurrency)
      const claim = queues.length === 0 ? undefined : await claimJob(db, { queues, names, leaseMs })
      if (claim === undefined) break
      turn += 1
      begin(claim)
    }
    if (performance.now() - forgotAt < forgetMs) return
    forgotAt = performance.now()
    await forgetEndedJobs(db)
  }

  const look = async (): Promise<void> => {
    if (isStopping) return
    if (looking !== undefined) {
      lookAgain = true
      return looking
    }
    looking = takeDue()
      .catch((error: unknown) => log.warn({ err: error }, 'looking for jobs failed'))
      .finally(() => {
        looking = undefined
        if (lookAgain) void look()
        lookAgain = false
      })
    return looking
  }

  const idle = async (): Promise<void> => {
    while (looking !== undefined || running.size > 0) await Promise.all([looking, ...running.keys()])
  }

  return {
    look,
    idle,
    nextDue: () => nextDue(db, names),
    async stop() {
      isStopping = true
      const timer = setTimeout(() => hurry.abort(), patienceMs)
      await idle()
      clearTimeout(timer)
    },
  }
}

function countsOf(running: Iterable<Queue>): Record<Queue, number> {
  const counts = { high: 0, default: 0, low: 0 }
  for (const queue of running) counts[queue] += 1
  return counts
}
