import type { z } from 'zod'

/** What a job learns besides its payload. */
export interface JobContext<Deps = unknown> {
  /** Id of the queued row; the same for every attempt. */
  readonly jobId: string
  /** The tenant that the envelope names, null for work of the platform itself. Open transactions with `withScope(db, {tenantId}, ...)`. */
  readonly tenantId: string | null
  /** Counts from 1. */
  readonly attempt: number
  readonly deps: Deps
  /** Fires when the runner shuts down: stop soon, the job runs again elsewhere. */
  readonly signal: AbortSignal
}

/** A job with its payload type erased: what a runner executes. Made only by `defineJob`. */
export interface RunnableJob<Deps> {
  readonly name: string
  /** After that many failed attempts the job stays in the table with its last error. */
  readonly maxAttempts: number
  execute(payload: unknown, context: JobContext<Deps>): Promise<void>
}

export interface JobDefinition<Schema extends z.ZodType, Deps> extends RunnableJob<Deps> {
  readonly payload: Schema
}

/**
 * Declares a plain job: a thin shell that parses its payload, loads, and calls one function of its feature. It runs at least once, so it
 * must bear being run again. A throw means "again later", with exponential backoff, up to `maxAttempts` (default 25, about three days).
 */
export function defineJob<Schema extends z.ZodType, Deps = unknown>(definition: {
  /** Verb and noun, kebab-case: `expire-backups`. Never renamed while jobs of that name are queued. */
  name: string
  /** References only, never secrets: payloads are stored in clear. */
  payload: Schema
  maxAttempts?: number
  run: (payload: z.output<Schema>, context: JobContext<Deps>) => Promise<void>
}): JobDefinition<Schema, Deps> {
  const { name, payload, run, maxAttempts = 25 } = definition
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new Error(`Job name ${name} is not kebab-case`)
  return {
    name,
    payload,
    maxAttempts,
    async execute(raw, context) {
      await run(await payload.parseAsync(raw), context)
    },
  }
}
