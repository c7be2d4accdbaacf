import { z } from 'zod'
import type { HttpServer, RoutePolicy } from '@platen/kit/http'
import { principalOf, visitorOf, type PartOf } from '../authorize.ts'
import { publicJwk } from './new-key.ts'
import type { SigningKeys } from './key-rotation.ts'

/** Shorter than a new key waits before it signs. */
const cacheSeconds = 15

const jsonWebKey = publicJwk.extend({
  kid: z.string(),
  alg: z.string(),
  use: z.string(),
})

/** The keys that verify access tokens of this place, and a new one on demand of those whom `policy` lets. */
export function registerSigningKeyRoutes(
  app: HttpServer,
  identityOf: PartOf<{ keys: SigningKeys }>,
  policy: RoutePolicy,
): void {
  app.route({
    method: 'GET',
    url: '/.well-known/jwks.json',
    config: { policy: { kind: 'public', reason: 'public keys are public' } },
    schema: {
      tags: ['auth'],
      summary: 'The keys that verify access tokens (RFC 7517)',
      response: { 200: z.strictObject({ keys: z.array(jsonWebKey) }) },
    },
    handler: async (request, reply) => {
      const { keys } = await identityOf(request)
      void reply.header('cache-control', `public, max-age=${cacheSeconds}`)
      return { keys: await keys.published() }
    },
  })

  app.route({
    method: 'POST',
    url: '/api/v1/auth/signing-keys/rotations',
    config: { policy, sessionOnly: true },
    schema: {
      tags: ['auth'],
      summary: 'Make a new signing key; the present one verifies until its last token is over',
      response: { 201: z.strictObject({ kid: z.string() }) },
    },
    handler: async (request, reply) => {
      const { keys } = await identityOf(request)
      void reply.code(201)
      return { kid: await keys.rotate(principalOf(request), visitorOf(request)) }
    },
  })
}
