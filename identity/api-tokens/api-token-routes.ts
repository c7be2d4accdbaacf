import { z } from 'zod'
import { pageOf, pageQuery, type HttpServer } from '@platen/kit/http'
import { principalOf, visitorOf, type PartOf } from '../authorize.ts'
import type { ApiTokens } from './api-tokens.ts'
import type { ApiTokenRow } from './api-token-store.ts'

const defaultDays = 365
const longestDays = 730

const apiToken = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().meta({ description: 'Stands in the token after `platen_`: tells tokens apart.' }),
    scopes: z.array(z.string()),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'To the minute.' }),
    lastUsedIp: z.string().nullable(),
  })
  .meta({ id: 'ApiToken' })

const newToken = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(200)
    .meta({ description: 'Permissions that you hold. It may do what is among them and what you may do at that time.' }),
  expiresInDays: z.int().min(1).max(longestDays).default(defaultDays),
})

const answerOf = ({ createdAt, expiresAt, lastUsedAt, ...rest }: ApiTokenRow): z.infer<typeof apiToken> => ({
  ...rest,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
})

const policy = { kind: 'authenticated' } as const
const url = '/api/v1/auth/api-tokens'

/** Tokens by which programs use the API for who asks. */
export function registerApiTokenRoutes(app: HttpServer, identityOf: PartOf<{ apiTokens: ApiTokens }>): void {
  app.route({
    method: 'GET',
    url,
    config: { policy, sessionOnly: true },
    schema: {
      tags: ['account'],
      summary: 'Your API tokens',
      querystring: pageQuery.extend({ cursor: z.uuid().optional() }),
      response: { 200: pageOf(apiToken) },
    },
    handler: async (request) => {
      const { cursor, limit } = request.query
      const { apiTokens } = await identityOf(request)
      const found = await apiTokens.list(principalOf(request), { beforeId: cursor, limit: limit + 1 })
      const items = found.slice(0, limit).map(answerOf)
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
  })

  app.route({
    method: 'POST',
    url,
    config: { policy, sessionOnly: true, problems: ['scopes-not-held'] },
    schema: {
      tags: ['account'],
      summary: 'Make an API token; it is shown this once',
      body: newToken,
      response: {
        201: z.strictObject({
          token: z.string().meta({ description: 'Send it as `Authorization: Bearer`. Nobody can show it again.' }),
          apiToken,
        }),
      },
    },
    handler: async (request, reply) => {
      const { apiTokens } = await identityOf(request)
      const { token, row } = await apiTokens.create(principalOf(request), request.body, visitorOf(request))
      void reply.code(201)
      return { token, apiToken: answerOf(row) }
    },
  })

  app.route({
    method: 'DELETE',
    url: `${url}/:id`,
    config: { policy, sessionOnly: true, problems: ['api-token-not-found'] },
    schema: {
      tags: ['account'],
      summary: 'Revoke an API token',
      params: z.strictObject({ id: z.uuid() }),
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { apiTokens } = await identityOf(request)
      await apiTokens.revoke(principalOf(request), request.params.id, visitorOf(request))
      return reply.code(204).send(null)
    },
  })
}
