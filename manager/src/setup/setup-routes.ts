import { rm } from 'node:fs/promises'
import { z } from 'zod'
import {
  appendAudit,
  hashPassword,
  sessionAnswer,
  setRefreshCookie,
  visitorOf,
  type Identity,
  type Visitor,
} from '@platen/identity'
import type { HttpServer } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import type { ProblemError } from '@platen/kit/problems'
import { withScope, type Db } from '@platen/kit/sql'
import { makeTenantWithOwner } from '../tenants/index.ts'
import { setupProblems } from './problems.ts'
import { isClaimed, spendSetupCode } from './setup-code.ts'

export interface SetupOptions {
  db: Db
  identity: Identity
  setupCodeFile: string
  zone: string
  consoleUrl: string
  version: string
}

interface Claim {
  code: string
  email: string
  password: string
  name: string
}

export function registerSetupRoutes(app: HttpServer, options: SetupOptions): void {
  app.route({
    method: 'GET',
    url: '/api/v1/setup',
    config: { policy: { kind: 'public', reason: 'the first visitor must learn that a setup code is needed' } },
    schema: {
      tags: ['setup'],
      summary: 'Whether the platform has an owner',
      response: {
        200: z.strictObject({ claimed: z.boolean(), zone: z.string(), consoleUrl: z.string(), version: z.string() }),
      },
    },
    handler: async () => {
      const { zone, consoleUrl, version } = options
      return { claimed: await isClaimed(options.db), zone, consoleUrl, version }
    },
  })

  app.route({
    method: 'POST',
    url: '/api/v1/setup',
    config: {
      policy: { kind: 'public', reason: 'the one-time setup code is the credential' },
      problems: ['setup-code-wrong', 'password-unsuitable'],
    },
    schema: {
      tags: ['setup'],
      summary: 'Claim the platform with the setup code',
      body: z.strictObject({
        code: z.string().min(1).max(100),
        email: z.email().max(320),
        password: z.string().min(1).max(1024),
        name: z.string().trim().min(1).max(200),
      }),
      response: { 201: sessionAnswer },
    },
    handler: async (request, reply) => {
      const session = await claim(request.body, visitorOf(request), options)
      // Spent already; a file that cannot be removed now is removed by the next look at the setup code.
      await rm(options.setupCodeFile, { force: true }).catch((error: unknown) =>
        request.log.warn({ err: error }, 'the file of the setup code could not be removed'),
      )
      setRefreshCookie(reply, session)
      return reply.code(201).send({ accessToken: session.accessToken, expiresInSeconds: session.expiresInSeconds })
    },
  })
}

/** Owner account, its organisation and its first session: one transaction that begins by spending the code. */
async function claim({ code, email, password, name }: Claim, visitor: Visitor, { db, identity }: SetupOptions) {
  // A wrong code must not cost 50 ms of hashing per try, nor tell whether the password would do.
  if (await isClaimed(db)) throw codeWrong()
  const accountId = newId()
  const tenantId = newId()
  return withScope(db, { operator: true, tenantId, accountId, actor: email }, async (tx) => {
    if (!(await spendSetupCode(tx, code, accountId))) throw codeWrong()
    const passwordHash = await hashPassword(password, [email, name])
    const owner = { accountId, email, name, passwordHash, operator: true }
    await makeTenantWithOwner(tx, { id: tenantId, name }, owner, visitor)
    await appendAudit(tx, {
      tenantId,
      actor: { id: accountId, label: email, ...visitor },
      action: 'platform.claimed',
      resource: 'platform',
      resourceId: null,
    })
    return identity.openFirstSession(tx, { accountId, tenantId }, visitor)
  })
}

const codeWrong = (): ProblemError =>
  setupProblems.problem('setup-code-wrong', 'The code is wrong, expired, or was used already. Nothing was changed.')
