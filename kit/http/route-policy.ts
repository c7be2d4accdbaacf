import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { findProblem } from '../problems/index.ts'

/** Who may call a route. The server's `authorize` enforces it, before the body is read. */
export type RoutePolicy =
  | { readonly kind: 'public'; readonly reason: string }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'permission'; readonly permission: string }
  | { readonly kind: 'operator' }

/** What every route states about itself under `config`. */
export interface RouteConfig {
  readonly policy: RoutePolicy
  /** Codes this route may answer with, beside those that follow from its policy and schemas. For the API document. */
  readonly problems?: readonly string[]
  /** True for what creates or pays: takes an Idempotency-Key, and its handler runs in `runOnce`. */
  readonly idempotent?: boolean
  /** True when the answer has a `version`: it gets an ETag, GET takes If-None-Match and a change If-Match, see etags/. */
  readonly versioned?: boolean
  /** What a request takes of the caller's rate limits, default 1. */
  readonly cost?: number
  /** True for routes that rely on a cookie: unsafe methods must come from our own pages (see same-origin.ts). */
  readonly sameOrigin?: boolean
  /** True for what only somebody who signed in may do: an API token is refused, whatever its scopes. */
  readonly sessionOnly?: boolean
  /** True for probes of the process itself: no host check, no authorisation, logged at debug. */
  readonly isProbe?: boolean
  /** True for what pages ask every few seconds while they are open: what was answered well is logged at debug. */
  readonly isPolled?: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig extends Partial<RouteConfig> {}
}

export type Authorize = (request: FastifyRequest, policy: RoutePolicy) => Promise<void>

/**
 * No route without a policy: registering one throws, so the process does not start. HEAD routes that the server derives from GET
 * carry the config of their GET; OPTIONS is no route here, so nothing answers it but 405.
 */
export function requirePolicies(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const config = route.config
    if (config?.policy === undefined) throw new Error(`${nameOf(route)} has no policy; add config: { policy: ... }`)
    if (config.policy.kind === 'public' && config.policy.reason.trim() === '') {
      throw new Error(`${nameOf(route)} is public without a reason`)
    }
    for (const code of config.problems ?? []) {
      if (findProblem(code) === undefined)
        throw new Error(`${nameOf(route)} lists the problem ${code}, which no table defines`)
    }
  })
}

/** Runs `authorize` for every routed request. Public routes are passed too: an authorizer may want to know who asks anyway. */
export function enforcePolicies(app: FastifyInstance, authorize: Authorize): void {
  app.addHook('onRequest', async (request) => {
    const { policy, isProbe } = request.routeOptions.config
    if (isProbe === true || request.is404) return
    if (policy === undefined)
      throw new Error(`${request.method} ${request.routeOptions.url} was routed without a policy`)
    await authorize(request, policy)
  })
}

function nameOf(route: RouteOptions & { url: string }): string {
  return `Route ${[route.method].flat().join('|')} ${route.url}`
}
