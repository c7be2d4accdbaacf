/** What is passed on in both directions, and what is not. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { HostHeader } from './host.ts'

/** Hop-by-hop (RFC 9110, 7.6.1), what the server answers itself, and what only an edge may say. */
const NOT_FORWARDED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'http2-settings',
  'host',
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'x-original-url',
  'x-rewrite-url',
  'x-http-method-override',
  'x-request-id',
])

const NOT_RETURNED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'strict-transport-security',
])

/** A year. Browsers ignore it from a host whose certificate they do not trust, so nobody is locked out before importing the authority. */
export const STRICT_TRANSPORT_SECURITY = 'max-age=31536000'

/**
 * As a flat list of names and values. The client's `Connection` may name further headers to drop, so ours are added afterwards.
 * Names with an underscore are dropped: some applications read `X_Forwarded_For` as `X-Forwarded-For`.
 */
export function forwardedHeaders(request: IncomingMessage, host: HostHeader, requestId: string): string[] {
  const named = new Set(
    (request.headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
  const headers: string[] = []
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase()
    // Cookies and credentials cannot be made to disappear by naming them: an upstream must not see half a request.
    const isDropped =
      NOT_FORWARDED.has(name) ||
      name.startsWith('x-forwarded-') ||
      name.includes('_') ||
      (named.has(name) && !isEssential(name))
    if (!isDropped) headers.push(name, request.rawHeaders[index + 1] ?? '')
  }
  const authority = writeHost(host)
  const clientAddress = request.socket.remoteAddress ?? ''
  headers.push('host', authority, 'x-forwarded-for', plainAddress(clientAddress), 'x-forwarded-proto', 'https')
  headers.push('x-forwarded-host', authority, 'x-request-id', requestId)
  return headers
}

export function returnedHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const returned: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !NOT_RETURNED.has(name)) returned[name] = value
  }
  returned['strict-transport-security'] = STRICT_TRANSPORT_SECURITY
  return returned
}

/** `1.2.3.4` of `::ffff:1.2.3.4`. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}

export function writeHost(host: HostHeader): string {
  const name = host.isAddress && host.name.includes(':') ? `[${host.name}]` : host.name
  return host.port === '' ? name : `${name}:${host.port}`
}

function isEssential(name: string): boolean {
  return name === 'content-length' || name === 'authorization' || name === 'cookie' || name === 'origin'
}
