/** An edge on real ports with certificates of an authority of its own, before upstreams on real unix sockets. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { join } from 'node:path'
import { temporaryDirectory } from '@platen/kit/testing'
import { MemoryCertificates } from '../../../certificates/index.ts'
import { sealFor, sealingContexts, type EdgeCertificate, type EdgeSnapshot } from '../../../snapshots/index.ts'
import { Edge } from '../edge.ts'

export const ZONE = 'platen.localhost'
export const CONSOLE = `console.${ZONE}`
export const ACME = `acme.${ZONE}`

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export interface RequestMore {
  method?: string
  path?: string
  headers?: Record<string, string>
  signal?: AbortSignal
  /** The name of the host unless given; '' for none. */
  sni?: string
  body?: string | Buffer
}

export interface TestEdge {
  edge: Edge
  ca: string
  httpsPort: number
  httpPort: number
  snapshot: EdgeSnapshot
  logged: object[]
  /** Applies a changed copy of the snapshot. */
  change(more: Partial<EdgeSnapshot>): string[]
  upstream(
    name: string,
    listener: RequestListener,
  ): Promise<{ socketPath: string; server: Server; kill(): Promise<void> }>
  open(host: string, options?: RequestMore): Promise<IncomingMessage>
  get(host: string, options?: RequestMore): Promise<Answer>
  /** A TLS connection for raw bytes. */
  raw(servername: string | undefined): Promise<TLSSocket>
  stop(): Promise<void>
}

/** A snapshot with the console, one active site `acme` on a bench `main` of two sockets, and a certificate for zone and loopback. */
export async function aSnapshot(
  directory: string,
  sealingKey: Buffer,
): Promise<{ snapshot: EdgeSnapshot; ca: string }> {
  const issuer = new MemoryCertificates({ zone: ZONE })
  const { certificatePem: ca } = await issuer.ensureAuthority()
  const snapshot: EdgeSnapshot = {
    zone: ZONE,
    consoleHost: CONSOLE,
    httpsPort: 32443,
    benches: [{ name: 'main', sockets: [join(directory, 'bench-1.sock'), join(directory, 'bench-2.sock')] }],
    managerSocket: join(directory, 'manager.sock'),
    routes: [aRoute('acme')],
    certificates: [await aCertificate(issuer, sealingKey, [`*.${ZONE}`, ZONE, '127.0.0.1'])],
  }
  return { snapshot, ca }
}

export function aRoute(
  name: string,
  state: EdgeSnapshot['routes'][number]['state'] = 'active',
  bench = 'main',
): EdgeSnapshot['routes'][number] {
  return { host: `${name}.${ZONE}`, target: { kind: 'bench', bench, siteId: `id-${name}` }, state }
}

export async function aCertificate(
  issuer: MemoryCertificates,
  sealingKey: Buffer,
  names: string[],
): Promise<EdgeCertificate> {
  const issued = await issuer.issue({ names, days: 30 })
  return {
    names,
    certificatePem: issued.certificatePem,
    sealedPrivateKey: sealFor(sealingKey, issued.privateKeyPem.expose(), sealingContexts.certificateKey(names)),
    notAfter: issued.notAfter.toISOString(),
  }
}

export async function startTestEdge(): Promise<TestEdge> {
  const directory = await temporaryDirectory()
  const sealingKey = randomBytes(32)
  const { snapshot, ca } = await aSnapshot(directory.path, sealingKey)
  const logged: object[] = []
  const keep = (fields: object, message: string): void => void logged.push({ ...fields, message })
  const edge = new Edge({
    bind: '127.0.0.1',
    httpsPort: 0,
    httpPort: 0,
    sealingKey,
    logger: { info: keep, warn: keep },
  })
  const ports = await edge.listen()
  edge.apply(snapshot)
  const kills: (() => Promise<void>)[] = []

  const open: TestEdge['open'] = (host, options = {}) =>
    new Promise((resolve, reject) => {
      const { sni = host.split(':')[0] ?? '', body, ...rest } = options
      const outgoing = httpsRequest(
        {
          host: '127.0.0.1',
          port: ports.httpsPort,
          ca,
          servername: sni,
          agent: false,
          checkServerIdentity: () => undefined,
          ...rest,
          headers: { host, ...rest.headers },
        },
        resolve,
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })

  return {
    edge,
    ca,
    ...ports,
    snapshot,
    logged,
    open,
    change: (more) => edge.apply({ ...snapshot, ...more }),
    async upstream(name, listener) {
      const socketPath = join(directory.path, `${name}.sock`)
      const server = createServer(listener)
      server.listen(socketPath)
      await once(server, 'listening')
      const kill = async (): Promise<void> => {
        server.closeAllConnections()
        if (server.listening) await new Promise((resolve) => server.close(resolve))
      }
      kills.push(kill)
      return { socketPath, server, kill }
    },
    async get(host, options) {
      const response = await open(host, options)
      return { status: response.statusCode ?? 0, headers: response.headers, body: await textOf(response) }
    },
    async raw(servername) {
      const socket = connectTls({
        host: '127.0.0.1',
        port: ports.httpsPort,
        ca,
        checkServerIdentity: () => undefined,
        ...(servername !== undefined && { servername }),
      })
      await once(socket, 'secureConnect')
      return socket
    },
    async stop() {
      await edge.stop({ drainMs: 0 })
      await Promise.all(kills.map((kill) => kill()))
      await directory.remove()
    },
  }
}

export async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
  return text
}

/** Everything the other side sends until it ends the connection. */
export function untilClosed(socket: Duplex): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
    socket.on('error', () => resolve(text))
    socket.on('close', () => resolve(text))
  })
}
