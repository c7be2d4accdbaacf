/**
 * The one way to make an HTTP server here. It listens behind the edge on a unix socket; see README.md for an example route.
 *
 * `trustProxy` trusts X-Forwarded-For and -Proto only of a peer without an address, that is, of a unix socket, whose file only this
 * user may open. Served over TCP (a test, a mistake) the same headers are ignored.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import cookie from '@fastify/cookie'
import { fastify, LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Logger } from '../logging/index.ts'
import { kitProblems } from '../problems/index.ts'
import { allowOrigins, answerPreflights } from './cross-origin/index.ts'
import type { AllowedOrigins } from './cross-origin/index.ts'
import { answerProbes } from './health.ts'
import type { Readiness } from './health.ts'
import { declareVersions } from './etags/index.ts'
import { declareIdempotency } from './idempotency/index.ts'
import { describeApi } from './openapi.ts'
import { answerClientError, answerWithProblems, sendProblem } from './problem-answers.ts'
import { serveProblemPages } from './problem-pages.ts'
import { rateLimiter } from './rate-limits/index.ts'
import type { RateLimitOptions } from './rate-limits/index.ts'
import { acceptOnlyJson } from './request-bodies.ts'
import { refuseAmbiguousRequests, requestIdOf } from './request-guards.ts'
import { logRequests } from './request-log.ts'
import { enforcePolicies, requirePolicies } from './route-policy.ts'
import type { Authorize } from './route-policy.ts'
import { guardCookieRoutes } from './same-origin.ts'
import { securityHeaders } from './security-headers.ts'
import type { ContentSecurityPolicy } from './security-headers.ts'
import { Lifecycle } from './shutdown.ts'
import type { ShutdownOptions } from './shutdown.ts'
import { tellUnrouted } from './unrouted.ts'
import type { HttpServer } from './http-server.ts'
import type { Unrouted } from './unrouted.ts'
import { validateWithZod } from './validation.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Ends the server as described in shutdown.ts; safe to call twice. */
    shutdown(options?: ShutdownOptions): Promise<void>
    readonly platform: ServerParts
  }
}

/** What the helpers of this library share about one server. */
export interface ServerParts {
  readonly lifecycle: Lifecycle
  readonly authorize: Authorize
  readonly unrouted: Unrouted
  readonly contentSecurityPolicy: ContentSecurityPolicy | undefined
}

/** Tighter than Node's defaults (headers 60 s, request 300 s), because a slow client holds a connection and nothing else. */
export const DEFAULT_LIMITS = {
  /** Of a request body; a route raises it with `bodyLimit`. */
  bodyBytes: 1_048_576,
  /** Request line and headers together. */
  headerBytes: 16_384,
  /** One path parameter. */
  parameterCharacters: 200,
  /** Objects and arrays in one another. */
  jsonDepth: 32,
  /** From the first byte to the end of the headers. */
  headersTimeoutMs: 10_000,
  /** From the first byte to the end of the body. Raise it where people upload over slow lines. */
  requestTimeoutMs: 15_000,
  /** Nothing sent or received on a connection, also while a handler works: long polls and streams must speak before it. */
  idleTimeoutMs: 35_000,
  /** Between two requests on one connection; longer than the edge keeps it, so that the edge is the one who closes. */
  keepAliveTimeoutMs: 65_000,
  /** How often Node looks for connections that broke the limits above. */
  checkEveryMs: 1_000,
  readyTimeoutMs: 5_000,
}

export interface HttpServerOptions {
  /** For logs and /live. */
  readonly name: string
  readonly version: string
  readonly logger: Logger
  /** Throws a ProblemError when the request may not pass. Called for every route, public ones included, before the body is read. */
  readonly authorize: Authorize
  /** Runs before `authorize` for everything but probes, 404s included: a bench finds its site by host here. */
  readonly beforePolicy?: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
  /** Absent: no limits, as in tests that are about something else. */
  readonly rateLimits?: RateLimitOptions
  /** Whose pages may call which of our hosts. Absent: nobody's but our own. */
  readonly allowedOrigins?: AllowedOrigins
  readonly openapi: { readonly title: string; readonly description: string }
  readonly limits?: Partial<typeof DEFAULT_LIMITS>
  readonly contentSecurityPolicy?: ContentSecurityPolicy
  readonly ready: () => Promise<Readiness>
}

/** A server with everything but routes. Register routes, then `listenOnSocket(app, path)`; end with `app.shutdown()`. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const headers = securityHeaders(options.contentSecurityPolicy)
  const lifecycle = new Lifecycle()
  const app = bareServer(options, limits, headers)

  // From here on the order matters: hooks run in the order they are added.
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...headers, 'x-request-id': request.id })
    if (!lifecycle.isStopping || request.routeOptions.config.isProbe === true) return
    const leave = { connection: 'close', 'retry-after': '2' }
    throw kitProblems.problem('shutting-down', 'This process is shutting down.', { headers: leave })
  })
  const { beforePolicy, allowedOrigins = new Map<string, never>() } = options
  allowOrigins(app, allowedOrigins)
  answerWithProblems(app)
  logRequests(app)
  refuseAmbiguousRequests(app)
  const limiter = options.rateLimits === undefined ? undefined : rateLimiter(app, options.rateLimits)
  limiter?.limitAddresses()
  // Unsigned: our cookies hold random tokens, which need no signature. Parsed before policies are checked.
  await app.register(cookie)
  if (beforePolicy !== undefined) {
    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.config.isProbe !== true) await beforePolicy(request, reply)
    })
  }
  const unrouted = tellUnrouted(app)
  answerPreflights(app, allowedOrigins, unrouted)
  declareIdempotency(app)
  declareVersions(app)
  requirePolicies(app)
  guardCookieRoutes(app)
  enforcePolicies(app, options.authorize)
  limiter?.limitCallers()
  acceptOnlyJson(app, limits.jsonDepth)
  validateWithZod(app)
  app.decorate('platform', {
    lifecycle,
    authorize: options.authorize,
    unrouted,
    contentSecurityPolicy: options.contentSecurityPolicy,
  })
  app.decorate('shutdown', (how?: ShutdownOptions) => lifecycle.shutdown(app, how))
  await describeApi(app, { ...options.openapi, version: options.version })
  const { name, version, ready } = options
  answerProbes(app, {
    name,
    version,
    ready,
    checkTimeoutMs: limits.readyTimeoutMs,
    isStopping: () => lifecycle.isStopping,
  })
  serveProblemPages(app)
  return app
}

function bareServer(
  options: HttpServerOptions,
  limits: typeof DEFAULT_LIMITS,
  headers: Record<string, string>,
): HttpServer {
  return fastify<Server, IncomingMessage, ServerResponse, FastifyBaseLogger>({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: (address: string | undefined) => address === undefined,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    connectionTimeout: limits.idleTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    // Ours says it as a problem; see the first hook.
    return503OnClosing: false,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      insecureHTTPParser: false,
      requireHostHeader: true,
    },
    routerOptions: { maxParamLength: limits.parameterCharacters, caseSensitive: true, ignoreTrailingSlash: false },
    clientErrorHandler: (error, socket) => answerClientError(error, socket, headers),
    // Malformed URLs fail before hooks run, so headers are set here.
    frameworkErrors: (error, request, reply) => {
      // The options type leaves the type provider open; a reply is a reply.
      void sendProblem(error, request, (reply as FastifyReply).headers({ ...headers, 'x-request-id': request.id }))
    },
  }).withTypeProvider<ZodTypeProvider>()
}
