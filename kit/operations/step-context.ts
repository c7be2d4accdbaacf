import { maybe, sql, withScope, type Db, type Tx } from '../sql/index.ts'
import type { UnboundContext } from './definition.ts'
import type { Claim } from './engine-store.ts'
import { LeaseLost } from './failures.ts'
import type { Lease } from './lease.ts'

export interface ContextOptions<Deps> {
  claim: Claim
  lease: Lease
  leaseMs: number
  deps: Deps
  db: Db
}

/** One attempt of one step. */
export interface Attempt {
  step: string
  attempt: number
  signal: AbortSignal
  /** Set when the attempt has returned or was given up. */
  isOver: boolean
  log(message: string): void
}

/** What a step is given for one attempt. */
export function createContext<Deps>(options: ContextOptions<Deps>, attempt: Attempt): UnboundContext<Deps> {
  const { claim, lease, deps } = options
  return {
    operationId: lease.operationId,
    tenantId: claim.tenantId,
    tag: lease.tag,
    fence: lease.fence,
    attempt: attempt.attempt,
    deps,
    signal: attempt.signal,
    log: async (message) => attempt.log(message),
    async write(work, { operator = false } = {}) {
      // One that was given up must not write beside the next attempt, which may have the same fence.
      if (attempt.isOver) {
        throw new Error(`step ${attempt.step} of operation ${lease.operationId} writes after its attempt was over`)
      }
      attempt.signal.throwIfAborted()
      return writeFenced(options, operator || claim.tenantId === null, work)
    },
  }
}

/** The update locks the operation until the transaction ends: nobody can claim it meanwhile. */
async function writeFenced<Deps, T>(
  { db, claim, lease, leaseMs }: ContextOptions<Deps>,
  operator: boolean,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { operationId, fence } = lease
  const scope = { operator, ...(claim.tenantId === null ? {} : { tenantId: claim.tenantId }) }
  return withScope(db, scope, async (tx) => {
    const held = await maybe(
      tx,
      sql<{ id: string }>`
        update operations.operations set lease_until = clock_timestamp() + ${leaseMs}::integer * interval '1 ms'
        where id = ${operationId} and fence = ${fence} and ended_at is null
        returning id`,
    )
    if (held === undefined) {
      lease.lose()
      throw new LeaseLost(`operation ${operationId} has another owner than fence ${fence}`)
    }
    return work(tx)
  })
}
