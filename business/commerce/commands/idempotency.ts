/**
 * Idempotency-Key: the same key with the same request gets the first answer again. The row that remembers an answer is
 * written in the transaction of the command, so work that failed never holds a key; while it runs, an advisory lock of
 * the same transaction stands for it and a second request is told to come back instead of holding a connection.
 */
import { createHash } from 'node:crypto'
import { kitProblems } from '@platen/kit/problems'
import { maybe, one, sql, type Tx } from '@platen/kit/sql'
import type { CommerceContext } from './context.ts'
import { runCommand, type Command } from './run-command.ts'

/** Kept a week: longer than any client retries, short enough to stay small. */
const KEPT_DAYS = 7
const EXPIRED_REMOVED_PER_COMMAND = 10

export interface RequestIdentity {
  key: string | undefined
  /** Method and path: the same key on another route is another request. */
  route: string
  /** The body after validation, so that unknown order of members does not matter. */
  body: unknown
}

export interface Answer<Body extends object> {
  status: number
  body: Body
}

export async function runIdempotentCommand<Body extends object>(
  context: CommerceContext,
  request: RequestIdentity,
  work: (command: Command) => Promise<Answer<Body>>,
): Promise<Answer<Body>> {
  const { key } = request
  if (key === undefined) return runCommand(context, work)
  const digest = createHash('sha256')
    .update(`${request.route}\n${JSON.stringify(request.body)}`)
    .digest('hex')
  return runCommand(context, async (command) => {
    const earlier = await earlierAnswer<Body>(command.tx, context.actor.id, key, digest)
    if (earlier) return earlier
    const answer = await work(command)
    await remember(command, key, digest, answer)
    return answer
  })
}

async function earlierAnswer<Body extends object>(
  tx: Tx,
  actorId: string,
  key: string,
  digest: string,
): Promise<Answer<Body> | undefined> {
  const { taken } = await one<{ taken: boolean }>(
    tx,
    sql`SELECT pg_try_advisory_xact_lock(hashtextextended(${`commerce.idempotency ${actorId} ${key}`}, 0)) AS taken`,
  )
  if (!taken) {
    throw kitProblems.problem('idempotency-key-in-use', 'The first request with this Idempotency-Key is still running.')
  }
  // A statement of its own: its snapshot must be younger than the lock, or it could miss the row committed just before.
  const row = await maybe<{ request_digest: string; response_status: number; response_body: string }>(
    tx,
    sql`SELECT request_digest, response_status, response_body FROM commerce.idempotency_keys
        WHERE actor_id = ${actorId} AND key = ${key}`,
  )
  if (!row) return undefined
  if (row.request_digest !== digest) {
    throw kitProblems.problem('idempotency-key-reused', 'This Idempotency-Key was used for another request.')
  }
  // What was stored is what `work` answered to the same request, hence of its type.
  return { status: row.response_status, body: JSON.parse(row.response_body) as Body }
}

async function remember(command: Command, key: string, digest: string, answer: Answer<object>): Promise<void> {
  const { tx, context, at } = command
  await sql`
    WITH expired AS (
      DELETE FROM commerce.idempotency_keys WHERE (actor_id, key) IN (
        SELECT actor_id, key FROM commerce.idempotency_keys
        WHERE created_at < ${at}::timestamptz - make_interval(days => ${KEPT_DAYS})
        ORDER BY created_at LIMIT ${EXPIRED_REMOVED_PER_COMMAND} FOR UPDATE SKIP LOCKED
      )
    )
    INSERT INTO commerce.idempotency_keys (actor_id, key, request_digest, response_status, response_body, created_at)
    VALUES (${context.actor.id}, ${key}, ${digest}, ${answer.status}, ${JSON.stringify(answer.body)}, ${at})
  `.execute(tx)
}
