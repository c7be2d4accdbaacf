/** An identity for tests: its database, cloned from a migrated template, and builders named after what they make. */
import { randomBytes } from 'node:crypto'
import type { IdempotencyKeys } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import { outboxMigrations } from '@platen/kit/outbox'
import { createVault, type Vault } from '@platen/kit/secrets'
import { sql, withScope, type Db } from '@platen/kit/sql'
import { createControlPlaneRoles, createSiteGroupRoles, testDatabase, type TestDatabase } from '@platen/kit/testing'
import { createAccount, createIdentity, ensureUser, hashPassword, identityMigrations } from '../index.ts'
import type { Identity, Visitor } from '../index.ts'

export const visitor: Visitor = { ip: null, userAgent: 'vitest', requestId: 'request-1' }
export const roles = {
  gerant: ['*'],
  chef: ['users.read', 'users.write', 'roles.read', 'roles.write', 'products.read'],
  lecture: ['products.read'],
}
export const permissions = ['products.read', 'products.write']
export const password = 'un mot de passe assez long'

/** Where identity lives: in a site's database (role platen_site_app) or in the control plane (role platen_api). */
export const places = {
  site: { template: 'identitysite', prepare: createSiteGroupRoles, owner: 'platen_site_owner', app: 'platen_site_app' },
  plane: { template: 'identityplane', prepare: createControlPlaneRoles, owner: 'platen_owner', app: 'platen_api' },
} as const

export interface TestIdentity {
  database: TestDatabase
  /** The role that serves requests. */
  db: Db
  vault: Vault
  tenantId: string
  identity: Identity
  /** One more process on the same database. */
  another(overrides?: Partial<Parameters<typeof createIdentity>[0]>): Identity
  /** An account with the password above, and a user of the tenant. */
  aPerson(fields?: Partial<Person>): Promise<Person>
}

export interface Person {
  accountId: string
  email: string
  role: string
  passwordHash: string | null
  operator: boolean
}

let people = 0
let hashed: Promise<string> | undefined

export async function openTestIdentity(place: keyof typeof places): Promise<TestIdentity> {
  const { template, prepare, owner, app } = places[place]
  const database = await testDatabase({ template, sets: [outboxMigrations, identityMigrations], prepare, role: owner })
  const db = database.connect(app, { max: 8 })
  const vault = createVault({ current: { id: 'test', key: randomBytes(32) } })
  const tenantId = newId()
  const options = {
    db,
    vault,
    issuer: 'https://anvil.test',
    audience: `site:${tenantId}`,
    roles,
    permissions,
    idempotencyKeys: keysInMemory(),
  }
  const another: TestIdentity['another'] = (overrides) => createIdentity({ ...options, ...overrides })
  return {
    database,
    db,
    vault,
    tenantId,
    identity: another(),
    another,
    async aPerson(fields = {}) {
      people += 1
      hashed ??= hashPassword(password, [])
      const person = {
        accountId: newId(),
        email: `person-${people}@example.fr`,
        role: 'gerant',
        passwordHash: await hashed,
        operator: false,
        ...fields,
      }
      await withScope(db, { tenantId }, async (tx) => {
        await createAccount(tx, { id: person.accountId, name: 'Anne', ...person })
        await ensureUser(tx, { tenantId, name: 'Anne', ...person })
      })
      return person
    },
  }
}

/** The place's table, which is not part of identity: places prove theirs. It does not forget what was rolled back; identity stores last. */
function keysInMemory(): IdempotencyKeys {
  const answers = new Map<string, { digest: Buffer; status: number; body: unknown }>()
  const nameOf = ({
    tenantId,
    accountId,
    route,
    key,
  }: {
    tenantId: string
    accountId: string
    route: string
    key: string
  }) => [tenantId, accountId, route, key].join(' ')
  return {
    find: async (_tx, request) => answers.get(nameOf(request)),
    remember: async (_tx, request, answer) =>
      void answers.set(nameOf(request), { digest: request.digest, ...answer, body: structuredClone(answer.body) }),
  }
}

/** Audit rows of a session or account, oldest first, as the database holds them. */
export async function auditOf(database: TestDatabase, resourceId: string): Promise<string[]> {
  const found = await sql<{ action: string }>`
    SELECT action FROM identity.audit_entries WHERE resource_id = ${resourceId} ORDER BY at`.execute(database.db)
  return found.rows.map(({ action }) => action)
}
