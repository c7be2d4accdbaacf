import { maybe, one, sql, withScope, type Db } from '../sql/index.ts'
import type { JobDefinition } from './define-job.ts'
import { enqueueJob } from './enqueue-job.ts'
import { parseSchedule } from './schedule.ts'
import type { z } from 'zod'
import type { WorkerLog } from './worker-log.ts'

// A run missed while nobody was there is caught up once, if it is not older than this.
const CATCH_UP_MS = 24 * 3_600_000
const TICK_MS = 10_000

/** A job that is enqueued by the clock; payload `{}` unless given. */
export interface JobSchedule<Deps> {
  job: JobDefinition<z.ZodType, Deps>
  /** "minute hour day month weekday". */
  cron: string
  /** IANA name, for example `Europe/Paris`. */
  timeZone: string
  payload?: Record<string, unknown>
  /** Needed when one job has several schedules. Default: the job's name. Renaming it forgets when it ran last. */
  name?: string
}

/** Schedules that were read; any number of processes may use them on one database. */
export interface Timetable {
  /** Enqueues what is due in this database, each due minute once whoever asks; answers the names. The database's clock decides. */
  enqueueDue(db: Db, tenantId: string | null, readNow?: (tx: Db) => Promise<Date>): Promise<string[]>
  /** Whether something fell due after the one and until the other moment, so that it is worth asking a database. */
  isDue(after: Date, until: Date): boolean
}

export function createTimetable<Deps>(schedules: readonly JobSchedule<Deps>[]): Timetable {
  const entries = schedules.map((schedule) => ({
    ...schedule,
    name: schedule.name ?? schedule.job.name,
    due: parseSchedule(schedule.cron, schedule.timeZone),
  }))
  return {
    async enqueueDue(db, tenantId, readNow = databaseTime) {
      if (entries.length === 0) return []
      return withScope(db, { operator: true }, async (tx) => {
        const now = await readNow(tx)
        const enqueued: string[] = []
        for (const { name, due, job, payload = {} } of entries) {
          if (!(await isTurn(tx, name, (after) => due.lastDue(after, now), now))) continue
          // One that still waits or runs is not doubled.
          await enqueueJob(tx, job, payload, { tenantId, key: `schedule:${name}` })
          enqueued.push(name)
        }
        return enqueued
      })
    },
    isDue: (after, until) => entries.some(({ due }) => due.lastDue(after, until) !== undefined),
  }
}

/** True for one caller per due minute: the row in jobs.schedules is what they compete for. */
async function isTurn(tx: Db, name: string, lastDue: (after: Date) => Date | undefined, now: Date): Promise<boolean> {
  const known = await maybe(tx, sql<{ due_at: Date }>`select due_at from jobs.schedules where name = ${name}`)
  if (known === undefined) {
    // Seen for the first time: begins now, nothing to catch up.
    await sql`insert into jobs.schedules (name, due_at) values (${name}, ${now}) on conflict do nothing`.execute(tx)
    return false
  }
  const due = lastDue(new Date(Math.max(known.due_at.getTime(), now.getTime() - CATCH_UP_MS)))
  if (due === undefined) return false
  const won = await maybe(
    tx,
    sql`update jobs.schedules set due_at = ${due} where name = ${name} and due_at < ${due} returning name`,
  )
  return won !== undefined
}

export interface Scheduler {
  stop(): Promise<void>
}

/** Looks every ten seconds, for work of the platform itself. */
export function startScheduler(db: Db, timetable: Timetable, log: WorkerLog): Scheduler {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const tick = async (): Promise<void> => {
    await timetable.enqueueDue(db, null).catch((error: unknown) => log.warn({ err: error }, 'schedules failed'))
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

async function databaseTime(tx: Db): Promise<Date> {
  return (await one(tx, sql<{ now: Date }>`select clock_timestamp() as now`)).now
}
