// Effects in the database: one transaction for many events of a handler, a savepoint for each. A commit per event waits for the disk
// a hundred thousand times; one for fifty is as safe, because the effects and the notes "delivered" still commit together.
import { enterScope, sql, withScope, type Db, type Tx } from '../sql/index.ts'
import {
  lockLeased,
  recordFailure,
  recordSuccess,
  release,
  renew,
  turnOf,
  type Claim,
  type ClaimLimits,
} from './claims.ts'
import type { TransactionHandler } from './handlers.ts'
import { contextOf, fail, report, type RunOptions } from './run-claims.ts'

interface Failure {
  claim: Claim
  error: unknown
  dead: boolean
}

interface Outcome {
  delivered: Claim[]
  failures: Failure[]
  /** Not begun, ours to hand back. */
  left: Claim[]
}

/**
 * Claims of one handler in their order. An effect that fails is undone and pauses alone, what follows it in its aggregate is handed
 * back; the others commit. If the transaction itself fails, each event is tried in one of its own, so that the one to blame pauses
 * alone as well. Returns the successes.
 */
export async function runInTransaction(
  db: Db,
  handler: TransactionHandler,
  claims: readonly Claim[],
  limits: ClaimLimits,
  options: RunOptions,
): Promise<number> {
  const ours = await renew(db, claims, limits)
  const [first] = ours
  if (first === undefined) return 0
  try {
    await options.failpoints?.('claimed')
    const outcome = await withScope(db, { operator: true }, (tx) => attemptAll(tx, handler, ours, limits, options))
    await options.failpoints?.('marked')
    for (const { claim, error, dead } of outcome.failures) report([claim], error, dead, options)
    await release(db, outcome.left)
    return outcome.delivered.length
  } catch (error) {
    if (ours.length > 1) return runEachAlone(db, handler, ours, limits, options)
    await fail(db, ours, error, limits, options)
    return 0
  }
}

async function runEachAlone(
  db: Db,
  handler: TransactionHandler,
  claims: readonly Claim[],
  limits: ClaimLimits,
  options: RunOptions,
): Promise<number> {
  const heldBack = new Set<string>()
  const left: Claim[] = []
  let delivered = 0
  for (const next of claims) {
    if (options.signal?.aborted === true || heldBack.has(turnOf(next))) left.push(next)
    else if ((await runInTransaction(db, handler, [next], limits, options)) === 1) delivered += 1
    else heldBack.add(turnOf(next))
  }
  await release(db, left)
  return delivered
}

async function attemptAll(
  tx: Tx,
  handler: TransactionHandler,
  claims: readonly Claim[],
  limits: ClaimLimits,
  options: RunOptions,
): Promise<Outcome> {
  // Locked until the commit: nobody takes them over meanwhile, however long the handler needs.
  const leased = await lockLeased(tx, claims)
  const heldBack = new Set(claims.filter(({ event }) => !leased.has(event.id)).map(turnOf))
  const outcome: Outcome = { delivered: [], failures: [], left: [] }
  let tenantId: string | undefined
  await sql`savepoint effect`.execute(tx)
  for (const next of claims.filter(({ event }) => leased.has(event.id))) {
    if (options.signal?.aborted === true || heldBack.has(turnOf(next))) {
      outcome.left.push(next)
      continue
    }
    try {
      if (tenantId !== next.event.tenantId) await enterScope(tx, { tenantId: next.event.tenantId })
      await handler.handle(tx, next.event, contextOf(next, options))
      await sql`release savepoint effect; savepoint effect`.execute(tx)
      tenantId = next.event.tenantId
      outcome.delivered.push(next)
      await options.failpoints?.('handled')
    } catch (error) {
      await sql`rollback to savepoint effect`.execute(tx)
      // The scope may have gone back as well.
      tenantId = undefined
      heldBack.add(turnOf(next))
      outcome.failures.push({ claim: next, error, dead: false })
      await options.failpoints?.('undone')
    }
  }
  await note(tx, outcome, limits)
  await options.failpoints?.('marking')
  return outcome
}

async function note(tx: Tx, { delivered, failures }: Outcome, limits: ClaimLimits): Promise<void> {
  await enterScope(tx, { operator: true })
  await recordSuccess(tx, delivered)
  for (const failure of failures) failure.dead = await recordFailure(tx, [failure.claim], failure.error, limits)
}
