import type { Db } from '../sql/index.ts'
import { FinalFailure, type JobContext, type JobResult, type RunnableJob } from './define-job.ts'
import { giveBack, recordFailure, recordSuccess, renewLease, type Claim, type Progress } from './job-store.ts'
import type { WorkerLog } from './worker-log.ts'

const longestReason = 500
const longestText = 200
/** Progress is written at most this often; the rest goes with the next renewal. */
const progressMs = 500

export interface RunOptions<Deps> {
  db: Db
  deps: Deps
  leaseMs: number
  /** Fires when the process has no more time. */
  hurry: AbortSignal
  log: WorkerLog
}

class LeaseLost extends Error {}
class ShutDown extends Error {}
class TimedOut extends Error {}

/** Runs a claimed job to its end and records that; never rejects. */
export async function runClaimed<Deps>(claim: Claim, job: RunnableJob<Deps>, options: RunOptions<Deps>): Promise<void> {
  const { db, log, hurry } = options
  const stop = new AbortController()
  const onHurry = (): void => stop.abort(new ShutDown('the process shuts down'))
  hurry.addEventListener('abort', onHurry)
  if (hurry.aborted) onHurry()
  const seconds = claim.timeoutMs / 1_000
  const timeout = setTimeout(() => stop.abort(new TimedOut(`It took longer than ${seconds} s.`)), claim.timeoutMs)
  const keeper = keepLease(claim, stop, options)
  let outcome: () => Promise<boolean>
  try {
    const result = await untilAborted(job.execute(claim.payload, contextOf(claim, stop.signal, keeper, options)), stop)
    outcome = () => recordSuccess(db, claim, result)
  } catch (error) {
    outcome = outcomeOf(claim, stop.signal.aborted ? stop.signal.reason : error, options)
  }
  clearTimeout(timeout)
  hurry.removeEventListener('abort', onHurry)
  await keeper.stop()
  try {
    if (!(await outcome()))
      log.warn({ job: claim.name, id: claim.id }, 'a job was discarded or taken over while it ran')
  } catch (error) {
    // Whoever finds the lease ended runs it again.
    log.warn({ err: error, job: claim.name, id: claim.id }, 'the end of a job could not be recorded')
  }
}

function outcomeOf<Deps>(claim: Claim, error: unknown, { db, log }: RunOptions<Deps>): () => Promise<boolean> {
  if (error instanceof LeaseLost) return async () => false
  if (error instanceof ShutDown) return () => giveBack(db, claim)
  const isFinal = error instanceof FinalFailure || claim.attempt >= claim.maxAttempts
  log.warn({ err: error, job: claim.name, id: claim.id, attempt: claim.attempt, isFinal }, 'a job failed')
  return () => recordFailure(db, claim, { reason: reasonOf(error), isFinal })
}

function contextOf<Deps>(
  claim: Claim,
  signal: AbortSignal,
  keeper: Keeper,
  { deps }: RunOptions<Deps>,
): JobContext<Deps> {
  const { id: jobId, tenantId, requestedBy, attempt } = claim
  return { jobId, tenantId, requestedBy, attempt, deps, signal, progress: keeper.progress }
}

/** A job that does not listen to its signal is left behind: its attempt is over all the same. */
function untilAborted(run: Promise<JobResult>, { signal }: AbortController): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    run.then(resolve, reject)
    const leave = (): void => reject(signal.reason as Error) // one of the three above
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
}

interface Keeper {
  progress(share: number, text?: string): void
  stop(): Promise<void>
}

/** Renews the lease three times in its length and writes progress down; a lease that is lost, or can no longer be ours, aborts. */
function keepLease<Deps>(claim: Claim, stop: AbortController, { db, leaseMs, log }: RunOptions<Deps>): Keeper {
  let progress: Progress | undefined
  let renewedAt = performance.now()
  let isOver = false
  let timer: NodeJS.Timeout
  let renewing: Promise<void> = Promise.resolve()

  const renew = async (): Promise<void> => {
    const begun = performance.now()
    const told = progress
    progress = undefined
    try {
      if (await renewLease(db, claim, { leaseMs, progress: told })) renewedAt = begun
      else stop.abort(new LeaseLost('the job was discarded or taken over'))
    } catch (error) {
      progress ??= told
      log.warn({ err: error, job: claim.name, id: claim.id }, 'renewing the lease of a job failed')
      if (performance.now() - renewedAt > leaseMs) stop.abort(new LeaseLost('the lease could not be renewed'))
    }
  }
  const later = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      renewing = renew().finally(() => {
        if (!isOver) later(progress === undefined ? leaseMs / 3 : progressMs)
      })
    }, ms)
  }
  later(leaseMs / 3)
  return {
    progress(share, text) {
      const isFirst = progress === undefined
      progress = { share: Math.min(1, Math.max(0, share)), text: text?.slice(0, longestText) ?? progress?.text ?? null }
      if (isFirst && !isOver) later(Math.min(leaseMs / 3, progressMs))
    },
    async stop() {
      isOver = true
      clearTimeout(timer)
      await renewing
    },
  }
}

/** One short line: details belong into the log, and credentials in addresses nowhere. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message
    .replaceAll(/\/\/[^/@\s]+@/g, '//***@')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .toWellFormed()
    .slice(0, longestReason)
}
