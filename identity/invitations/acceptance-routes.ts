import { z } from 'zod'
import type { HttpServer } from '@platen/kit/http'
import { answerWith, secondFactorCode, sessionAnswer } from '../auth-routes.ts'
import { visitorOf, type PartOf } from '../authorize.ts'
import { hashingCost } from '../hashing-gate.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { userName } from '../users/index.ts'
import { acceptInvitation, inspectInvitation } from './accept-invitation.ts'

const policy = { kind: 'public', reason: 'the single-use token of the invitation is the credential' } as const
const tags = ['auth']
const token = z.string().min(1).max(200)

/** Coming in by an invitation. */
export function registerAcceptanceRoutes(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'POST',
    url: '/api/v1/auth/invitations/inspection',
    config: { policy, problems: ['invitation-invalid'] },
    schema: {
      tags,
      summary: 'What an invitation is to, and whether its address has an account already',
      body: z.strictObject({ token }),
      response: {
        200: z.strictObject({ email: z.string(), name: z.string(), place: z.string(), accountExists: z.boolean() }),
      },
    },
    handler: async (request) => inspectInvitation(await partsOf(request), request.body.token),
  })

  app.route({
    method: 'POST',
    url: '/api/v1/auth/invitations/acceptance',
    config: {
      policy,
      problems: [
        'invitation-invalid',
        'invitation-overtaken',
        'credentials-wrong',
        'second-factor-needed',
        'second-factor-wrong',
        'password-unsuitable',
        'sign-in-throttled',
        'sign-in-busy',
        'email-taken',
        'user-exists',
        'user-limit-reached',
        'role-unknown',
      ],
      cost: hashingCost,
    },
    schema: {
      tags,
      summary: 'Accept an invitation: with the password of your account, or with the one it is to have',
      body: z.strictObject({
        token,
        name: userName.optional(),
        password: z.string().min(1).max(1024),
        code: secondFactorCode.optional(),
      }),
      response: { 200: sessionAnswer },
    },
    handler: async (request, reply) =>
      answerWith(reply, await acceptInvitation(await partsOf(request), request.body, visitorOf(request))),
  })
}
