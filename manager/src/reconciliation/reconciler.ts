import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '@platen/kit/logging'
import { sql, type Db } from '@platen/kit/sql'
import type { Difference, ReportedDifference, ScopePlan } from './difference.ts'
import {
  keyOf,
  readSightings,
  recordAttempt,
  recordRepair,
  recordSightings,
  savePlan,
  type Sighting,
} from './reconciliation-store.ts'
import type { ReconciliationScope } from './scope.ts'

/** After a repair that did not last: 25 s, 50 s, 100 s ... 10 minutes. A little below the period, so that a look is not missed by a hair. */
const backoffBaseMs = 25_000
const backoffMaxMs = 600_000
const busyPollMs = 100

export interface RunOptions {
  /** Compares and says what would be done; writes nothing at all. */
  dryRun?: boolean
  /** A person asked: what was tried a moment ago is tried again. Removals still wait for their second look. */
  insistent?: boolean
  /** How long to wait for a run of somebody else on the same scope. Default 0: leave it to them. */
  waitMs?: number
  signal?: AbortSignal
}

/** The one way in which everything is compared and repaired: by the clock, when woken, and when somebody asks. */
export interface Reconciler {
  /** One plan per scope, in order. A scope at which somebody else is at work is left out. */
  run(options?: RunOptions): Promise<ScopePlan[]>
}

export interface ReconcilerOptions {
  db: Db
  scopes: readonly ReconciliationScope[]
  logger?: Logger
  now?: () => Date
}

export function createReconciler(options: ReconcilerOptions): Reconciler {
  return {
    async run(request = {}) {
      const plans: ScopePlan[] = []
      for (const scope of options.scopes) {
        request.signal?.throwIfAborted()
        // A dry run needs no lock: it changes nothing.
        const plan =
          request.dryRun === true ? await preview(scope, options, request) : await runLocked(scope, options, request)
        if (plan !== undefined) plans.push(plan)
      }
      return plans
    },
  }
}

async function preview(
  scope: ReconciliationScope,
  options: ReconcilerOptions,
  { signal }: RunOptions,
): Promise<ScopePlan> {
  return timed(scope, options, async (now) => {
    const seen = await scope.differences(now, { signal, fresh: true })
    const sightings = await readSightings(options.db, scope.name)
    return seen.map((difference) => {
      const sighting = sightings.get(keyOf(difference)) ?? { firstSeenAt: now, attempts: 0, attemptedAt: null }
      const [outcome, message] = intention(difference, sighting, now, true)
      return report(difference, sighting, outcome === 'repair' ? 'planned' : outcome, message)
    })
  })
}

/** One at a time per scope on the whole platform: the lock belongs to a connection, so it ends with its holder. */
async function runLocked(
  scope: ReconciliationScope,
  options: ReconcilerOptions,
  request: RunOptions,
): Promise<ScopePlan | undefined> {
  const key = `platen.reconciliation.${scope.name}`
  return options.db.connection().execute(async (connection) => {
    const deadline = performance.now() + (request.waitMs ?? 0)
    while (!(await tryLock(connection, key))) {
      if (performance.now() >= deadline) return undefined
      await pause(busyPollMs, undefined, request.signal ? { signal: request.signal } : {})
    }
    try {
      return await runOnce(scope, options, request)
    } finally {
      await sql`SELECT pg_advisory_unlock(hashtextextended(${key}, 0))`.execute(connection)
    }
  })
}

async function tryLock(connection: Db, key: string): Promise<boolean> {
  const { rows } = await sql<{
    taken: boolean
  }>`SELECT pg_try_advisory_lock(hashtextextended(${key}, 0)) AS taken`.execute(connection)
  return rows[0]?.taken === true
}

