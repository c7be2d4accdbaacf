// The manager as a place where isolation is tried: many tenants in one database, each with a thing of every kind.
import { rows, sql } from '@platen/kit/sql'
import {
  Marks,
  readOperations,
  someAtATime,
  canaryOf,
  type Caller,
  type Place,
  type PopulatedTenant,
  type Resource,
} from '@platen/kit/testing'
import { tenantRoles } from '../../src/roles.ts'
import type { TestApi } from '../api.ts'
import { aTenant, type TestTenant } from '../builders.ts'
import type { TestPlatform } from '../platform.ts'
import { fixtures } from './fixtures.ts'
import { resourcesOf } from './resources.ts'

const document = new URL('../../../openapi/manager.json', import.meta.url)

export async function isolationPlace(platform: TestPlatform, api: TestApi, count: number): Promise<Place> {
  const resources = resourcesOf(platform, api)
  const person = async (role: keyof typeof tenantRoles, tenant: TestTenant, operator = false): Promise<Caller> => {
    const { accessToken, ...who } = await api.person({ role, tenant, operator })
    return { ...who, token: accessToken, operator, permissions: tenantRoles[role] }
  }
  const tenants = await populate(platform, resources, (tenant) => person('owner', tenant), count)
  const [home] = tenants
  const inHome = { tenantId: home.id }
  return {
    operations: await readOperations(document),
    tenants,
    people: {
      reader: await person('reader', inHome),
      member: await person('member', inHome),
      admin: await person('admin', inHome),
      owner: home.owner,
      operator: await person('owner', await aTenant(platform), true),
    },
    marks: new Marks(await marksOf(platform)),
    resources,
    fixtures,
    hasHosts: false,
    records: await recorder(platform),
    send: ({ body, headers = {}, ...request }, caller) =>
      api.call({
        ...request,
        isWhole: true,
        headers,
        ...(body === undefined ? {} : { body }),
        ...(caller === undefined ? {} : { as: { accessToken: caller.token } }),
      }),
  }
}

async function populate(
  platform: TestPlatform,
  resources: Readonly<Record<string, Resource>>,
  ownerOf: (tenant: TestTenant) => Promise<Caller>,
  count: number,
): Promise<[PopulatedTenant, ...PopulatedTenant[]]> {
  const made: PopulatedTenant[] = []
  const one = async (): Promise<void> => {
    const tenant = await aTenant(platform)
    await sql`UPDATE manager.tenants SET name = ${canaryOf(tenant.tenantId)} WHERE id = ${tenant.tenantId}`.execute(
      platform.database.db,
    )
    const owner = await ownerOf(tenant)
    const things: Record<string, string> = {}
    for (const [name, { of, make }] of Object.entries(resources)) {
      if (of === 'platform' || name.startsWith('/')) things[name] = await make(owner)
    }
    made.push({ id: tenant.tenantId, owner, things: { ...things, '/api/v1/tenants/{id}': tenant.tenantId } })
  }
  await someAtATime(Array.from({ length: count }), one)
  const [first, ...others] = made
  if (first === undefined) throw new Error('a place has at least one tenant')
  return [first, ...others]
}

/** Tables of tenants: their schema-qualified names. */
const tablesOfTenants = async ({ database }: TestPlatform): Promise<{ name: string; hasId: boolean }[]> =>
  rows(
    database.db,
    sql<{ name: string; hasId: boolean }>`SELECT n.nspname || '.' || c.relname AS name,
        EXISTS (SELECT FROM pg_attribute i WHERE i.attrelid = c.oid AND i.attname = 'id' AND i.atttypid = 'uuid'::regtype) AS "hasId"
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  )

/** Every id of every row of every tenant. */
async function marksOf(platform: TestPlatform): Promise<{ id: string; tenantId: string }[]> {
  const selects = (await tablesOfTenants(platform))
    .filter(({ hasId }) => hasId)
    .map(({ name }) => sql`SELECT id, tenant_id AS "tenantId" FROM ${sql.raw(name)} WHERE tenant_id IS NOT NULL`)
  return rows(
    platform.database.db,
    sql<{ id: string; tenantId: string }>`SELECT id, id AS "tenantId" FROM manager.tenants
      UNION ALL SELECT account_id, tenant_id FROM identity.users
      UNION ALL ${sql.join(selects, sql` UNION ALL `)}`,
  )
}

/** What requests change by being requests: when a session or a token was last used. */
const volatile = new Set(['identity.sessions', 'identity.api_tokens'])

async function recorder(platform: TestPlatform): Promise<Place['records']> {
  const sums = (await tablesOfTenants(platform))
    .filter(({ name }) => !volatile.has(name))
    .map(
      ({ name }) => sql`SELECT tenant_id, ${name} AS name, sum(hashtextextended(t::text, 0)) AS content
        FROM ${sql.raw(name)} t ${name === 'identity.audit_entries' ? sql`WHERE action <> 'access.refused'` : sql``} GROUP BY 1`,
    )
  const all = sql<{ tenant_id: string; name: string; content: string }>`
    SELECT id AS tenant_id, 'manager.tenants' AS name, hashtextextended(t::text, 0)::numeric AS content FROM manager.tenants t
    UNION ALL SELECT u.tenant_id, 'identity.accounts', sum(hashtextextended(a::text, 0))
      FROM identity.accounts a JOIN identity.users u ON u.account_id = a.id GROUP BY 1
    UNION ALL ${sql.join(sums, sql` UNION ALL `)}`
  return async () =>
    new Map(
      (await rows(platform.database.db, all))
        .filter(({ tenant_id: id }) => id !== null)
        .map(({ tenant_id: id, name, content }) => [`${id} ${name}`, String(content)]),
    )
}
