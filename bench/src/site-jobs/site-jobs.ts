import { setTimeout as pause } from 'node:timers/promises'
import { createJobWorker, createTimetable, type JobSchedule, type JobWorker, type RunnableJob } from '@platen/kit/jobs'
import type { Logger } from '@platen/kit/logging'
import type { Db } from '@platen/kit/sql'
import type { ServedSite } from '../sites/index.ts'

/** Of one site in one process: its pool has few connections, and visitors come first. */
const concurrency = 3

/** Background jobs of all sites of this process. An idle site costs nothing: it is looked at when it may have work. */
export interface SiteJobs {
  /** Takes what is due in this site, the clock's as well, and resolves when that has begun. */
  look(site: ServedSite): Promise<void>
  /** Whether the site may have something to do by now: a job that waited, one that another process had, or a schedule. */
  isDue(site: ServedSite): boolean
  /** Resolves when nothing runs in this site, or after the time. */
  settled(site: ServedSite, patienceMs: number): Promise<void>
  /** To be called at the beginning of each sweep: looks at the clock once for all sites. */
  readClock(): void
  stop(): Promise<void>
}

export interface SiteJobsOptions<Deps> {
  jobs: readonly RunnableJob<Deps>[]
  schedules?: readonly JobSchedule<Deps>[]
  depsOf(site: ServedSite): Deps
  logger: Logger
  /** For tests; default 30 s. */
  leaseMs?: number
  now?: () => Date
}

interface Known {
  lookedAt: Date
  nextDue: Date | undefined
}

export function createSiteJobs<Deps>(options: SiteJobsOptions<Deps>): SiteJobs {
  const { jobs, depsOf, logger: log, leaseMs = 30_000, now = () => new Date() } = options
  const timetable = createTimetable(options.schedules ?? [])
  const workers = new WeakMap<Db, JobWorker>()
  const active = new Map<ServedSite, JobWorker>()
  const known = new WeakMap<ServedSite, Known>()
  let readAt = now()
  let dueAt = readAt
  const startedAt = readAt
  let isStopping = false

  // A site that gave up its pool gets another one, and then another worker; one with work to do is not closed.
  const workerOf = (site: ServedSite): JobWorker => {
    const { db } = site.resources()
    const worker = workers.get(db) ?? createJobWorker({ db, jobs, deps: depsOf(site), concurrency, leaseMs, log })
    workers.set(db, worker)
    return worker
  }

  const stayUntilIdle = async (site: ServedSite, worker: JobWorker, leave: () => void): Promise<void> => {
    active.set(site, worker)
    try {
      await worker.idle()
      const nextDue = await worker.nextDue()
      known.set(site, { lookedAt: known.get(site)?.lookedAt ?? startedAt, nextDue })
    } catch (error) {
      log.warn({ err: error, site: site.snapshot.id }, 'when a site has its next job is not known')
    } finally {
      if (active.get(site) === worker) active.delete(site)
      leave()
    }
  }

  return {
    async look(site) {
      if (isStopping) return
      const leave = site.enter('platform')
      let worker: JobWorker | undefined
      try {
        worker = workerOf(site)
        const before = known.get(site)
        const at = now()
        await timetable.enqueueDue(site.resources().db, site.snapshot.id)
        known.set(site, { lookedAt: at, nextDue: before?.nextDue })
        await worker.look()
      } finally {
        if (worker === undefined) leave()
        else void stayUntilIdle(site, worker, leave)
      }
    },
    isDue(site) {
      const { lookedAt = startedAt, nextDue } = known.get(site) ?? {}
      return (nextDue !== undefined && nextDue <= now()) || lookedAt < dueAt
    },
    async settled(site, patienceMs) {
      const worker = active.get(site)
      if (worker === undefined) return
      const over = new AbortController()
      const patience = pause(patienceMs, undefined, { signal: over.signal }).catch(() => undefined)
      await Promise.race([worker.idle(), patience])
      over.abort()
    },
    readClock() {
      const at = now()
      if (timetable.isDue(readAt, at)) dueAt = at
      readAt = at
    },
    async stop() {
      isStopping = true
      await Promise.all([...active.values()].map((worker) => worker.stop()))
    },
  }
}
