import type { FastifyRequest } from 'fastify'
import { idempotentRequest, KEPT_HOURS, runOnce, type IdempotencyKeys, type IdempotentAnswer } from '@platen/kit/http'
import { maybe, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import { principalOf } from '@platen/identity'

/** Runs `work` once per key of the caller, in the caller's transaction; see kit/http for what a key means. */
export function idempotent<Body extends object>(
  tx: Tx,
  request: FastifyRequest,
  work: () => Promise<IdempotentAnswer<Body>>,
): Promise<IdempotentAnswer<Body>> {
  return runOnce(tx, managerIdempotencyKeys, idempotentRequest(request, principalOf(request)), work)
}

export const managerIdempotencyKeys: IdempotencyKeys = {
  find: (tx, { tenantId, accountId, route, key }, notBefore) =>
    maybe(
      tx,
      sql<{ digest: Buffer; status: number; body: unknown }>`SELECT request_hash AS digest, status, body
        FROM manager.idempotency_keys WHERE tenant_id = ${tenantId} AND account_id = ${accountId} AND route = ${route}
          AND key = ${key} AND created_at >= ${notBefore}`,
    ),
  async remember(tx, { tenantId, accountId, route, key, digest }, { status, body }, at) {
    await sql`INSERT INTO manager.idempotency_keys
        (tenant_id, account_id, route, key, request_hash, status, body, created_at)
      VALUES (${tenantId}, ${accountId}, ${route}, ${key}, ${digest}, ${status}, ${JSON.stringify(body)}::jsonb, ${at})
      ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO UPDATE SET request_hash = excluded.request_hash,
        status = excluded.status, body = excluded.body, created_at = excluded.created_at`.execute(tx)
  },
}

/** Answers how many keys were forgotten. */
export async function forgetOldKeys(db: Db): Promise<number> {
  const forgotten = await withScope(db, { operator: true }, (tx) =>
    sql`DELETE FROM manager.idempotency_keys WHERE created_at < now() - make_interval(hours => ${KEPT_HOURS})`.execute(
      tx,
    ),
  )
  return Number(forgotten.numAffectedRows ?? 0)
}
