import { withScope, type Db } from '../sql/index.ts'
import { recordFailure, recordSuccess, release, renew, turnOf, type Claim, type ClaimLimits } from './claims.ts'
import type { DeliveryFailpoints } from './failpoints.ts'
import type { BatchHandler, DeliveryFailure, HandlerContext, SendingHandler } from './handlers.ts'

export interface RunOptions {
  signal?: AbortSignal
  onFailure?: (failure: DeliveryFailure) => void
  failpoints?: DeliveryFailpoints
}

/** Sends one after the other. What follows a failure in its aggregate, and what a stop leaves over, is handed back. Returns the successes. */
export async function runOneByOne(
  db: Db,
  handlers: ReadonlyMap<string, SendingHandler>,
  claims: readonly Claim[],
  limits: ClaimLimits,
  options: RunOptions,
): Promise<number> {
  const heldBack = new Set<string>()
  const left: Claim[] = []
  let delivered = 0
  for (const next of claims) {
    const handler = handlers.get(next.handler)
    if (handler === undefined || options.signal?.aborted === true || heldBack.has(turnOf(next))) left.push(next)
    else if (await runOne(db, handler, next, limits, options)) delivered += 1
    else heldBack.add(turnOf(next))
  }
  await release(db, left)
  return delivered
}

/** All at once. False: the target did not take them. */
export async function runTogether(
  db: Db,
  handler: BatchHandler,
  claims: readonly Claim[],
  limits: ClaimLimits,
  options: RunOptions,
): Promise<{ delivered: number; ok: boolean }> {
  const ours = await renew(db, claims, limits)
  const [first] = ours
  if (first === undefined) return { delivered: 0, ok: true }
  try {
    await options.failpoints?.('claimed')
    await handler.sendAll(
      ours.map(({ event }) => event),
      contextOf(first, options),
    )
    await options.failpoints?.('sent')
    return { delivered: await markDelivered(db, ours, options), ok: true }
  } catch (error) {
    await fail(db, ours, error, limits, options)
    return { delivered: 0, ok: false }
  }
}

async function runOne(
  db: Db,
  handler: SendingHandler,
  claimed: Claim,
  limits: ClaimLimits,
  options: RunOptions,
): Promise<boolean> {
  const [next] = await renew(db, [claimed], limits)
  if (next === undefined) return false
  try {
    await options.failpoints?.('claimed')
    await handler.send(next.event, contextOf(next, options))
    await options.failpoints?.('sent')
    return (await markDelivered(db, [next], options)) === 1
  } catch (error) {
    await fail(db, [next], error, limits, options)
    return false
  }
}

async function markDelivered(db: Db, claims: readonly Claim[], { failpoints }: RunOptions): Promise<number> {
  const marked = await withScope(db, { operator: true }, async (tx) => {
    const count = await recordSuccess(tx, claims)
    await failpoints?.('marking')
    return count
  })
  await failpoints?.('marked')
  return marked
}

/** Schedules the next attempt of all of them in a transaction of its own. */
export async function fail(
  db: Db,
  claims: readonly Claim[],
  error: unknown,
  limits: ClaimLimits,
  options: RunOptions,
): Promise<void> {
  const dead = await withScope(db, { operator: true }, (tx) => recordFailure(tx, claims, error, limits))
  report(claims, error, dead, options)
}

export function report(claims: readonly Claim[], error: unknown, dead: boolean, { onFailure }: RunOptions): void {
  const [first] = claims
  if (first === undefined) return
  const { handler, event, attempt } = first
  onFailure?.({ handler, event, events: claims.length, attempt, error, dead })
}

export function contextOf({ attempt, leaseEndsAtMs }: Claim, { signal }: RunOptions): HandlerContext {
  const lease = AbortSignal.timeout(Math.max(0, Math.floor(leaseEndsAtMs - performance.now())))
  return { attempt, signal: signal === undefined ? lease : AbortSignal.any([lease, signal]) }
}
