import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { HttpServer } from '@platen/kit/http'
import { registerApiTokenRoutes } from './api-tokens/index.ts'
import { principalOf, visitorOf, type PartOf } from './authorize.ts'
import { hashingCost } from './hashing-gate.ts'
import type { IssuedSession } from './identity-parts.ts'
import type { Identity } from './identity.ts'
import { registerLinkRoutes } from './links/index.ts'
import { identityProblems } from './problems.ts'
import { registerSecondFactorRoutes } from './second-factor/index.ts'
import { registerSessionRoutes } from './sessions/index.ts'
import { refreshTokenSeconds } from './sessions.ts'

/** `__Host-` binds the cookie to this very host over HTTPS: another site of the platform can neither read nor set it. */
const refreshCookie = '__Host-platen_refresh'

export const sessionAnswer = z.strictObject({
  accessToken: z.string().meta({ description: 'Send it as `Authorization: Bearer`. Lives 15 minutes.' }),
  expiresInSeconds: z.int(),
})
export const secondFactorCode = z
  .string()
  .min(1)
  .max(40)
  .meta({ description: 'Of the second factor, when `second-factor-needed` asks for it; or a recovery code.' })
const ticketAnswer = sessionAnswer.extend({ mustSetPassword: z.boolean() })

const cookieOptions = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const

export function setRefreshCookie(reply: FastifyReply, session: IssuedSession): void {
  void reply.setCookie(refreshCookie, session.refreshToken, { ...cookieOptions, maxAge: refreshTokenSeconds })
}

/** Answers with the access token; the refresh token only ever travels in the cookie. */
export function answerWith(reply: FastifyReply, session: IssuedSession): z.infer<typeof sessionAnswer> {
  setRefreshCookie(reply, session)
  return { accessToken: session.accessToken, expiresInSeconds: session.expiresInSeconds }
}

const refreshTokenOf = (request: FastifyRequest): string => {
  const token = request.cookies[refreshCookie]
  if (token === undefined)
    throw identityProblems.problem('session-ended', 'There is no session to go on with. Sign in.')
  return token
}

/** Signing in, staying signed in, signing out, changing one's password; the same in the control plane and in a site. */
export function registerAuthRoutes(app: HttpServer, identityOf: PartOf<Identity>): void {
  registerOwnAccountRoutes(app, identityOf)
  app.route({
    method: 'POST',
    url: '/api/v1/auth/login',
    config: {
      policy: { kind: 'public', reason: 'this is where credentials are checked' },
      problems: [
        'credentials-wrong',
        'second-factor-needed',
        'second-factor-wrong',
        'sign-in-throttled',
        'sign-in-busy',
      ],
      cost: hashingCost,
    },
    schema: {
      tags: ['auth'],
      summary: 'Sign in',
      body: z.strictObject({
        email: z.string().min(1).max(320),
        password: z.string().min(1).max(1024),
        code: secondFactorCode.optional(),
      }),
      response: { 200: sessionAnswer },
    },
    handler: async (request, reply) => {
      const identity = await identityOf(request)
      return answerWith(reply, await identity.signIn(request.body, visitorOf(request)))
    },
  })

  app.route({
    method: 'POST',
    url: '/api/v1/auth/refresh',
    config: {
      policy: { kind: 'public', reason: 'the refresh cookie is the credential' },
      problems: ['session-ended'],
      sameOrigin: true,
    },
    schema: {
      tags: ['auth'],
      summary: 'Exchange the refresh cookie for a new access token',
      response: { 200: sessionAnswer },
    },
    handler: async (request, reply) => {
      const identity = await identityOf(request)
      return answerWith(reply, await identity.refresh(refreshTokenOf(request), visitorOf(request)))
    },
  })

  app.route({
    method: 'POST',
    url: '/api/v1/auth/logout',
    config: { policy: { kind: 'public', reason: 'ending a session needs only its cookie' }, sameOrigin: true },
    schema: { tags: ['auth'], summary: 'Sign out', response: { 204: z.null() } },
    handler: async (request, reply) => {
      const token = request.cookies[refreshCookie]
      const identity = await identityOf(request)
      if (token !== undefined) await identity.signOut(token, visitorOf(request))
      void reply.clearCookie(refreshCookie, cookieOptions)
      return reply.code(204).send(null)
    },
  })

  app.route({
    method: 'PUT',
    url: '/api/v1/auth/password',
    config: {
      policy: { kind: 'authenticated' },
      sessionOnly: true,
      problems: ['password-unsuitable', 'password-wrong', 'sign-in-throttled', 'sign-in-busy'],
      cost: hashingCost,
    },
    schema: {
      tags: ['auth'],
      summary: 'Set or change your password; other sessions end',
      body: z.strictObject({
        currentPassword: z.string().max(1024).optional(),
        newPassword: z.string().min(1).max(1024),
      }),
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const identity = await identityOf(request)
      await identity.changePassword(principalOf(request), request.body, visitorOf(request))
      return reply.code(204).send(null)
    },
  })
}

/** What people see and change of their own account, the same in the control plane and in a site. */
function registerOwnAccountRoutes(app: HttpServer, identityOf: PartOf<Identity>): void {
  registerSecondFactorRoutes(app, identityOf)
  registerSessionRoutes(app, identityOf)
  registerApiTokenRoutes(app, identityOf)
  registerLinkRoutes(app, identityOf)
}

/** Coming in by a single-use ticket: sites only. */
export function registerTicketRoute(app: HttpServer, identityOf: PartOf<Identity>): void {
  app.route({
    method: 'POST',
    url: '/api/v1/auth/tickets',
    config: {
      policy: { kind: 'public', reason: 'the single-use ticket is the credential' },
      problems: ['ticket-invalid'],
    },
    schema: {
      tags: ['auth'],
      summary: 'Exchange a single-use ticket for a session',
      body: z.strictObject({ ticket: z.string().min(1).max(200) }),
      response: { 200: ticketAnswer },
    },
    handler: async (request, reply) => {
      const identity = await identityOf(request)
      const session = await identity.redeem(request.body.ticket, visitorOf(request))
      return { ...answerWith(reply, session), mustSetPassword: session.passwordMissing }
    },
  })
}
