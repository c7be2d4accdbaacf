/**
 * Idempotency-Key: the same key with the same request gets the first answer again. The row that remembers an answer is written in the
 * transaction of the work, so work that failed never holds a key. While it runs, an advisory lock of the same transaction stands for
 * it, and a second request is told to come back instead of holding a connection.
 */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { kitProblems } from '../../problems/index.ts'
import { one, sql, type Tx } from '../../sql/index.ts'

/** For how long a repeated request is answered as the first one was. */
export const KEPT_HOURS = 24
const RETRY_AFTER_SECONDS = '1'

export interface IdempotentRequest {
  /** Undefined: the request is not repeatable, its work simply runs. */
  readonly key: string | undefined
  readonly tenantId: string
  readonly accountId: string
  /** Method and pattern: the same key on another route is another request. */
  readonly route: string
  /** SHA-256 of what was asked, after validation, so that order and layout of members do not matter. */
  readonly digest: Buffer
}

export type KeyedRequest = IdempotentRequest & { readonly key: string }

export interface IdempotentAnswer<Body extends object> {
  readonly status: number
  readonly body: Body
}

/** The table of one place. Whatever it stores and finds belongs to tenant, account, route and key of the request. */
export interface IdempotencyKeys {
  find(
    tx: Tx,
    request: KeyedRequest,
    notBefore: Date,
  ): Promise<{ digest: Buffer; status: number; body: unknown } | undefined>
  /** Replaces what is older than `notBefore`, and may remove other rows that are. */
  remember(tx: Tx, request: KeyedRequest, answer: IdempotentAnswer<object>, at: Date, notBefore: Date): Promise<void>
}

/** What a request with `idempotent: true` in its config says about itself. */
export function idempotentRequest(
  request: FastifyRequest,
  { tenantId, accountId }: { tenantId: string; accountId: string },
): IdempotentRequest {
  const key = request.headers['idempotency-key']
  const asked = JSON.stringify([request.params, request.query, request.body])
  return {
    key: Array.isArray(key) ? key[0] : key,
    tenantId,
    accountId,
    route: `${request.method} ${request.routeOptions.url}`,
    digest: createHash('sha256').update(asked).digest(),
  }
}

/**
 * Runs `work` once per key within 24 hours. What it throws stores nothing, so a refused request may be sent again.
 * @throws ProblemError idempotency-key-in-use (409) while the first still runs, idempotency-key-reused (422) for another request
 */
export async function runOnce<Body extends object>(
  tx: Tx,
  keys: IdempotencyKeys,
  request: IdempotentRequest,
  work: () => Promise<IdempotentAnswer<Body>>,
  at: Date = new Date(),
): Promise<IdempotentAnswer<Body>> {
  if (!isKeyed(request)) return work()
  await claim(tx, request)
  const notBefore = new Date(at.getTime() - KEPT_HOURS * 3_600_000)
  // A statement after the lock: its snapshot must be younger, or it could miss the row committed just before.
  const earlier = await keys.find(tx, request, notBefore)
  if (earlier === undefined) {
    const answer = await work()
    await keys.remember(tx, request, answer, at, notBefore)
    return answer
  }
  if (!earlier.digest.equals(request.digest)) {
    const detail = 'This Idempotency-Key was used for another request. Nothing was changed.'
    throw kitProblems.problem('idempotency-key-reused', detail)
  }
  // What was stored is what `work` answered to the same request, hence of its type.
  return { status: earlier.status, body: earlier.body as Body }
}

async function claim(tx: Tx, { tenantId, accountId, route, key }: KeyedRequest): Promise<void> {
  const name = ['idempotency', tenantId, accountId, route, key].join(' ')
  const { taken } = await one(
    tx,
    sql<{ taken: boolean }>`SELECT pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) AS taken`,
  )
  if (taken) return
  const detail = 'The first request with this Idempotency-Key is still running.'
  throw kitProblems.problem('idempotency-key-in-use', detail, { headers: { 'retry-after': RETRY_AFTER_SECONDS } })
}

function isKeyed(request: IdempotentRequest): request is KeyedRequest {
  return request.key !== undefined
}
