import type { z } from 'zod'
import type { Queue } from './queues.ts'

/** What a job learns besides its payload. */
export interface JobContext<Deps = unknown> {
  /** Id of the row; the same for every attempt. */
  readonly jobId: string
  /** The tenant that the row names, null for work of the platform itself. Open transactions with `withScope(db, {tenantId}, ...)`. */
  readonly tenantId: string | null
  /** The user who asked for it, null for the platform itself. */
  readonly requestedBy: string | null
  /** Counts from 1. */
  readonly attempt: number
  readonly deps: Deps
  /** Fires when the time is up, somebody discarded the job, its lease is lost, or the process shuts down: stop soon. */
  readonly signal: AbortSignal
  /** How far it is, from 0 to 1, and in a few words. Call it as often as you like: it is written down now and then. */
  progress(share: number, text?: string): void
}

/** What a job may leave behind for whoever asked: references, never secrets. */
export type JobResult = Readonly<Record<string, unknown>> | undefined

/** A job with its payload type erased: what a worker executes. Made only by `defineJob`. */
export interface RunnableJob<Deps> {
  readonly name: string
  readonly queue: Queue
  /** After that many failed attempts the job is `failed`, until somebody retries it. */
  readonly maxAttempts: number
  readonly timeoutMs: number
  execute(payload: unknown, context: JobContext<Deps>): Promise<JobResult>
}

export interface JobDefinition<Schema extends z.ZodType, Deps> extends RunnableJob<Deps> {
  readonly payload: Schema
  /** The unique key of a job with this payload, if it has one. */
  keyOf(payload: z.output<Schema>): string | null
}

/** Throw it where trying again cannot help: the job has failed at once, with the message as its error. */
export class FinalFailure extends Error {
  override readonly name = 'FinalFailure'
}

/**
 * Declares a plain job: a thin shell that parses its payload, loads, and calls one function of its feature. It runs at least once, so it
 * must bear being run again. A throw means "again later", with exponential backoff, up to `maxAttempts` (default 25, about three days);
 * a `FinalFailure` means never again.
 */
export function defineJob<Schema extends z.ZodType, Deps = unknown>(definition: {
  /** Verb and noun, kebab-case: `expire-backups`. Never renamed while jobs of that name are queued. */
  name: string
  /** References only, never secrets: payloads are stored in clear. */
  payload: Schema
  /** Default `default`. `high`: somebody waits for it; `low`: long, and nobody does. */
  queue?: Queue
  maxAttempts?: number
  /** Default 10 minutes. Then the signal fires and the attempt has failed. */
  timeoutMs?: number
  /** Of the open jobs of one tenant one at most has a key: enqueueing it again replaces the payload of the one that waits. */
  key?: (payload: z.output<Schema>) => string
  run: (payload: z.output<Schema>, context: JobContext<Deps>) => Promise<JobResult | void>
}): JobDefinition<Schema, Deps> {
  const { name, payload, queue = 'default', maxAttempts = 25, timeoutMs = 600_000, key, run } = definition
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new Error(`Job name ${name} is not kebab-case`)
  return {
    name,
    payload,
    queue,
    maxAttempts,
    timeoutMs,
    keyOf: (parsed) => key?.(parsed) ?? null,
    async execute(raw, context) {
      return (await run(await payload.parseAsync(raw), context)) ?? undefined
    },
  }
}
