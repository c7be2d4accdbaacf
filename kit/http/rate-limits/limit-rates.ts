/**
 * Rate limits of one process, in memory: by IP before anybody is asked who they are, by account and tenant once that is known. Each key
 * has its own bucket, so nobody takes another's share. `RateLimit` and `RateLimit-Policy` are those of draft-ietf-httpapi-ratelimit-headers.
 */
import { isIPv6 } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { kitProblems } from '../../problems/index.ts'
import { TokenBuckets, type Taken } from './token-buckets.ts'

/** Requests a minute; 0 is no limit. */
export interface RateLimits {
  readonly ip: number
  readonly account: number
  readonly tenant: number
}

export interface RateLimitOptions {
  readonly limits: RateLimits
  /** Who asks, once `authorize` has run; undefined on public routes. A site knows its tenant even then. */
  readonly callerOf: (request: FastifyRequest) => { tenantId?: string | undefined; accountId?: string | undefined }
  readonly now?: () => number
}

type Subject = keyof RateLimits

/** Call it twice: with `'ip'` before policies are enforced, with `'caller'` after. Probes cost nothing. */
export function rateLimiter(
  app: FastifyInstance,
  { limits, callerOf, now = () => performance.now() }: RateLimitOptions,
) {
  const buckets = { ip: bucketsOf(limits.ip), account: bucketsOf(limits.account), tenant: bucketsOf(limits.tenant) }
  const take = (subject: Subject, key: string | undefined, request: FastifyRequest, reply: FastifyReply): void => {
    const own = buckets[subject]
    if (own === undefined || key === undefined) return
    const taken = own.take(key, request.routeOptions.config.cost ?? 1, now())
    tell(reply, subject, limits[subject], taken)
    if (taken.allowed) return
    const whose = { ip: 'this address', account: 'this account', tenant: 'this organisation' }[subject]
    throw kitProblems.problem('rate-limited', `${limits[subject]} requests a minute are answered to ${whose}.`, {
      headers: { 'retry-after': String(taken.retryAfterSeconds) },
      extensions: { limitedBy: subject },
    })
  }
  return {
    limitAddresses: () =>
      app.addHook('onRequest', async (request, reply) => {
        if (request.routeOptions.config.isProbe !== true) take('ip', networkOf(request.ip), request, reply)
      }),
    limitCallers: () =>
      app.addHook('onRequest', async (request, reply) => {
        if (request.routeOptions.config.isProbe === true || request.is404) return
        const { tenantId, accountId } = callerOf(request)
        // The account first: who has used up their own share takes nothing of their tenant's.
        take('account', accountId === undefined ? undefined : `${tenantId} ${accountId}`, request, reply)
        take('tenant', tenantId, request, reply)
      }),
  }
}

function bucketsOf(perMinute: number): TokenBuckets | undefined {
  return perMinute === 0 ? undefined : new TokenBuckets(perMinute)
}

/** One household has a whole /64 of IPv6. Undefined: the connection has no address, which is the edge itself. */
export function networkOf(ip: string | undefined): string | undefined {
  if (ip === undefined || !isIPv6(ip)) return ip
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail] = ip.split('%')[0]?.split('::') ?? []
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...first, ...Array.from({ length: 8 - first.length - last.length }, () => '0'), ...last]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

function tell(reply: FastifyReply, subject: Subject, perMinute: number, { remaining, resetSeconds }: Taken): void {
  append(reply, 'ratelimit-policy', `"${subject}";q=${perMinute};w=60`)
  append(reply, 'ratelimit', `"${subject}";r=${remaining};t=${resetSeconds}`)
}

function append(reply: FastifyReply, name: string, item: string): void {
  const before = reply.getHeader(name)
  reply.header(name, before === undefined ? item : `${String(before)}, ${item}`)
}
