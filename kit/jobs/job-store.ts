// All SQL of claiming and running jobs. The lease is the fence: what no longer holds it changes nothing.
import { newId } from '../ids/index.ts'
import { maybe, one, rows, sql, withScope, type Db } from '../sql/index.ts'
import type { JobResult } from './define-job.ts'
import type { Queue } from './queues.ts'

const keptDays = 30
/** Of what the platform did for itself without trouble. */
const keptRoutineDays = 1
/** Ended jobs that one round forgets. */
const forgottenAtOnce = 1_000

/** A job that is ours until its lease ends. */
export interface Claim {
  id: string
  name: string
  queue: Queue
  tenantId: string | null
  requestedBy: string | null
  payload: unknown
  attempt: number
  maxAttempts: number
  timeoutMs: number
  lease: string
}

export interface Progress {
  share: number
  text: string | null
}

const asPlatform = { operator: true } as const

/** The first due job of the queues in their order; jobs of unknown names are left to others. */
export function claimJob(
  db: Db,
  wanted: { queues: readonly Queue[]; names: readonly string[]; leaseMs: number },
): Promise<Claim | undefined> {
  const { queues, names, leaseMs } = wanted
  const lease = newId()
  const firstOf = (queue: Queue | undefined) => sql`(
    select id from jobs.jobs where state = 'queued' and queue = ${queue ?? null} and run_at <= clock_timestamp() and name = any(${names})
    order by run_at, id limit 1 for update skip locked
  )`
  return withScope(db, asPlatform, (tx) =>
    maybe(
      tx,
      sql<Claim>`
        update jobs.jobs set
          state = 'running', attempts = attempts + 1, started_at = clock_timestamp(), progress = 0, progress_text = null,
          lease = ${lease}, leased_until = clock_timestamp() + ${leaseMs} * interval '1 ms'
        where id = coalesce(${firstOf(queues[0])}, ${firstOf(queues[1])}, ${firstOf(queues[2])})
        returning id, name, queue, tenant_id as "tenantId", requested_by as "requestedBy", payload, attempts as attempt,
          max_attempts as "maxAttempts", timeout_ms as "timeoutMs", lease`,
    ),
  )
}

/** Queues again what processes had that no longer renew their leases; without attempts left it has failed. Answers their ids. */
export async function freeLostJobs(db: Db): Promise<string[]> {
  const freed = await withScope(db, asPlatform, (tx) =>
    rows(
      tx,
      sql<{ id: string }>`
        update jobs.jobs set
          state = case when attempts >= max_attempts then 'failed' else 'queued' end,
          ended_at = case when attempts >= max_attempts then clock_timestamp() end,
          run_at = clock_timestamp(), lease = null, leased_until = null,
          last_error = 'The process that ran it ended without a word.'
        where id in (
          select id from jobs.jobs where state = 'running' and leased_until <= clock_timestamp() for update skip locked
        )
        returning id`,
    ),
  )
  return freed.map(({ id }) => id)
}

/** Renews the lease and notes the progress; false when it is not ours any more. */
export async function renewLease(
  db: Db,
  { id, lease }: Claim,
  { leaseMs, progress }: { leaseMs: number; progress: Progress | undefined },
): Promise<boolean> {
  const renewed = await withScope(db, asPlatform, (tx) =>
    maybe(
      tx,
      sql`
        update jobs.jobs set
          leased_until = clock_timestamp() + ${leaseMs} * interval '1 ms',
          progress = coalesce(${progress?.share ?? null}::real, progress),
          progress_text = coalesce(${progress?.text ?? null}, progress_text)
        where id = ${id} and lease = ${lease}
        returning id`,
    ),
  )
  return renewed !== undefined
}

/** Each of the ends below answers false when the lease was lost meanwhile: then nothing is recorded. */
export const recordSuccess = (db: Db, claim: Claim, result: JobResult): Promise<boolean> =>
  end(
    db,
    claim,
    sql`state = 'succeeded', ended_at = clock_timestamp(), progress = 1, last_error = null,
      result = ${result === undefined ? null : JSON.stringify(result)}::jsonb`,
  )

/** Again after e, e^2, e^3 ... seconds, at most six hours; or never. */
export const recordFailure = (db: Db, claim: Claim, failure: { reason: string; isFinal: boolean }): Promise<boolean> =>
  failure.isFinal
    ? end(db, claim, sql`state = 'failed', ended_at = clock_timestamp(), last_error = ${failure.reason}`)
    : end(
        db,
        claim,
        sql`state = 'queued', last_error = ${failure.reason},
          run_at = clock_timestamp() + exp(least(attempts, 10)) * (1 + random() / 5) * interval '1 second'`,
      )

/** Hands it back as if it had not begun. */
export const giveBack = (db: Db, claim: Claim): Promise<boolean> =>
  end(db, claim, sql`state = 'queued', attempts = attempts - 1, run_at = clock_timestamp()`)

async function end(db: Db, { id, lease }: Claim, changes: ReturnType<typeof sql>): Promise<boolean> {
  const ended = await withScope(db, asPlatform, (tx) =>
    maybe(
      tx,
      sql`update jobs.jobs set ${changes}, lease = null, leased_until = null where id = ${id} and lease = ${lease} returning id`,
    ),
  )
  return ended !== undefined
}

/** When something is to be done next: a job falls due or a lease ends; undefined when nothing is open. */
export async function nextDue(db: Db, names: readonly string[]): Promise<Date | undefined> {
  const { due } = await withScope(db, asPlatform, (tx) =>
    one(
      tx,
      sql<{ due: Date | null }>`select least(
        (select min(run_at) from jobs.jobs where state = 'queued' and name = any(${names})),
        (select min(leased_until) from jobs.jobs where state = 'running')
      ) as due`,
    ),
  )
  return due ?? undefined
}

/** Removes jobs that ended more than 30 days ago; what the clock asked for and went well goes after a day. */
export const forgetEndedJobs = (db: Db): Promise<unknown> =>
  withScope(db, asPlatform, (tx) =>
    sql`
      delete from jobs.jobs where id in (
        select id from jobs.jobs where ended_at < clock_timestamp() - make_interval(days =>
          case when state = 'succeeded' and key like 'schedule:%' then ${keptRoutineDays}::int else ${keptDays}::int end)
        order by ended_at limit ${forgottenAtOnce} for update skip locked
      )`.execute(tx),
  )
