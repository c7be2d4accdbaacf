import type { FastifyInstance, FastifyRequest } from 'fastify'
import { kitProblems } from '../problems/index.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses a state-changing request that one of our own pages did not send (CSRF). `Sec-Fetch-Site` is set by the browser and cannot
 * be forged by a page; older browsers send `Origin`. Neither present is refused too: cookies are for browsers, and a program that
 * uses a cookie route says who it is by `Origin: https://<host>`. The JSON content type and the `__Host-` SameSite cookie are
 * walls of their own.
 * @throws ProblemError origin-refused
 */
export function requireSameOrigin(request: FastifyRequest): void {
  if (SAFE_METHODS.has(request.method)) return
  const { origin, 'sec-fetch-site': site, host } = request.raw.headers
  const isOriginRight = origin === undefined || origin.toLowerCase() === `https://${(host ?? '').toLowerCase()}`
  const isSiteRight = site === undefined || site === 'same-origin'
  const saysSomething = origin !== undefined || site !== undefined
  if (saysSomething && isOriginRight && isSiteRight) return
  throw kitProblems.problem(
    'origin-refused',
    saysSomething
      ? 'This request came from a page of another origin.'
      : 'This request does not say which origin it came from.',
  )
}

/** Applies `requireSameOrigin` to the routes that say `sameOrigin: true`. */
export function guardCookieRoutes(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.sameOrigin === true) requireSameOrigin(request)
  })
}
