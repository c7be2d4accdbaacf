import { defineList, type ListQuery, type Page } from '../lists/index.ts'
import { maybe, one, rows, sql, violates, type Tx } from '../sql/index.ts'
import { jobProblems } from './problems.ts'
import { queues, type Queue } from './queues.ts'

export const jobStates = ['queued', 'running', 'succeeded', 'failed', 'discarded'] as const
export type JobState = (typeof jobStates)[number]

/** A job as whoever may see it is told of it. */
export interface JobRow {
  id: string
  tenantId: string | null
  name: string
  queue: Queue
  state: JobState
  progress: number
  progressText: string | null
  attempts: number
  maxAttempts: number
  lastError: string | null
  result: Record<string, unknown> | null
  requestedBy: string | null
  runAt: Date
  createdAt: Date
  startedAt: Date | null
  endedAt: Date | null
}

const columns = sql`id, tenant_id as "tenantId", name, queue, state, progress, progress_text as "progressText", attempts,
  max_attempts as "maxAttempts", last_error as "lastError", result, requested_by as "requestedBy", run_at as "runAt",
  created_at as "createdAt", started_at as "startedAt", ended_at as "endedAt"`

/** Filters and sort of jobs; newest first. */
export const jobList = defineList({
  fields: {
    state: { type: 'enum', values: jobStates, column: sql`state` },
    name: { type: 'text', column: sql`name`, sort: true },
    queue: { type: 'enum', values: queues, column: sql`queue` },
    requestedBy: { type: 'uuid', column: sql`requested_by`, isNullable: true },
    createdAt: { type: 'time', column: sql`created_at`, sort: 'as-created' },
    endedAt: { type: 'time', column: sql`ended_at`, sort: true, isNullable: true },
  },
  defaultSort: ['-createdAt'],
  tieBreaker: { type: 'uuid', column: sql`id` },
})

/** One page, as far as the transaction's scope sees. */
export const listJobs = (tx: Tx, query: ListQuery): Promise<Page<JobRow>> =>
  jobList.read(
    tx,
    query,
    ({ key, where, rest }) => sql<JobRow>`select ${columns}, ${key} from jobs.jobs where ${where} ${rest}`,
  )

/** @throws problem `job-not-found`. */
export async function readJob(tx: Tx, id: string): Promise<JobRow> {
  const job = await maybe(tx, sql<JobRow>`select ${columns} from jobs.jobs where id = ${id}`)
  if (job === undefined) throw jobProblems.problem('job-not-found', 'There is no job of this id.')
  return job
}

/** Queues a failed job again, with all its attempts before it. @throws problems `job-not-found`, `job-not-failed`, `job-already-open`. */
export async function retryJob(tx: Tx, id: string): Promise<JobRow> {
  const before = await lockJob(tx, id)
  if (before.state !== 'failed')
    throw jobProblems.problem('job-not-failed', `The job ${before.name} is ${before.state}; nothing was queued.`)
  try {
    return await one(
      tx,
      sql<JobRow>`
        update jobs.jobs set state = 'queued', attempts = 0, progress = 0, progress_text = null, ended_at = null, run_at = clock_timestamp()
        where id = ${id} returning ${columns}`,
    )
  } catch (error) {
    if (!violates(error, 'jobs_open_key')) throw error
    throw jobProblems.problem('job-already-open', `Another ${before.name} for the same thing waits or runs.`)
  }
}

/**
 * Gives a job up: one that waits or has failed will not run; one that runs is told to stop when its lease is renewed next, and records
 * nothing any more. @throws problems `job-not-found`, `job-ended`.
 */
export async function discardJob(tx: Tx, id: string): Promise<JobRow> {
  const before = await lockJob(tx, id)
  if (before.state === 'succeeded' || before.state === 'discarded')
    throw jobProblems.problem('job-ended', `The job ${before.name} is ${before.state}; nothing was changed.`)
  return one(
    tx,
    sql<JobRow>`
      update jobs.jobs set state = 'discarded', ended_at = clock_timestamp(), lease = null, leased_until = null
      where id = ${id} returning ${columns}`,
  )
}

/** What jobs of this name left behind longer ago than some days, oldest first; at most 500. */
export const staleResults = (
  tx: Tx,
  { name, days }: { name: string; days: number },
): Promise<Pick<JobRow, 'id' | 'tenantId' | 'result'>[]> =>
  rows(
    tx,
    sql<Pick<JobRow, 'id' | 'tenantId' | 'result'>>`
      select id, tenant_id as "tenantId", result from jobs.jobs
      where name = ${name} and result is not null and ended_at < clock_timestamp() - make_interval(days => ${days}::int)
      order by ended_at limit 500`,
  )

/** Forgets what a job left behind, once it is gone. */
export const clearResult = (tx: Tx, id: string): Promise<unknown> =>
  sql`update jobs.jobs set result = null where id = ${id}`.execute(tx)

async function lockJob(tx: Tx, id: string): Promise<Pick<JobRow, 'name' | 'state'>> {
  const job = await maybe(
    tx,
    sql<Pick<JobRow, 'name' | 'state'>>`select name, state from jobs.jobs where id = ${id} for update`,
  )
  if (job === undefined) throw jobProblems.problem('job-not-found', 'There is no job of this id.')
  return job
}
