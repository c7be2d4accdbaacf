import { isIP } from 'node:net'
import type { EdgeRoute, EdgeSnapshot } from '../../snapshots/index.ts'
import { expandAddress, normalizeName, parseHost, type HostHeader } from './host.ts'

export type Resolution =
  | { kind: 'route'; route: EdgeRoute; host: HostHeader }
  /** Not a request we can understand: 400. */
  | { kind: 'malformed'; detail: string }
  /** A host that is not ours, or not the one the connection was made for: 421. */
  | { kind: 'misdirected'; host: string }

/** The hosts of one snapshot. */
export class RouteTable {
  readonly #routes: Map<string, EdgeRoute>
  readonly #console: EdgeRoute
  /** At which the console answers: those that a certificate names. Any other would be a name of the sender's choosing. */
  readonly #addresses: ReadonlySet<string>
  readonly httpsPort: number

  constructor(snapshot: EdgeSnapshot) {
    this.#routes = new Map(snapshot.routes.map((route) => [route.host, route]))
    this.#console = { host: snapshot.consoleHost, target: { kind: 'manager' }, state: 'active' }
    this.#routes.set(snapshot.consoleHost, this.#console)
    this.#addresses = new Set(
      snapshot.certificates.flatMap(({ names }) => names.filter((name) => isIP(name) !== 0).map(canonicalAddress)),
    )
    this.httpsPort = snapshot.httpsPort
  }

  find(host: string): EdgeRoute | undefined {
    return this.#routes.get(host)
  }

  /** @param sni what the TLS connection was made for; undefined for none, null for plain HTTP where nothing is known. */
  resolve(request: { rawHeaders: readonly string[]; url: string; sni: string | undefined | null }): Resolution {
    const hosts = valuesOf(request.rawHeaders, 'host')
    if (hosts.length !== 1) return { kind: 'malformed', detail: 'a request has exactly one Host header' }
    // Absolute-form would be a second opinion about the host. Browsers and our CLI never send it to an origin server.
    if (!request.url.startsWith('/')) return { kind: 'malformed', detail: 'the request target must be a path' }
    const host = parseHost(hosts[0] ?? '')
    if (!host) return { kind: 'malformed', detail: 'the Host header is not a host' }
    const route = host.isAddress ? this.#consoleAt(host.name) : this.find(host.name)
    if (!route) return { kind: 'misdirected', host: host.name }
    if (request.sni === null) return { kind: 'route', route, host }
    const isSame = host.isAddress
      ? request.sni === undefined
      : request.sni !== undefined && normalizeName(request.sni) === host.name
    return isSame ? { kind: 'route', route, host } : { kind: 'misdirected', host: host.name }
  }

  #consoleAt(address: string): EdgeRoute | undefined {
    return this.#addresses.has(canonicalAddress(address)) ? this.#console : undefined
  }
}

function canonicalAddress(address: string): string {
  return isIP(address) === 6 ? expandAddress(address).join(':') : address
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '')
  }
  return values
}
