import { z } from 'zod'
import { jobStates, queues, type JobRow } from '@platen/kit/jobs'

const actionNames = ['retry', 'discard'] as const

/** A job as the API tells it. */
export const jobSchema = z
  .strictObject({
    id: z.uuid(),
    tenantId: z.uuid().nullable(),
    name: z.string(),
    queue: z.enum(queues),
    state: z.enum(jobStates),
    progress: z.number().min(0).max(1),
    progressText: z.string().nullable(),
    attempts: z.int(),
    maxAttempts: z.int(),
    lastError: z.string().nullable(),
    requestedBy: z.uuid().nullable(),
    runAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
    /** What it made, for whoever may have it: the link lives for some minutes, ask again for another. Null in lists. */
    file: z.strictObject({ url: z.url(), rows: z.int(), sizeBytes: z.int(), expiresInSeconds: z.int() }).nullable(),
    actions: z.array(
      z.strictObject({ name: z.enum(actionNames), allowed: z.boolean(), reason: z.string().nullable() }),
    ),
  })
  .meta({ id: 'Job' })
export type JobAnswer = z.infer<typeof jobSchema>

export function toJobAnswer(job: JobRow, file: JobAnswer['file'] = null): JobAnswer {
  const { result: _result, runAt, createdAt, startedAt, endedAt, ...rest } = job
  return {
    ...rest,
    // A real has seven digits.
    progress: Math.round(job.progress * 10_000) / 10_000,
    runAt: runAt.toISOString(),
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    file,
    actions: actionNames.map((name) => {
      const reason = objections[name](job)
      return { name, allowed: reason === null, reason }
    }),
  }
}

const objections: Record<(typeof actionNames)[number], (job: JobRow) => string | null> = {
  retry: ({ state }) => (state === 'failed' ? null : 'Only a failed job can be retried.'),
  discard: ({ state }) => (state === 'succeeded' || state === 'discarded' ? 'It has ended.' : null),
}
