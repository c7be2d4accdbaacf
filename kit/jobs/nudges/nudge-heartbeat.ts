import type { Pool } from 'pg'
import type { WorkerLog } from '../worker-log.ts'

export interface HeartbeatOptions {
  /** A pool of one connection of its own: a busy main pool must not make us look dead. */
  pool: Pool
  /** The id under which graphile-worker locks jobs. */
  poolId: string
  workerId: string
  intervalMs: number
  /** A worker that has been silent for longer is dead, by the database's clock. */
  silentAfterMs: number
  log: WorkerLog
}

export interface Heartbeat {
  stop(): Promise<void>
}

/**
 * Says every `intervalMs` that this worker lives, and unlocks the jobs of those that do not. A timer of the event loop on purpose: a
 * worker whose loop hangs cannot work either, and loses its jobs.
 */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { intervalMs, log } = options
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const beat = async (): Promise<void> => {
    try {
      const released = await beatOnce(options)
      if (released.length > 0) log.warn({ workers: released }, 'unlocked the jobs of dead workers')
    } catch (error) {
      log.warn({ err: error }, 'job heartbeat failed')
    }
    if (!stopped) timer = setTimeout(() => void (beating = beat()), intervalMs)
  }
  let beating = beat()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await beating
      await options.pool.query('delete from jobs.workers where pool_id = $1', [options.poolId]).catch(() => {})
    },
  }
}

async function beatOnce({ pool, poolId, workerId, silentAfterMs }: HeartbeatOptions): Promise<string[]> {
  await pool.query({ name: 'jobs_beat', text: beatStatement, values: [poolId, workerId] })
  const { rows } = await pool.query<{ silent: string[] | null }>({
    name: 'jobs_silent',
    text: silentStatement,
    values: [silentAfterMs],
  })
  const silent = rows[0]?.silent ?? []
  if (silent.length === 0) return []
  await pool.query({
    name: 'jobs_unlock',
    text: 'select graphile_worker.force_unlock_workers($1::text[])',
    values: [silent],
  })
  await pool.query({
    name: 'jobs_bury',
    text: 'delete from jobs.workers where pool_id = any($1::text[])',
    values: [silent],
  })
  // Nobody is told when jobs become free; this is the message that makes pools look for work.
  await pool.query(`select pg_notify('jobs:insert', '{"count":10}')`)
  return silent
}

const beatStatement = `
  insert into jobs.workers (pool_id, worker_id) values ($1, $2)
  on conflict (pool_id) do update set seen_at = clock_timestamp()`

// A lock younger than the limit may belong to a pool that has had no time to sign in; it is left alone.
const silentStatement = `
  select array_agg(locked_by) as silent from (
    select locked_by from graphile_worker._private_jobs
    where locked_at < clock_timestamp() - $1 * interval '1 ms'
    union
    select locked_by from graphile_worker._private_job_queues
    where locked_at < clock_timestamp() - $1 * interval '1 ms'
  ) as locks
  where locked_by is not null and not exists (
    select from jobs.workers w where w.pool_id = locked_by and w.seen_at > clock_timestamp() - $1 * interval '1 ms'
  )`
