/**
 * Versioned resources: what a route with `versioned: true` answers carries `ETag: "v3-<digest>"`. Its version is what `If-Match`
 * compares; the digest covers what else is told (stock, actions), so that `If-None-Match` answers 304 only when nothing differs.
 */
import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

const readHeaders = z.looseObject({
  'if-none-match': z.string().max(1000).optional().meta({
    description: 'ETag of an earlier answer: 304 without a body when nothing differs.',
    example: '"v3-n4bQgYhMfWWa"',
  }),
})
const writeHeaders = z.looseObject({
  'if-match': z.string().max(1000).optional().meta({
    description:
      'ETag, or only its version, that the change was made from: 412 when it is another by now. Without it: whatever it is now.',
    example: '"v3"',
  }),
})

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the resource in the answer, on a versioned route. */
    answerVersion: number | null
  }
}

/** Gives versioned routes their headers, tags and problem. Before other hooks that look at routes. */
export function declareVersions(app: FastifyInstance): void {
  app.decorateRequest('answerVersion', null)
  app.addHook('onRoute', (route) => {
    if (route.config?.versioned !== true) return
    const isRead = [route.method].flat().every((method) => method === 'GET' || method === 'HEAD')
    route.schema = { ...route.schema, headers: isRead ? readHeaders : writeHeaders }
    if (!isRead) route.config = { ...route.config, problems: [...(route.config.problems ?? []), 'version-stale'] }
  })
  app.addHook('preSerialization', async (request, reply, payload: unknown) => {
    if (request.routeOptions.config.versioned === true && reply.statusCode < 300)
      request.answerVersion = versionOf(payload)
    return payload
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.answerVersion === null || typeof payload !== 'string' || reply.statusCode >= 300) return payload
    const digest = createHash('sha256').update(payload).digest('base64url').slice(0, 12)
    const tag = `"v${request.answerVersion}-${digest}"`
    reply.header('etag', tag)
    if (request.method !== 'GET' || !isKnown(tag, request.headers['if-none-match'])) return payload
    reply.code(304).removeHeader('content-type').removeHeader('content-length')
    return null
  })
}

function versionOf(payload: unknown): number | null {
  const version: unknown =
    typeof payload === 'object' && payload !== null && 'version' in payload ? payload.version : undefined
  return typeof version === 'number' ? version : null
}

function isKnown(tag: string, header: string | undefined): boolean {
  if (header === undefined) return false
  return header.split(',').some((known) => known.trim() === '*' || known.trim().replace(/^W\//, '') === tag)
}
