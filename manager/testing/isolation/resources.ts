// What the ids in paths are of, and how to make one of each. A new kind of thing with an id in its path gets its entry here.
import { newId } from '@platen/kit/ids'
import { one, sql, withScope } from '@platen/kit/sql'
import { canaryOf, type Caller, type Resource } from '@platen/kit/testing'
import { suspendSite } from '../../src/sites/index.ts'
import type { TestApi } from '../api.ts'
import { aPerson, aSite, aTenant, aVerifiedBackup, startOn } from '../builders.ts'
import type { TestPlatform } from '../platform.ts'
import { aDeadLetter, aJobOf, anEntry, aSessionOf, aToldWebhook } from './things.ts'

/** What has no row of its own here: who may ask is told that it is not there. */
const ofThePlatform: Resource = { of: 'platform', make: async () => newId() }
const ofTenant = (make: Resource['make']): Resource => ({ of: 'tenant', make })
const ofCaller = (make: Resource['make']): Resource => ({ of: 'caller', make })

export function resourcesOf(platform: TestPlatform, api: Pick<TestApi, 'identity'>): Record<string, Resource> {
  return { ...sitesAndBackups(platform), ...peopleAndRoles(platform, api), ...ofOperators(platform) }
}

function sitesAndBackups(platform: TestPlatform): Record<string, Resource> {
  const site = (state: 'active' | 'suspended' | 'archived') =>
    ofTenant(async (caller) => (await aSite(platform, caller, state)).siteId)
  const operation = async (caller: Caller) =>
    startOn(platform, caller, suspendSite, (await aSite(platform, caller)).siteId)
  return {
    '/api/v1/sites/{id}': site('active'),
    'a suspended site': site('suspended'),
    'an archived site': site('archived'),
    '/api/v1/backups/{id}': ofTenant((caller) => aVerifiedBackup(platform, caller)),
    '/api/v1/operations/{id}': ofTenant(operation),
    'an ended operation': ofTenant(async (caller) => {
      const id = await operation(caller)
      const db = platform.database.db
      await sql`UPDATE operations.operations SET state = 'succeeded', ended_at = now() WHERE id = ${id}`.execute(db)
      return id
    }),
  }
}

function peopleAndRoles(platform: TestPlatform, { identity }: Pick<TestApi, 'identity'>): Record<string, Resource> {
  const { workerDb } = platform
  const inserted = (statement: (id: string) => ReturnType<typeof sql>) =>
    withScope(workerDb, { operator: true }, async (tx) => {
      const id = newId()
      await statement(id).execute(tx)
      return id
    })
  return {
    '/api/v1/users/{id}': ofCaller(async ({ tenantId }) => {
      const { accountId } = await aPerson({ workerDb, identity }, { tenantId, role: 'reader' })
      const user = sql<{ id: string }>`SELECT id FROM identity.users WHERE account_id = ${accountId}`
      return (await one(platform.database.db, user)).id
    }),
    '/api/v1/roles/{id}': ofCaller(({ tenantId }) =>
      inserted(
        (id) => sql`INSERT INTO identity.roles (id, tenant_id, name, description, permissions)
          VALUES (${id}, ${tenantId}, ${`Role ${id}`}, ${canaryOf(tenantId)}, '{sites.read}')`,
      ),
    ),
    '/api/v1/invitations/{id}': ofCaller(({ tenantId }) =>
      inserted(
        (
          id,
        ) => sql`INSERT INTO identity.invitations (id, tenant_id, email, name, roles, token_hash, invited_by, expires_at)
          VALUES (${id}, ${tenantId}, ${`${id}@example.org`}, ${canaryOf(tenantId)}, '{reader}', ${Buffer.from(id)}, 'x',
            now() + interval '1 day')`,
      ),
    ),
    '/api/v1/auth/api-tokens/{id}': ofCaller(({ tenantId, accountId }) =>
      inserted(
        (
          id,
        ) => sql`INSERT INTO identity.api_tokens (id, tenant_id, user_id, name, prefix, token_hash, scopes, expires_at)
          SELECT ${id}, tenant_id, id, ${canaryOf(tenantId)}, ${id.slice(-12)}, '', '{sites.read}', now() + interval '1 day'
          FROM identity.users WHERE account_id = ${accountId}`,
      ),
    ),
    '/api/v1/auth/sessions/{id}': ofCaller((caller) => aSessionOf(platform, identity, caller)),
    '/api/v1/audit-entries/{id}': ofTenant((caller) => anEntry(platform, caller)),
    '/api/v1/webhooks/{id}': ofCaller((caller) => aToldWebhook(platform, caller)),
    '/api/v1/jobs/{id}': ofCaller((caller) => aJobOf(platform, caller)),
  }
}

function ofOperators(platform: TestPlatform): Record<string, Resource> {
  return {
    '/api/v1/tenants/{id}': ofTenant(async () => (await aTenant(platform)).tenantId),
    '/api/v1/dead-letters/{eventId}': ofTenant((caller) => aDeadLetter(platform, caller)),
    '/api/v1/plans/{id}': ofThePlatform,
    '/api/v1/alerts/{id}': ofThePlatform,
    '/api/v1/alert-webhooks/{id}': ofThePlatform,
    '/api/v1/mails/{id}': ofThePlatform,
    '/api/v1/logs/{program}': { of: 'platform', make: async () => 'bench-main-1' },
  }
}
