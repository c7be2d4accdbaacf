import { createHash } from 'node:crypto'
import { kitProblems } from '@platen/kit/problems'
import { maybe, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import type { Principal } from '@platen/identity'

export interface IdempotentAnswer<Body> {
  status: number
  body: Body
}

/** For how long a repeated request is answered as the first one was. */
const keptHours = 24

interface IdempotentRequest {
  principal: Principal
  /** Method and path pattern: the same key on another route is another request. */
  route: string
  key: string | undefined
  body: unknown
}

/**
 * Runs `work` once per key, in the caller's transaction: the key is stored with the effect, so a request that failed stored
 * nothing and may be sent again. The same key with the same body gets the same answer; with another body 422. A second
 * request that arrives while the first still runs waits for it on the key's row.
 */
export async function idempotent<Body extends object>(
  tx: Tx,
  { principal, route, key, body }: IdempotentRequest,
  work: () => Promise<IdempotentAnswer<Body>>,
): Promise<IdempotentAnswer<Body>> {
  if (key === undefined) return work()
  const requestHash = createHash('sha256').update(JSON.stringify(body)).digest()
  const claimed = await maybe(
    tx,
    sql<{
      key: string
    }>`INSERT INTO manager.idempotency_keys (tenant_id, account_id, route, key, request_hash, status, body)
      VALUES (${principal.tenantId}, ${principal.accountId}, ${route}, ${key}, ${requestHash}, 0, '{}')
      ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO NOTHING RETURNING key`,
  )
  const row = sql`tenant_id = ${principal.tenantId} AND account_id = ${principal.accountId} AND route = ${route} AND key = ${key}`
  if (claimed === undefined) {
    const stored = await maybe(
      tx,
      sql<{
        request_hash: Buffer
        status: number
        body: Body
      }>`SELECT request_hash, status, body FROM manager.idempotency_keys WHERE ${row}`,
    )
    if (stored === undefined || !stored.request_hash.equals(requestHash)) {
      throw kitProblems.problem(
        'idempotency-key-reused',
        'This Idempotency-Key was used with another body. Nothing was changed.',
      )
    }
    return { status: stored.status, body: stored.body }
  }
  const answer = await work()
  await sql`UPDATE manager.idempotency_keys SET status = ${answer.status}, body = ${JSON.stringify(answer.body)}::jsonb WHERE ${row}`.execute(
    tx,
  )
  return answer
}

/** Answers how many keys were forgotten. */
export async function forgetOldKeys(db: Db): Promise<number> {
  const forgotten = await withScope(db, { operator: true }, (tx) =>
    sql`DELETE FROM manager.idempotency_keys WHERE created_at < now() - make_interval(hours => ${keptHours})`.execute(
      tx,
    ),
  )
  return Number(forgotten.numAffectedRows ?? 0)
}
