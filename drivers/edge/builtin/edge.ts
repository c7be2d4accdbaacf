/**
 * The edge: listeners, and what happens to a request between them and the upstreams. What it serves is replaced as a whole by
 * `apply`; a request keeps the routes it began with.
 */
import { randomUUID } from 'node:crypto'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { EdgeRoute, EdgeSnapshot } from '../../snapshots/index.ts'
import { CertificateStore } from './certificate-store.ts'
import { ConnectionLimits, originOf } from './connection-limits.ts'
import { exchange, type ExchangeOutcome } from './exchange.ts'
import { plainAddress, writeHost } from './headers.ts'
import { headersOfEnd } from './linger.ts'
import { edgeAnswer } from './pages.ts'
import { ParserErrors } from './parser-errors.ts'
import type { EdgeProblemCode } from './problems.ts'
import { RouteTable, type Resolution } from './routes.ts'
import { SiteTurns } from './site-turns.ts'
import { SlowClients } from './slow-clients.ts'
import { Upstreams } from './upstreams.ts'
import { isWebsocket, writeAnswer, upgrade } from './websocket.ts'

export interface EdgeLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface EdgeOptions {
  bind: string
  /** 0 lets the system choose, for tests. */
  httpsPort: number
  httpPort: number
  sealingKey: Buffer
  logger: EdgeLogger
}

/** Limits of the parser and the connection, the same for both listeners. */
const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  // Uploads may take long as long as they progress: see slow-clients.ts.
  requestTimeout: 0,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 2_000,
  insecureHTTPParser: false,
  keepAlive: true,
  noDelay: true,
}
const MAX_CONNECTIONS = 10_000
/** Measured with `npm run bench:density`: fewer slow a busy site down, more let a flood be felt by its neighbours. */
const TURNS = { atOnce: 2, atOnceAlone: 64, sliceMs: 50, presenceMs: 1_000, maxWaiting: 256 }
const METHODS_REFUSED = new Set(['TRACE', 'CONNECT', 'TRACK'])

export class Edge {
  readonly #options: EdgeOptions
  readonly #certificates: CertificateStore
  readonly #upstreams = new Upstreams()
  readonly #connectionLimits = new ConnectionLimits()
  readonly #parserErrors = new ParserErrors()
  readonly #slowClients: SlowClients
  readonly #turns = new SiteTurns(TURNS)
  readonly #https: HttpsServer
  readonly #http: HttpServer
  /** Connections without an end of their own, by host: ended when the site is no longer active. */
  readonly #lasting = new Map<string, Set<{ destroy(): unknown }>>()
  #routes: RouteTable | undefined

