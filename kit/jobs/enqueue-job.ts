import type { z } from 'zod'
import { newId } from '../ids/index.ts'
import { one, sql, type Db } from '../sql/index.ts'
import type { JobDefinition } from './define-job.ts'

export interface EnqueueOptions {
  /** Whose work it is; null is the platform's own. Must be the tenant of the transaction's scope, unless that is an operator's. */
  tenantId: string | null
  /** The user who asked for it. */
  requestedBy?: string | null
  /** Default: at once. */
  runAt?: Date
  /** Default: what the definition makes of the payload. */
  key?: string
}

/**
 * Queues a job in the caller's transaction, in the control plane as in a site: it runs only if that commits, and soon after. Returns its
 * id. An open job of the same tenant, name and key is returned instead: while it waits it takes the new payload and time, and once it
 * runs it is left alone.
 * @throws ZodError if the payload does not fit, DatabaseError 42501 if `tenantId` is not the transaction's.
 */
export async function enqueueJob<Schema extends z.ZodType, Deps>(
  tx: Db,
  job: JobDefinition<Schema, Deps>,
  payload: z.input<Schema>,
  options: EnqueueOptions,
): Promise<string> {
  const parsed = await job.payload.parseAsync(payload)
  const { tenantId, requestedBy = null, runAt = null, key = job.keyOf(parsed) } = options
  const { id } = await one(
    tx,
    sql<{ id: string }>`
      insert into jobs.jobs as known (id, tenant_id, name, queue, payload, key, requested_by, max_attempts, timeout_ms, run_at)
      values (
        ${newId()}, ${tenantId}::uuid, ${job.name}, ${job.queue}, ${JSON.stringify(payload)}::jsonb, ${key}, ${requestedBy}::uuid,
        ${job.maxAttempts}, ${job.timeoutMs}, coalesce(${runAt}::timestamptz, clock_timestamp())
      )
      on conflict (tenant_id, name, key) where key is not null and state in ('queued', 'running') do update set
        payload = case when known.state = 'queued' then excluded.payload else known.payload end,
        run_at = case when known.state = 'queued' then excluded.run_at else known.run_at end
      returning id`,
  )
  return id
}