async function runOnce(
  scope: ReconciliationScope,
  options: ReconcilerOptions,
  request: RunOptions,
): Promise<ScopePlan> {
  const { db, logger } = options
  const plan = await timed(scope, options, (now) => compareAndRepair(scope, options, request, now))
  await savePlan(db, plan)
  if (plan.error !== null) logger?.warn({ scope: scope.name, error: plan.error }, 'nothing could be compared')
  for (const { kind, subject, outcome, detail, message } of plan.differences) {
    if (outcome === 'repaired') logger?.info({ scope: scope.name, kind, subject, detail }, 'repaired')
    if (outcome === 'failed') logger?.warn({ scope: scope.name, kind, subject, detail, message }, 'not repaired')
  }
  await scope
    .afterwards?.({ signal: request.signal })
    .catch((error: unknown) => logger?.warn({ err: error, scope: scope.name }, 'what follows a run did not work'))
  return plan
}

async function compareAndRepair(
  scope: ReconciliationScope,
  { db }: ReconcilerOptions,
  { signal, insistent = false }: RunOptions,
  now: Date,
): Promise<ReportedDifference[]> {
  const seen = await scope.differences(now, { signal, fresh: insistent })
  const sightings = await recordSightings(db, scope.name, seen, now)
  const reported: ReportedDifference[] = []
  let repairs = 0
  for (const difference of seen) {
    const sighting = sightings.get(keyOf(difference))
    if (sighting === undefined) continue
    const [outcome, message] = intention(difference, sighting, now, insistent)
    if (outcome !== 'repair') reported.push(report(difference, sighting, outcome, message))
    else if (repairs >= scope.maxRepairs)
      reported.push(report(difference, sighting, 'waiting', 'left for the next run'))
    else {
      repairs += 1
      await recordAttempt(db, scope.name, difference, now)
      reported.push(await repairOne(scope, difference, sighting, signal))
    }
  }
  return reported
}

async function repairOne(
  scope: ReconciliationScope,
  difference: Difference,
  sighting: Sighting,
  signal: AbortSignal | undefined,
): Promise<ReportedDifference> {
  try {
    const isDone = await scope.repair(difference, (tx) => recordRepair(tx, scope.name, difference), { signal })
    return report(difference, sighting, isDone ? 'repaired' : 'settled', null)
  } catch (error) {
    signal?.throwIfAborted()
    return report(difference, sighting, 'failed', messageOf(error))
  }
}

/** What is to be done about a difference now. */
function intention(
  { remedy, waitMs = 0 }: Difference,
  { firstSeenAt, attempts, attemptedAt }: Sighting,
  now: Date,
  insistent: boolean,
): ['repair' | 'waiting' | 'reported', string | null] {
  if (remedy === null) return ['reported', null]
  const ripeAt = new Date(firstSeenAt.getTime() + waitMs)
  if (now < ripeAt) return ['waiting', `until ${ripeAt.toISOString()}`]
  if (attemptedAt === null || insistent) return ['repair', null]
  const againAt = new Date(attemptedAt.getTime() + Math.min(backoffBaseMs * 2 ** (attempts - 1), backoffMaxMs))
  return now < againAt ? ['waiting', `tried ${attempts} times; again at ${againAt.toISOString()}`] : ['repair', null]
}

const report = (
  { waitMs: _wait, ...difference }: Difference,
  { firstSeenAt }: Sighting,
  outcome: ReportedDifference['outcome'],
  message: string | null,
): ReportedDifference => ({ ...difference, firstSeenAt: firstSeenAt.toISOString(), outcome, message })

async function timed(
  scope: ReconciliationScope,
  { now = () => new Date() }: ReconcilerOptions,
  work: (now: Date) => Promise<ReportedDifference[]>,
): Promise<ScopePlan> {
  const ranAt = now()
  const startedMs = performance.now()
  const done = await work(ranAt).then(
    (differences) => ({ differences, error: null }),
    (error: unknown) => ({ differences: [], error: messageOf(error) }),
  )
  return { scope: scope.name, ranAt, durationMs: Math.round(performance.now() - startedMs), ...done }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