  constructor(options: EdgeOptions) {
    this.#options = options
    this.#certificates = new CertificateStore(options.sealingKey)
    this.#slowClients = new SlowClients((response) =>
      this.#answer(response.req, response, 'edge-request-too-slow', requestIdOf(response)),
    )
    this.#https = createHttpsServer(
      {
        ...LIMITS,
        minVersion: 'TLSv1.2',
        handshakeTimeout: 10_000,
        ALPNProtocols: ['http/1.1'],
        SNICallback: (servername, callback) => {
          const context = this.#certificates.context(servername)
          if (context) callback(null, context)
          else callback(new Error('no certificate for this name'))
        },
        shouldUpgradeCallback: isWebsocket,
      },
      (request, response) => void this.#serve(request, response),
    )
    this.#https.on(
      'upgrade',
      (request: IncomingMessage, socket: Duplex, head: Buffer) => void this.#upgrade(request, socket, head),
    )
    this.#http = createHttpServer({ ...LIMITS, shouldUpgradeCallback: () => false }, (request, response) =>
      this.#redirect(request, response),
    )
    for (const server of [this.#https, this.#http]) {
      server.maxConnections = MAX_CONNECTIONS
      server.on('connection', (socket: Socket) => this.#connectionLimits.admit(socket))
      server.on('clientError', (error, socket) => this.#parserErrors.answer(error, socket, randomUUID()))
    }
  }

  /** The ports in use. @throws when one is taken, naming it. */
  async listen(): Promise<{ httpsPort: number; httpPort: number }> {
    const { bind, httpsPort, httpPort } = this.#options
    return { httpsPort: await listen(this.#https, bind, httpsPort), httpPort: await listen(this.#http, bind, httpPort) }
  }

  /** Serves this snapshot from now on. @returns sentences about certificates that cannot be used. */
  apply(snapshot: EdgeSnapshot): string[] {
    const problems = this.#certificates.replace(snapshot.certificates, snapshot.consoleHost)
    const credentials = this.#certificates.defaultCredentials()
    if (credentials) this.#https.setSecureContext({ ...credentials, minVersion: 'TLSv1.2' })
    this.#upstreams.replace(snapshot)
    this.#routes = new RouteTable(snapshot)
    for (const [host, connections] of this.#lasting) {
      if (this.#routes.find(host)?.state === 'active') continue
      for (const connection of connections) connection.destroy()
    }
    return problems
  }

  get isReady(): boolean {
    return this.#routes !== undefined && this.#https.listening && this.#http.listening
  }

  /** Stops accepting, lets requests end until the deadline, then cuts what is left. */
  async stop(options: { drainMs: number } = { drainMs: 10_000 }): Promise<void> {
    for (const connections of this.#lasting.values()) for (const connection of connections) connection.destroy()
    const closed = [this.#https, this.#http].map(
      (server) => new Promise<void>((resolve) => (server.listening ? server.close(() => resolve()) : resolve())),
    )
    const cut = setTimeout(() => {
      this.#https.closeAllConnections()
      this.#http.closeAllConnections()
    }, options.drainMs)
    await Promise.all(closed)
    clearTimeout(cut)
    this.#slowClients.stop()
    await this.#upstreams.destroy()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Sent behind a request that was refused before its end (linger.ts): it would be done, and never answered.
    if (request.socket.writableEnded) return void request.resume()
    const startedMs = performance.now()
    const requestId = randomUUID()
    response.sendDate = false
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    this.#parserErrors.note(response)
    const resolution = this.#resolve(request)
    const refusal = refusalOf(request, resolution)
    response.once('close', () => this.#log(request, response, resolution, requestId, startedMs))
    if (refusal || resolution.kind !== 'route') {
      this.#answer(request, response, refusal ?? 'host-unknown', requestId)
      return
    }
    const { route, host } = resolution
    this.#slowClients.watch(request, response)
    const endTurn = await this.#turnOf(route, request)
    if (endTurn === undefined) return this.#answer(request, response, 'site-is-busy', requestId)
    const release = this.#noteLasting(route, response)
    try {
      const upstreams = this.#upstreams.candidates(route.target)
      const outcome = await exchange(request, response, {
        host,
        requestId,
        upstreams,
        unreachable: unreachableCode(route),
      })
      this.#settle(request, response, outcome, requestId)
    } catch (error) {
      this.#settle(
        request,
        response,
        {
          kind: 'failed',
          code: 'site-answer-failed',
          error: error instanceof Error ? error : new Error(String(error)),
        },
        requestId,
      )
    } finally {
      endTurn()
      release()
      // What nobody has read of a body that is here would keep the next request of this connection waiting.
      if (request.complete) request.resume()
    }
  }

  /** Undefined when too many wait for this site. The console waits for nobody. */
  async #turnOf(route: EdgeRoute, request: IncomingMessage): Promise<(() => void) | undefined> {
    const siteId = siteIdOf(route)
    return siteId === null ? () => undefined : this.#turns.take(siteId, originOf(request.socket.remoteAddress ?? ''))
  }

  async #upgrade(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const requestId = randomUUID()
    client.on('error', () => client.destroy())
    const resolution = this.#resolve(request)
    const refusal = refusalOf(request, resolution)
    if (refusal || resolution.kind !== 'route') {
      writeAnswer(client, edgeAnswer(request, refusal ?? 'host-unknown', requestId))
      return
    }
    const { route, host } = resolution
    const release = this.#noteLasting(route, client)
    client.once('close', release)
    const upstreams = this.#upstreams.candidates(route.target)
    const outcome = await upgrade(request, client, head, {
      host,
      requestId,
      upstreams,
      unreachable: unreachableCode(route),
    })
    const fields = { requestId, host: host.name, path: pathOf(request), siteId: siteIdOf(route), outcome: outcome.kind }
    this.#options.logger.info(fields, 'websocket')
    if (outcome.kind === 'failed') writeAnswer(client, edgeAnswer(request, outcome.code, requestId))
  }

  #redirect(request: IncomingMessage, response: ServerResponse): void {
    const requestId = randomUUID()
    request.on('error', () => undefined)
    const resolution = this.#routes?.resolve({ rawHeaders: request.rawHeaders, url: request.url ?? '', sni: null })
    if (!this.#routes || resolution?.kind !== 'route') {
      this.#answer(
        request,
        response,
        resolution?.kind === 'malformed' ? 'edge-request-malformed' : 'host-unknown',
        requestId,
      )
      return
    }
    const { httpsPort } = this.#routes
    const authority = writeHost({ ...resolution.host, port: httpsPort === 443 ? '' : String(httpsPort) })
    response
      .writeHead(308, { location: `https://${authority}${request.url}`, 'content-length': '0', connection: 'close' })
      .end()
  }

  #resolve(request: IncomingMessage): Resolution {
    const { socket } = request
    // Node types it as string | null; for a connection without SNI it is false.
    const servername: unknown = socket instanceof TLSSocket ? socket.servername : undefined
    const sni = typeof servername === 'string' && servername !== '' ? servername : undefined
    return (
      this.#routes?.resolve({ rawHeaders: request.rawHeaders, url: request.url ?? '', sni }) ?? {
        kind: 'misdirected',
        host: '',
      }
    )
  }

  #settle(request: IncomingMessage, response: ServerResponse, outcome: ExchangeOutcome, requestId: string): void {
    if (outcome.kind === 'failed' || outcome.kind === 'broken-off') {
      this.#options.logger.warn(
        { requestId, path: pathOf(request), outcome: outcome.kind, err: outcome.error },
        'the upstream failed',
      )
    }
    if (outcome.kind === 'failed') this.#answer(request, response, outcome.code, requestId)
  }

  #answer(request: IncomingMessage, response: ServerResponse, code: EdgeProblemCode, requestId: string): void {
    if (response.headersSent || response.destroyed) return
    const { status, headers, body } = edgeAnswer(request, code, requestId)
    const more = headersOfEnd(request)
    response.writeHead(status, { ...headers, ...more, 'content-length': Buffer.byteLength(body) })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  /** Event streams and websockets of a site end with its being active; ordinary requests are let through to their end. */
  #noteLasting(route: EdgeRoute, connection: ServerResponse | Duplex): () => void {
    const isEventStream = (): boolean =>
      'getHeader' in connection && String(connection.getHeader('content-type')).startsWith('text/event-stream')
    const entry = {
      destroy: () => (!('getHeader' in connection) || isEventStream() ? connection.destroy() : undefined),
    }
    const connections = this.#lasting.get(route.host) ?? new Set()
    this.#lasting.set(route.host, connections.add(entry))
    return () => {
      connections.delete(entry)
      if (connections.size === 0 && this.#lasting.get(route.host) === connections) this.#lasting.delete(route.host)
    }
  }

  /** One line per request. The query is left out: it may carry signatures and search texts. */
  #log(
    request: IncomingMessage,
    response: ServerResponse,
    resolution: Resolution,
    requestId: string,
    startedMs: number,
  ): void {
    const isRoute = resolution.kind === 'route'
    this.#options.logger.info(
      {
        requestId,
        method: request.method,
        host: isRoute ? resolution.host.name : null,
        path: pathOf(request),
        status: response.headersSent ? response.statusCode : null,
        isComplete: response.writableFinished,
        durationMs: Math.round(performance.now() - startedMs),
        clientAddress: plainAddress(request.socket.remoteAddress ?? ''),
        siteId: isRoute ? siteIdOf(resolution.route) : null,
      },
      'request',
    )
  }
}

