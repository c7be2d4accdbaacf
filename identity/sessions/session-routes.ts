import { z } from 'zod'
import { pageOf, pageQuery, type HttpServer } from '@platen/kit/http'
import { principalOf, visitorOf, type PartOf } from '../authorize.ts'
import type { OwnSessions } from './own-sessions.ts'

const session = z
  .strictObject({
    id: z.uuid(),
    current: z.boolean().meta({ description: 'The one that asks.' }),
    method: z.enum(['password', 'ticket', 'setup']),
    secondFactor: z.enum(['totp', 'recovery-code']).nullable(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'OwnSession' })

const policy = { kind: 'authenticated' } as const
const url = '/api/v1/auth/sessions'

/** Where who asks is signed in, and how to end that. */
export function registerSessionRoutes(app: HttpServer, identityOf: PartOf<{ sessions: OwnSessions }>): void {
  app.route({
    method: 'GET',
    url,
    config: { policy, sessionOnly: true },
    schema: {
      tags: ['account'],
      summary: 'Where you are signed in',
      querystring: pageQuery.extend({ cursor: z.uuid().optional() }),
      response: { 200: pageOf(session) },
    },
    handler: async (request) => {
      const { cursor, limit } = request.query
      const principal = principalOf(request)
      const { sessions } = await identityOf(request)
      const found = await sessions.list(principal, { beforeId: cursor, limit: limit + 1 })
      const items = found.slice(0, limit).map(({ createdAt, lastUsedAt, expiresAt, ...rest }) => ({
        ...rest,
        current: rest.id === principal.sessionId,
        createdAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      }))
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
  })

  app.route({
    method: 'DELETE',
    url: `${url}/:id`,
    config: { policy, sessionOnly: true, problems: ['session-not-found'] },
    schema: {
      tags: ['account'],
      summary: 'Sign out one of your sessions',
      params: z.strictObject({ id: z.uuid() }),
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { sessions } = await identityOf(request)
      await sessions.end(principalOf(request), request.params.id, visitorOf(request))
      return reply.code(204).send(null)
    },
  })

  app.route({
    method: 'DELETE',
    url,
    config: { policy, sessionOnly: true },
    schema: {
      tags: ['account'],
      summary: 'Sign out everywhere else',
      response: { 200: z.strictObject({ ended: z.int() }) },
    },
    handler: async (request) => {
      const { sessions } = await identityOf(request)
      return { ended: await sessions.endOthers(principalOf(request), visitorOf(request)) }
    },
  })
}
