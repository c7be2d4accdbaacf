// Delivery in three short steps, each safe to lose: distribute (one delivery row per event and subscribed handler), claim (lease rows
// whose turn it is), run (effects and the notes "delivered" in one transaction). Any number of processes may do this at once.
//
// No step says `id > last seen`: transactions commit in another order than they took their numbers, and such a reader loses events.
import { one, sql, type Db } from '../sql/index.ts'
import { claim, release, type ClaimLimits } from './claims.ts'
import { distribute, register } from './distribute.ts'
import type { BatchHandler, EventHandler, SendingHandler, TransactionHandler } from './handlers.ts'
import { runOneByOne, runTogether, type RunOptions } from './run-claims.ts'
import { runInTransaction } from './run-transactions.ts'

/** So many events a `sendAll` is given at most. */
const TOGETHER = 500
/** Effects in one transaction. Below 64, the savepoints of a transaction that PostgreSQL keeps track of in memory. */
const IN_ONE_TRANSACTION = 50
/** As an integer of PostgreSQL: never. */
const NEVER = 2 ** 31 - 1

export interface DeliverOptions extends RunOptions {
  /** Deliveries leased at once, default 20, and 50 of `handle`; those of `sendAll` are leased by the hundred. */
  batchSize?: number
  /** How long a delivery is ours before another process may take it, default 30 s. `send` must end within it. */
  leaseMs?: number
  /** After so many failed attempts a delivery is dead, default 12: with the default backoff about a day. */
  maxAttempts?: number
  /** First pause after a failure, default 1 s; doubles up to backoffCapMs, default 4 h, half of it random. */
  backoffBaseMs?: number
  backoffCapMs?: number
  /** Stops between deliveries. */
  signal?: AbortSignal
  /** For the log and the metrics; it must not throw. */
  onFailure?: NonNullable<RunOptions['onFailure']>
}

/**
 * Delivers all that is due to these handlers and returns how many deliveries succeeded. Call it after a commit that appended events,
 * and from a sweep, which covers crashes. A failing handler is not an error of this function; a lost database is.
 */
export async function deliverPending(
  db: Db,
  handlers: readonly EventHandler[],
  options: DeliverOptions = {},
): Promise<number> {
  const given = {
    inTransaction: new Map(handlers.filter(isTransactional).map((handler) => [handler.name, handler])),
    sending: new Map(handlers.filter(isSending).map((handler) => [handler.name, handler])),
    together: new Map(handlers.filter(isBatch).map((handler) => [handler.name, handler])),
  }
  const names = new Set(handlers.map(({ name }) => name))
  if (names.size !== handlers.length) throw new RangeError('two event handlers have the same name')
  let delivered = 0
  let isPending = await register(db, handlers)
  while (isPending && options.signal?.aborted !== true) {
    await distribute(db, options.failpoints)
    const steps = [
      await deliverInTransactions(db, given.inTransaction, options),
      await deliverSingles(db, given.sending, options),
      await deliverBatches(db, given.together, options),
    ]
    for (const step of steps) delivered += step.delivered
    // What is pending for handlers of other processes is not ours to wait for.
    isPending = steps.some(({ found }) => found > 0) && (await hasPendingDeliveries(db))
  }
  return delivered
}

/**
 * One turn of one handler that `subscribe` made known: leases a few deliveries, runs them, and returns how many it leased. For handlers
 * that must not hold up others, each in a line of its own; what is appended meanwhile is distributed by `deliverPending`.
 */
export async function deliverSome(db: Db, handler: SendingHandler, options: DeliverOptions = {}): Promise<number> {
  const { found } = await deliverSingles(db, new Map([[handler.name, handler]]), options)
  return found
}

/** One cheap round trip: is anything to be distributed or due? Also true for deliveries to handlers that this process does not run. */
export async function hasPendingDeliveries(db: Db): Promise<boolean> {
  return (await one(db, sql<{ pending: boolean }>`select outbox.has_pending_deliveries() as pending`)).pending
}

interface Progress {
  found: number
  delivered: number
}

const none: Progress = { found: 0, delivered: 0 }

async function deliverInTransactions(
  db: Db,
  handlers: ReadonlyMap<string, TransactionHandler>,
  options: DeliverOptions,
): Promise<Progress> {
  if (handlers.size === 0) return none
  const limits = limitsOf({ batchSize: IN_ONE_TRANSACTION, ...options })
  const claims = await claim(db, [...handlers.keys()], limits, options.failpoints)
  let delivered = 0
  for (const handler of handlers.values()) {
    const own = claims.filter((claimed) => claimed.handler === handler.name)
    delivered += await runInTransaction(db, handler, own, limits, options)
  }
  return { found: claims.length, delivered }
}

async function deliverSingles(
  db: Db,
  handlers: ReadonlyMap<string, SendingHandler>,
  options: DeliverOptions,
): Promise<Progress> {
  if (handlers.size === 0) return none
  const limits = limitsOf(options)
  const claims = await claim(db, [...handlers.keys()], limits, options.failpoints)
  return { found: claims.length, delivered: await runOneByOne(db, handlers, claims, limits, options) }
}

/** A handler whose target did not take its events is removed from `handlers`: the next call tries it again. */
async function deliverBatches(db: Db, handlers: Map<string, BatchHandler>, options: DeliverOptions): Promise<Progress> {
  const progress = { ...none }
  for (const handler of handlers.values()) {
    const limits = { ...limitsOf({ ...options, ...ownLimits(handler) }), batchSize: TOGETHER }
    const claims = await claim(db, [handler.name], limits, options.failpoints)
    if (options.signal?.aborted === true) {
      await release(db, claims)
      return progress
    }
    if (claims.length === 0) continue
    const { delivered, ok } = await runTogether(db, handler, claims, limits, options)
    progress.found += claims.length
    progress.delivered += delivered
    if (!ok) handlers.delete(handler.name)
  }
  return progress
}

const isBatch = (handler: EventHandler): handler is BatchHandler => handler.sendAll !== undefined
const isSending = (handler: EventHandler): handler is SendingHandler => handler.send !== undefined
const isTransactional = (handler: EventHandler): handler is TransactionHandler => handler.handle !== undefined

const ownLimits = ({ maxAttempts, backoffCapMs }: BatchHandler): Partial<DeliverOptions> => ({
  ...(maxAttempts === undefined ? {} : { maxAttempts: Math.min(maxAttempts, NEVER) }),
  ...(backoffCapMs === undefined ? {} : { backoffCapMs }),
})

function limitsOf(options: DeliverOptions): ClaimLimits {
  return {
    batchSize: options.batchSize ?? 20,
    leaseMs: options.leaseMs ?? 30_000,
    maxAttempts: options.maxAttempts ?? 12,
    backoffBaseMs: options.backoffBaseMs ?? 1_000,
    backoffCapMs: options.backoffCapMs ?? 4 * 60 * 60 * 1_000,
  }
}
