import type { FastifyRequest } from 'fastify'
import type { RoutePolicy } from '@platen/kit/http'
import { kitProblems } from '@platen/kit/problems'
import { mayDo, type Principal } from './principal.ts'
import { identityProblems } from './problems.ts'
import type { RefusalRecorder } from './refusals.ts'
import type { Visitor } from './sessions.ts'

/** What of an identity a route works with, for the place that a request came to. */
export type PartOf<Part> = (request: FastifyRequest) => Promise<Part> | Part

/** Who holds a token; undefined when it opens nothing. */
interface Authenticator {
  authenticate(token: string, visitor: Visitor): Promise<Principal | undefined>
  recordRefusal: RefusalRecorder
}

const principals = new WeakMap<FastifyRequest, Principal>()

/**
 * The one policy engine: resolves the bearer token with the identity that this request's host belongs to,
 * then asks the route's policy. Public routes skip both. From then on what is logged of the request says who asked: `loggedOf`.
 */
export function createAuthorizer(
  identityOf: PartOf<Authenticator>,
  loggedOf: (principal: Principal) => Record<string, string> = ({ tenantId, userId }) => ({
    tenant: tenantId,
    user: userId,
  }),
) {
  return async (request: FastifyRequest, policy: RoutePolicy): Promise<void> => {
    if (policy.kind === 'public') return
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined) {
      throw kitProblems.problem('credentials-missing', 'Send an access token: `Authorization: Bearer <token>`.')
    }
    const identity = await identityOf(request)
    const principal = await identity.authenticate(token, visitorOf(request))
    if (principal === undefined)
      throw identityProblems.problem('session-ended', 'This access token is not valid here any more.')
    principals.set(request, principal)
    request.log = request.log.child(loggedOf(principal))
    if (request.routeOptions.config.sessionOnly === true && principal.method === 'api-token')
      throw identityProblems.problem('session-needed', 'Nothing was changed.')
    const refusal = refusalFor(principal, policy)
    if (refusal === undefined) return
    const wanted = policy.kind === 'permission' ? policy.permission : policy.kind
    await identity.recordRefusal(
      principal,
      { wanted, method: request.method, route: request.routeOptions.url ?? '' },
      visitorOf(request),
    )
    throw kitProblems.problem('forbidden', refusal)
  }
}

function refusalFor(principal: Principal, policy: RoutePolicy): string | undefined {
  switch (policy.kind) {
    case 'public':
    case 'authenticated':
      return undefined
    case 'operator':
      return principal.operator ? undefined : 'Only operators of the platform may do this.'
    case 'permission':
      return mayDo(principal, policy.permission) ? undefined : `${rolesText(principal)} lacks "${policy.permission}".`
  }
}

const rolesText = ({ roles }: Principal): string => {
  const [only, ...more] = roles.map(({ name }) => name)
  if (only === undefined) return 'Your user has no role, so it'
  return more.length === 0
    ? `Your role (${only})`
    : `None of your roles (${[only, ...more].join(', ')}) may do this: it`
}

/** Who sent this request. Only for routes whose policy is not public: there the authorizer has run. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = principals.get(request)
  if (principal === undefined) throw new Error('principalOf() was called on a public route')
  return principal
}

/** Whose rate limits a request takes from; nobody's on a public route. */
export function callerOf(request: FastifyRequest): { tenantId?: string; accountId?: string } {
  return principals.get(request) ?? {}
}

/** Where a request came from, for sessions and the audit trail. */
export const visitorOf = (request: FastifyRequest): Visitor => ({
  ip: request.ip,
  userAgent: request.headers['user-agent'] ?? null,
  requestId: request.id,
})

/** Who wants to change something, and from where. */
export interface Requester {
  principal: Principal
  visitor: Visitor
}

export const requesterOf = (request: FastifyRequest): Requester => ({
  principal: principalOf(request),
  visitor: visitorOf(request),
})
