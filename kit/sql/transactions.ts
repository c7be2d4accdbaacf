import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'
import { isDatabaseError } from './errors.ts'

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'
const RETRY_BASE_MS = 10

export interface TransactionOptions {
  /** How often the whole of `work` is run again after a serialization failure or a deadlock, default 0: only if it can be repeated. */
  retrySerialization?: number
  /** Default: read committed. */
  isolation?: 'read committed' | 'repeatable read' | 'serializable'
  /** One that another session exported and still holds; needs `repeatable read` or above. */
  snapshot?: string
}

/** Whose rows a transaction may see and write; the policies of row-level security read it. */
export interface Scope {
  /** `app.tenant`. In a site database this is the site's id. */
  tenantId?: string
  /** `app.operator` = 'on': passes every tenant policy. */
  operator?: boolean
  /** `app.account` */
  accountId?: string
  /** `app.actor`: who audit rows name. */
  actor?: string
}

/** Runs `work` in a transaction: commits what it returns, rolls back when it throws. The error is the one `work` met. */
export async function inTransaction<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const retries = options.retrySerialization ?? 0
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await runOnce(db, work, options)
    } catch (error) {
      if (attempt >= retries || !isWorthRepeating(error)) throw error
      await pause(Math.random() * RETRY_BASE_MS * 2 ** attempt)
    }
  }
}

/**
 * Runs `work` in a transaction that carries a scope. The settings are local to the transaction, so a pooled connection never takes
 * one request's tenant into the next; those not given are cleared.
 */
export async function withScope<T>(
  db: Db,
  scope: Scope,
  work: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  return inTransaction(
    db,
    async (tx) => {
      await enterScope(tx, scope)
      return work(tx)
    },
    options,
  )
}

/** Changes the scope for the rest of the transaction; a rollback to a savepoint takes that back too. */
export async function enterScope(tx: Tx, scope: Scope): Promise<void> {
  await sql`
    select
      set_config('app.tenant', ${scope.tenantId ?? ''}, true),
      set_config('app.operator', ${scope.operator === true ? 'on' : ''}, true),
      set_config('app.account', ${scope.accountId ?? ''}, true),
      set_config('app.actor', ${scope.actor ?? ''}, true)
  `.execute(tx)
}

async function runOnce<T>(db: Db, work: (tx: Tx) => Promise<T>, options: TransactionOptions): Promise<T> {
  let failure: { error: unknown } | undefined
  const transaction = db.transaction()
  const configured = options.isolation === undefined ? transaction : transaction.setIsolationLevel(options.isolation)
  try {
    return await configured.execute(async (tx) => {
      try {
        // Must come before any query of the transaction.
        if (options.snapshot !== undefined) await sql`set transaction snapshot ${sql.lit(options.snapshot)}`.execute(tx)
        return await work(tx)
      } catch (error) {
        failure = { error }
        throw error
      }
    })
  } catch (error) {
    // On a dead connection the rollback fails too, and kysely then reports the rollback instead of the cause.
    throw failure === undefined ? error : failure.error
  }
}

function isWorthRepeating(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (isDatabaseError(current)) return current.code === SERIALIZATION_FAILURE || current.code === DEADLOCK_DETECTED
  }
  return false
}
