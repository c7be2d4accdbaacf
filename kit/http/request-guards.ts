import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { kitProblems } from '../problems/index.ts'

// What the edge or a careful client sends; anything else could forge log lines or grow them.
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{7,63}$/

/** The caller's `x-request-id` when it is well-formed, else a new one. */
export function requestIdOf(raw: IncomingMessage): string {
  const given = raw.headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

/** Host of the request as the edge passed it: lower case, without port and trailing dot. X-Forwarded-Host is never looked at. */
export function requestHost(request: FastifyRequest): string {
  const host = (request.raw.headers.host ?? '').toLowerCase()
  const name = host.startsWith('[') ? host.slice(0, host.indexOf(']') + 1) : (host.split(':', 1)[0] ?? '')
  return name.endsWith('.') ? name.slice(0, -1) : name
}

/** Refuses requests that parsers, databases and proxies read in different ways, before any code of ours looks at them. */
export function refuseAmbiguousRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    const reason = ambiguityOf(request.raw)
    if (reason !== undefined) throw kitProblems.problem('malformed-request', reason)
    const encoding = request.headers['content-encoding']
    if (encoding !== undefined && encoding !== 'identity') {
      throw kitProblems.problem('unsupported-media-type', 'Compressed bodies are not accepted.')
    }
  })
}

function ambiguityOf(raw: IncomingMessage): string | undefined {
  const url = raw.url ?? ''
  // Absolute-form names a second host, which may differ from the Host header.
  if (!url.startsWith('/')) return 'The request target must be a path.'
  // PostgreSQL cannot store it, and C programs end there.
  if (/%00/.test(url)) return 'The address contains the character U+0000.'
  if (/%(?:2f|5c)/i.test(url.split('?', 1)[0] ?? '')) return 'The path contains an encoded slash.'
  const hosts = raw.rawHeaders.filter((value, index) => index % 2 === 0 && value.toLowerCase() === 'host')
  // Node keeps the first and drops the others, a proxy may do otherwise.
  if (hosts.length > 1) return 'There is more than one Host header.'
  return undefined
}
