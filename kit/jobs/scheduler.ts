import type { Pool } from 'pg'
import type { RunnableJob } from './define-job.ts'
import { parseSchedule, type Schedule } from './schedule.ts'
import type { WorkerLog } from './worker-log.ts'

// A run missed while nobody was there is caught up once, if it is not older than this.
const CATCH_UP_MS = 24 * 3_600_000
const TICK_MS = 10_000

/** A job that is enqueued by the clock, as work of the platform (tenant null); payload `{}` unless given. */
export interface JobSchedule<Deps> {
  job: RunnableJob<Deps>
  /** "minute hour day month weekday". */
  cron: string
  /** IANA name, for example `Europe/Paris`. */
  timeZone: string
  payload?: Record<string, unknown>
  /** Needed when one job has several schedules. Default: the job's name. Renaming it forgets when it ran last. */
  name?: string
}

export interface Scheduler {
  stop(): Promise<void>
}

/** Any number of schedulers may run: the row in jobs.schedules lets each due minute be enqueued once. The database's clock decides. */
export function startScheduler<Deps>(pool: Pool, schedules: readonly JobSchedule<Deps>[], log: WorkerLog): Scheduler {
  const entries = schedules.map((schedule) => ({ ...schedule, due: parseSchedule(schedule.cron, schedule.timeZone) }))
  if (entries.length === 0) return { stop: async () => {} }
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const tick = async (): Promise<void> => {
    for (const entry of entries) {
      await enqueueIfDue(pool, entry).catch((error: unknown) =>
        log.warn({ err: error, job: entry.job.name }, 'schedule failed'),
      )
    }
    if (!stopped) timer = setTimeout(() => void (ticking = tick()), TICK_MS)
  }
  let ticking = tick()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await ticking
    },
  }
}

/** Returns the due minute that this call enqueued, if any. */
export async function enqueueIfDue<Deps>(
  pool: Pool,
  entry: JobSchedule<Deps> & { due: Schedule },
  readNow: (pool: Pool) => Promise<Date> = databaseTime,
): Promise<Date | undefined> {
  const name = entry.name ?? entry.job.name
  const now = await readNow(pool)
  const known = await pool.query<{ due_at: Date }>('select due_at from jobs.schedules where name = $1', [name])
  const last = known.rows[0]?.due_at
  if (last === undefined) {
    // Seen for the first time: begins now, nothing to catch up.
    await pool.query('insert into jobs.schedules (name, due_at) values ($1, $2) on conflict do nothing', [name, now])
    return undefined
  }
  const due = entry.due.lastDue(new Date(Math.max(last.getTime(), now.getTime() - CATCH_UP_MS)), now)
  if (due === undefined) return undefined
  const { rowCount } = await pool.query(enqueueStatement, [
    name,
    due,
    entry.job.name,
    JSON.stringify(entry.payload ?? {}),
    entry.job.maxAttempts,
  ])
  return rowCount === 1 ? due : undefined
}

const enqueueStatement = `
  with won as (update jobs.schedules set due_at = $2 where name = $1 and due_at < $2 returning name)
  select jobs.enqueue($3, null, $4::jsonb, null, null, $5::integer, null, null) from won`

async function databaseTime(pool: Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now')
  return rows[0]?.now ?? new Date()
}
