/**
 * CORS by exact origin: the pages of which other origins may read answers of which of our hosts. The list is one of whole strings, so
 * there is no suffix, prefix or pattern to get wrong; what is not on it is answered as if CORS did not exist, `null` included. Credentials are
 * never allowed: a cookie of ours serves our own pages only, so a foreign page needs a token that somebody gave it.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requestHost } from '../request-guards.ts'
import type { Unrouted } from '../unrouted.ts'

/** Origins by host. */
export type AllowedOrigins = ReadonlyMap<string, ReadonlySet<string>>

const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id'
const ANSWER_HEADERS = 'etag, ratelimit, ratelimit-policy, retry-after, x-request-id'
const PREFLIGHT_SECONDS = '600'

/** Marks every answer, refusals included: who may read it depends on its origin, and a cache has to know. First of all hooks but headers. */
export function allowOrigins(app: FastifyInstance, allowed: AllowedOrigins): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'origin')
    const origin = allowedOriginOf(request, allowed)
    if (origin === undefined) return
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': ANSWER_HEADERS })
  })
}

/** Answers a browser that asks before it sends. Once the host is known to be served, and before policies: it carries no token. */
export function answerPreflights(app: FastifyInstance, allowed: AllowedOrigins, unrouted: Unrouted): void {
  app.addHook('onRequest', async (request, reply) => {
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
    if (!isPreflight || allowedOriginOf(request, allowed) === undefined) return
    const methods = unrouted.methodsAt(request)
    if (methods.length === 0) return
    return reply
      .headers({
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': REQUEST_HEADERS,
        'access-control-max-age': PREFLIGHT_SECONDS,
      })
      .code(204)
      .send()
  })
}

function allowedOriginOf(request: FastifyRequest, allowed: AllowedOrigins): string | undefined {
  const { origin } = request.headers
  return origin !== undefined && allowed.get(requestHost(request))?.has(origin) === true ? origin : undefined
}