function refusalOf(request: IncomingMessage, resolution: Resolution): EdgeProblemCode | undefined {
  if (resolution.kind === 'malformed') return 'edge-request-malformed'
  if (resolution.kind === 'misdirected') return 'host-unknown'
  if (METHODS_REFUSED.has(request.method ?? '')) return 'edge-method-refused'
  if (resolution.route.state === 'suspended') return 'site-is-suspended'
  return resolution.route.state === 'starting' ? 'site-is-starting' : undefined
}

function unreachableCode(route: EdgeRoute): EdgeProblemCode {
  return route.target.kind === 'manager' ? 'console-unreachable' : 'site-unreachable'
}

function siteIdOf(route: EdgeRoute): string | null {
  return route.target.kind === 'bench' ? route.target.siteId : null
}

function pathOf(request: IncomingMessage): string {
  const [path = ''] = (request.url ?? '').split('?', 1)
  return path.slice(0, 500)
}

function requestIdOf(response: ServerResponse): string {
  const id = response.getHeader('x-request-id')
  return typeof id === 'string' ? id : randomUUID()
}

function listen(server: HttpServer | HttpsServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: Error & { code?: string }) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'is taken by another program'
          : `cannot be listened on (${error.code ?? error.message})`
      reject(new Error(`port ${port} of ${host} ${reason}`, { cause: error }))
    })
    server.listen({ host, port }, () => {
      server.removeAllListeners('error')
      const address = server.address()
      resolve(address && typeof address === 'object' ? address.port : port)
    })
  })
}
