import { z } from 'zod'
import type { HttpServer } from '@platen/kit/http'
import { principalOf, visitorOf, type PartOf } from '../authorize.ts'
import { hashingCost } from '../hashing-gate.ts'
import type { SecondFactor } from './second-factor.ts'

const state = z
  .strictObject({
    on: z.boolean(),
    since: z.iso.datetime().nullable(),
    recoveryCodesLeft: z.int(),
  })
  .meta({ id: 'SecondFactor' })
const recoveryCodes = z.strictObject({
  recoveryCodes: z.array(z.string()).meta({ description: 'Each works once instead of a code. Shown this once only.' }),
})
const password = z.string().min(1).max(1024)
const code = z.string().min(1).max(40).meta({ description: 'Six digits, or a recovery code.' })
const bothFactors = z.strictObject({ password, code })

const url = '/api/v1/auth/second-factor'
const policy = { kind: 'authenticated' } as const
const guesses = ['sign-in-throttled', 'sign-in-busy', 'password-wrong'] as const

/** The second factor of who asks. */
export function registerSecondFactorRoutes(app: HttpServer, identityOf: PartOf<{ secondFactor: SecondFactor }>): void {
  app.route({
    method: 'GET',
    url,
    config: { policy, sessionOnly: true },
    schema: { tags: ['account'], summary: 'Whether your second factor is on', response: { 200: state } },
    handler: async (request) => {
      const { secondFactor } = await identityOf(request)
      const { since, ...rest } = await secondFactor.state(principalOf(request))
      return { ...rest, since: since?.toISOString() ?? null }
    },
  })

  app.route({
    method: 'POST',
    url,
    config: { policy, sessionOnly: true, problems: [...guesses, 'second-factor-on'], cost: hashingCost },
    schema: {
      tags: ['account'],
      summary: 'Begin a second factor: a secret for your authenticator app',
      body: z.strictObject({ password }),
      response: { 201: z.strictObject({ secret: z.string(), url: z.string() }) },
    },
    handler: async (request, reply) => {
      const { secondFactor } = await identityOf(request)
      void reply.code(201)
      return secondFactor.begin(principalOf(request), request.body.password, visitorOf(request))
    },
  })

  app.route({
    method: 'PUT',
    url,
    config: {
      policy,
      sessionOnly: true,
      problems: ['sign-in-throttled', 'second-factor-on', 'second-factor-off', 'code-wrong'],
    },
    schema: {
      tags: ['account'],
      summary: 'Turn the second factor on with its first code',
      body: z.strictObject({ code }),
      response: { 200: recoveryCodes },
    },
    handler: async (request) => {
      const { secondFactor } = await identityOf(request)
      return { recoveryCodes: await secondFactor.confirm(principalOf(request), request.body.code, visitorOf(request)) }
    },
  })

  app.route({
    method: 'DELETE',
    url,
    config: { policy, sessionOnly: true, problems: [...guesses, 'second-factor-off', 'code-wrong'], cost: hashingCost },
    schema: {
      tags: ['account'],
      summary: 'Turn the second factor off',
      body: bothFactors,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { secondFactor } = await identityOf(request)
      await secondFactor.remove(principalOf(request), request.body, visitorOf(request))
      return reply.code(204).send(null)
    },
  })

  app.route({
    method: 'POST',
    url: `${url}/recovery-codes`,
    config: { policy, sessionOnly: true, problems: [...guesses, 'second-factor-off', 'code-wrong'], cost: hashingCost },
    schema: {
      tags: ['account'],
      summary: 'New recovery codes; the old ones stop working',
      body: bothFactors,
      response: { 201: recoveryCodes },
    },
    handler: async (request, reply) => {
      const { secondFactor } = await identityOf(request)
      const codes = await secondFactor.renewRecoveryCodes(principalOf(request), request.body, visitorOf(request))
      void reply.code(201)
      return { recoveryCodes: codes }
    },
  })
}
