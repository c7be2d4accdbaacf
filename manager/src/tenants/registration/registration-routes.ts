import { hashingCost, sessionAnswer, setRefreshCookie, visitorOf } from '@platen/identity'
import type { HttpServer } from '@platen/kit/http'
import { z } from 'zod'
import type { RegistrationMode } from '../../config.ts'
import { tenantProblems } from '../problems.ts'
import { locales } from '../tenant-settings.ts'
import { askToRegister, completeRegistration, type RegistrationParts } from './register.ts'
import { registrationHours } from './registration-store.ts'
import { createRegistrationThrottle } from './registration-throttle.ts'

export interface RegistrationRoutesOptions extends RegistrationParts {
  registration: RegistrationMode
}

/** Strangers asking for an account and an organisation of their own. */
export function registerRegistrationRoutes(app: HttpServer, options: RegistrationRoutesOptions): void {
  const throttle = createRegistrationThrottle()

  app.route({
    method: 'GET',
    url: '/api/v1/auth/register',
    config: { policy: { kind: 'public', reason: 'the sign-in page says whether one can register' } },
    schema: {
      tags: ['auth'],
      summary: 'Whether one can register here',
      response: { 200: z.strictObject({ registration: z.enum(['closed', 'open', 'invitation']) }) },
    },
    handler: async () => ({ registration: options.registration }),
  })

  app.route({
    method: 'POST',
    url: '/api/v1/auth/register',
    config: {
      policy: { kind: 'public', reason: 'who registers has no account yet' },
      problems: ['registration-closed', 'registration-throttled', 'password-unsuitable', 'sign-in-busy'],
      cost: hashingCost,
    },
    schema: {
      tags: ['auth'],
      summary:
        'Ask for an account and an organisation: a link comes by mail, whether or not the address has an account',
      body: z.strictObject({
        tenantName: z.string().trim().min(1).max(200),
        name: z.string().trim().min(1).max(200),
        email: z.email().max(320),
        password: z.string().min(1).max(1024),
        locale: z.enum(locales).optional(),
      }),
      response: { 202: z.strictObject({ next: z.literal('open-the-mail'), validForHours: z.int() }) },
    },
    handler: async (request, reply) => {
      refuseUnlessOpen(options)
      throttle.attempt(request.ip)
      await askToRegister(request.body, visitorOf(request), options)
      return reply.code(202).send({ next: 'open-the-mail' as const, validForHours: registrationHours })
    },
  })

  app.route({
    method: 'POST',
    url: '/api/v1/auth/register/redemption',
    config: {
      policy: { kind: 'public', reason: 'the single-use link of the mail is the credential' },
      problems: ['registration-closed', 'registration-link-invalid', 'email-taken'],
    },
    schema: {
      tags: ['auth'],
      summary: 'Exchange the link of the mail for account, organisation and session',
      body: z.strictObject({ token: z.string().min(1).max(200) }),
      response: { 201: sessionAnswer },
    },
    handler: async (request, reply) => {
      refuseUnlessOpen(options)
      const session = await completeRegistration(request.body.token, visitorOf(request), options)
      setRefreshCookie(reply, session)
      return reply.code(201).send({ accessToken: session.accessToken, expiresInSeconds: session.expiresInSeconds })
    },
  })
}

function refuseUnlessOpen({ registration }: RegistrationRoutesOptions): void {
  if (registration === 'open') return
  const how = registration === 'invitation' ? 'New organisations come in by invitation.' : 'Registration is closed.'
  throw tenantProblems.problem('registration-closed', `${how} Nothing was created.`)
}
