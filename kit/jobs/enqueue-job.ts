import type { z } from 'zod'
import { one, sql, type Db } from '../sql/index.ts'
import type { JobDefinition } from './define-job.ts'

export interface EnqueueOptions {
  /** Whose work it is; null is the platform's own. Must be the tenant of the transaction's scope, unless that is an operator's. */
  tenantId: string | null
  /** Default: at once. */
  runAt?: Date
  /** A queued job of the same key is replaced, so that one is left to run: nudges coalesce. */
  key?: string
  /** Jobs of one queue run one after another. Few different names, never one per row. */
  queue?: string
  /** Lower runs sooner, default 0. */
  priority?: number
}

/**
 * Queues a job in the caller's transaction: it runs only if that commits, and soon after. Returns the job's id.
 * @throws ZodError if the payload does not fit, DatabaseError 42501 if `tenantId` is not the transaction's.
 */
export async function enqueueJob<Schema extends z.ZodType, Deps>(
  tx: Db,
  job: JobDefinition<Schema, Deps>,
  payload: z.input<Schema>,
  options: EnqueueOptions,
): Promise<string> {
  await job.payload.parseAsync(payload)
  const { tenantId, runAt = null, key = null, queue = null, priority = null } = options
  const { id } = await one(
    tx,
    sql<{ id: string }>`
      select jobs.enqueue(
        ${job.name}, ${tenantId}::uuid, ${JSON.stringify(payload)}::jsonb, ${queue}, ${runAt}::timestamptz, ${job.maxAttempts}::integer,
        ${key}, ${priority}::integer
      ) as id`,
  )
  return id
}
