/** The routes of users, invitations and roles over one identity, and people of as many tenants as a test wants. */
import { newId } from '@platen/kit/ids'
import { createHttpServer, type HttpServer } from '@platen/kit/http'
import { createLogger } from '@platen/kit/logging'
import { rows, sql, withScope } from '@platen/kit/sql'
import { createAccount, createAuthorizer, ensureUser, registerAuthRoutes, registerPeopleRoutes } from '../index.ts'
import { composeIdentityMail, type Identity, type IdentityMail, type IssuedSession } from '../index.ts'
import { hashPassword } from '../passwords.ts'
import { openTestIdentity, password, visitor, type TestIdentity } from './identity.ts'

const host = 'anvil.test'

export interface TestUser {
  tenantId: string
  accountId: string
  userId: string
  email: string
  token: string
}

/** The members of answers that tests look at. Which are there depends on the route and the status: a test knows. */
export interface AnswerBody {
  id: string
  email: string
  name: string
  detail: string
  code: string
  version: number
  users: number
  system: boolean
  items: AnswerBody[]
  nextCursor: string | null
  accessToken: string
  token: string
}

export interface Answer {
  status: number
  headers: Record<string, unknown>
  text: string
  body: AnswerBody
}

export interface TestPeople {
  home: TestIdentity
  identity: Identity
  /** What was handed over to be mailed, oldest first. */
  mails: IdentityMail[]
  /** Places that the plan of every tenant has. */
  plan: { maxUsers: number | undefined }
  call(method: Method, path: string, options?: CallOptions): Promise<Answer>
  /** A signed-in user of a new tenant, or of the one given; with the account of somebody, if given. */
  aUser(who?: { role?: string; tenantId?: string; account?: TestUser; operator?: boolean }): Promise<TestUser>
  /** The token in the last mail of an invitation. */
  tokenOf(invitationId: string): Promise<string>
  auditOf(tenantId: string): Promise<{ action: string; resourceId: string | null; changes: object }[]>
  eventsOf(tenantId: string): Promise<{ type: string; payload: object }[]>
  close(): Promise<void>
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface CallOptions {
  as?: { token: string }
  body?: object
  ifMatch?: string
}

let hashed: Promise<string> | undefined

export async function openTestPeople(place: 'site' | 'plane'): Promise<TestPeople> {
  const home = await openTestIdentity(place)
  const mails: IdentityMail[] = []
  const plan: TestPeople['plan'] = { maxUsers: undefined }
  const identity = home.another({
    mailLater: async (_tx, mail) => void mails.push(mail),
    place: { nameOf: async () => 'Forge', maxUsers: async () => plan.maxUsers },
  })
  const app = await serverOf(identity)
  const inTenant = home.database.db
  return {
    home,
    identity,
    mails,
    plan,
    call: callerOf(app),
    aUser: (who) => aUser({ home, identity }, who),
    async tokenOf(invitationId) {
      const mail = mails.findLast(({ id }) => id === invitationId)
      if (mail === undefined) throw new Error('nothing was handed over to be mailed')
      const composed = await withScope(home.db, { tenantId: mail.tenantId }, (tx) =>
        composeIdentityMail(tx, home.vault, mail, { issuer: `https://${host}`, placeName: 'Forge' }),
      )
      return /#token=(\S+)/.exec(composed?.text ?? '')?.[1] ?? ''
    },
    auditOf: (tenantId) =>
      rows(
        inTenant,
        sql<{ action: string; resourceId: string | null; changes: object }>`
          SELECT action, resource_id AS "resourceId", changes FROM identity.audit_entries WHERE tenant_id = ${tenantId} ORDER BY at`,
      ),
    eventsOf: (tenantId) =>
      rows(
        inTenant,
        sql<{
          type: string
          payload: object
        }>`SELECT type, payload FROM outbox.events WHERE tenant_id = ${tenantId} ORDER BY position`,
      ),
    async close() {
      await app.close()
      await home.database.drop()
    },
  }
}

async function serverOf(identity: Identity): Promise<HttpServer> {
  const app = await createHttpServer({
    name: 'people-test',
    version: '0',
    logger: createLogger({ name: 'people-test', level: 'fatal' }),
    authorize: createAuthorizer(() => identity),
    openapi: { title: 'People', description: 'under test' },
    ready: async () => ({ ok: true, checks: {} }),
  })
  registerAuthRoutes(app, () => identity)
  registerPeopleRoutes(app, () => identity)
  await app.ready()
  return app
}

const callerOf =
  (app: HttpServer): TestPeople['call'] =>
  async (method, path, { as, body, ifMatch } = {}) => {
    const response = await app.inject({
      method,
      url: `/api/v1${path}`,
      headers: {
        host,
        ...(as === undefined ? {} : { authorization: `Bearer ${as.token}` }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined ? {} : { payload: body }),
    })
    const isJson = /json/.test(String(response.headers['content-type']))
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      // Tests of the answers are what checks their shape.
      body: (isJson ? response.json() : {}) as AnswerBody,
    }
  }

async function aUser(
  { home, identity }: { home: TestIdentity; identity: Identity },
  who: { role?: string; tenantId?: string; account?: TestUser; operator?: boolean } = {},
): Promise<TestUser> {
  const { role = 'gerant', tenantId = newId(), operator = false } = who
  hashed ??= hashPassword(password, [])
  const passwordHash = await hashed
  const accountId = who.account?.accountId ?? newId()
  const email = who.account?.email ?? `${role}-${accountId}@example.fr`
  const person = { accountId, tenantId, email, name: `Anne ${role}`, role }
  const session: IssuedSession = await withScope(home.db, { tenantId }, async (tx) => {
    if (who.account === undefined) await createAccount(tx, { ...person, id: accountId, passwordHash, operator })
    await ensureUser(tx, person)
    return identity.openFirstSession(tx, { accountId, tenantId }, visitor)
  })
  const principal = await identity.authenticate(session.accessToken)
  if (principal === undefined) throw new Error('the session is over')
  return { tenantId, accountId, userId: principal.userId, email, token: session.accessToken }
}
