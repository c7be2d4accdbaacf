import { z } from 'zod'
import type { HttpServer } from '@platen/kit/http'
import { principalOf, visitorOf, type PartOf } from '../authorize.ts'
import { hashingCost } from '../hashing-gate.ts'
import type { Links } from './links.ts'

const token = z.string().min(1).max(200).meta({ description: 'What stands after `#token=` in the link.' })
/** Nothing more is said: what was sent, and to whom, is between us and the mailbox. */
const accepted = z.strictObject({})
const byLink = { kind: 'public', reason: 'the link that was sent by mail is the credential' } as const

/** Links sent by mail: resetting a password, verifying an address. */
export function registerLinkRoutes(app: HttpServer, identityOf: PartOf<{ links: Links }>): void {
  app.route({
    method: 'POST',
    url: '/api/v1/auth/password-resets',
    config: {
      policy: { kind: 'public', reason: 'whoever forgot their password cannot sign in' },
      problems: ['sign-in-throttled'],
    },
    schema: {
      tags: ['auth'],
      summary: 'Ask for a link by mail that sets a new password',
      description: 'The answer is the same whether or not there is such an account.',
      body: z.strictObject({ email: z.string().min(1).max(320) }),
      response: { 202: accepted },
    },
    handler: async (request, reply) => {
      const { links } = await identityOf(request)
      await links.requestReset(request.body.email, visitorOf(request))
      return reply.code(202).send({})
    },
  })

  app.route({
    method: 'POST',
    url: '/api/v1/auth/password-resets/redemption',
    config: { policy: byLink, problems: ['link-invalid', 'password-unsuitable', 'sign-in-busy'], cost: hashingCost },
    schema: {
      tags: ['auth'],
      summary: 'Set a new password by a link; every session ends',
      body: z.strictObject({ token, newPassword: z.string().min(1).max(1024) }),
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { links } = await identityOf(request)
      await links.resetPassword(request.body.token, request.body.newPassword, visitorOf(request))
      return reply.code(204).send(null)
    },
  })

  app.route({
    method: 'POST',
    url: '/api/v1/auth/address-verifications',
    config: {
      policy: { kind: 'authenticated' },
      sessionOnly: true,
      problems: ['address-verified', 'sign-in-throttled'],
    },
    schema: {
      tags: ['account'],
      summary: 'Have a link sent that verifies your address',
      response: { 202: accepted },
    },
    handler: async (request, reply) => {
      const { links } = await identityOf(request)
      await links.requestVerification(principalOf(request), visitorOf(request))
      return reply.code(202).send({})
    },
  })

  app.route({
    method: 'POST',
    url: '/api/v1/auth/address-verifications/redemption',
    config: { policy: byLink, problems: ['link-invalid'] },
    schema: {
      tags: ['auth'],
      summary: 'Verify an address by a link',
      body: z.strictObject({ token }),
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { links } = await identityOf(request)
      await links.verifyAddress(request.body.token, visitorOf(request))
      return reply.code(204).send(null)
    },
  })
}
