/** The keys of a site: `commerce.idempotency_keys`. What a key means is told by kit/http. */
import {
  idempotentRequest,
  runOnce,
  type IdempotencyKeys,
  type IdempotentAnswer,
  type KeyedRequest,
} from '@platen/kit/http'
import { maybe, sql } from '@platen/kit/sql'
import type { FastifyRequest } from 'fastify'
import type { CommerceContext } from './context.ts'
import { runCommand, type Command } from './run-command.ts'

const EXPIRED_REMOVED_PER_COMMAND = 10

export async function runIdempotentCommand<Body extends object>(
  context: CommerceContext,
  request: FastifyRequest,
  work: (command: Command) => Promise<IdempotentAnswer<Body>>,
): Promise<IdempotentAnswer<Body>> {
  const identity = idempotentRequest(request, { tenantId: context.siteId, accountId: context.actor.id })
  return runCommand(context, (command) =>
    runOnce(command.tx, commerceIdempotencyKeys, identity, () => work(command), command.at),
  )
}

export const commerceIdempotencyKeys: IdempotencyKeys = {
  async find(tx, request, notBefore) {
    const row = await maybe<{ request_digest: string; response_status: number; response_body: string }>(
      tx,
      sql`SELECT request_digest, response_status, response_body FROM commerce.idempotency_keys
          WHERE actor_id = ${request.accountId} AND key = ${storedKey(request)} AND created_at >= ${notBefore}`,
    )
    return (
      row && {
        digest: Buffer.from(row.request_digest, 'hex'),
        status: row.response_status,
        // Of unknown shape until runOnce says whose answer it is.
        body: JSON.parse(row.response_body) as unknown,
      }
    )
  },
  async remember(tx, request, { status, body }, at, notBefore) {
    await sql`DELETE FROM commerce.idempotency_keys WHERE (actor_id, key) IN (
        SELECT actor_id, key FROM commerce.idempotency_keys WHERE created_at < ${notBefore}
        ORDER BY created_at LIMIT ${EXPIRED_REMOVED_PER_COMMAND} FOR UPDATE SKIP LOCKED)`.execute(tx)
    await sql`
      INSERT INTO commerce.idempotency_keys (actor_id, key, request_digest, response_status, response_body, created_at)
      VALUES (${request.accountId}, ${storedKey(request)}, ${request.digest.toString('hex')}, ${status},
        ${JSON.stringify(body)}, ${at})
      ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO UPDATE SET request_digest = excluded.request_digest,
        response_status = excluded.response_status, response_body = excluded.response_body,
        created_at = excluded.created_at`.execute(tx)
  },
}

/** The table has no column for the route. A key has no blanks, so the last one ends the route. */
function storedKey({ route, key }: KeyedRequest): string {
  return `${route} ${key}`
}
