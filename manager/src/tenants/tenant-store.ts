import { defineList, type ListQuery, type Page } from '@platen/kit/lists'
import { maybe, one, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import { tenantProblems } from './problems.ts'
import type { TenantSettings } from './tenant-settings.ts'

export const tenantStates = ['active', 'suspended'] as const
export type TenantState = (typeof tenantStates)[number]

export interface TenantRow {
  id: string
  name: string
  slug: string
  domain: string | null
  state: TenantState
  /** As stored, see readSettings. */
  settings: object
  plan_id: string
  plan_name: string
  plan_title: string
  max_sites: number
  site_count: number
  version: number
  created_at: Date
  updated_at: Date
  provisioned_at: Date | null
  suspended_at: Date | null
  suspended_by: string | null
  suspended_because: string | null
}

const columns = sql`t.id, t.name, t.slug, t.domain, t.state, t.settings, t.plan_id, p.name AS plan_name, p.title AS plan_title,
    t.max_sites, (SELECT count(*)::int FROM manager.sites s WHERE s.tenant_id = t.id AND s.state <> 'dropped') AS site_count,
    t.version, t.created_at, t.updated_at, t.provisioned_at, t.suspended_at, t.suspended_by, t.suspended_because`
const source = sql`manager.tenants t JOIN manager.plans p ON p.id = t.plan_id`

/** Whether people may enter this tenant. A suspended one keeps its data; its sites are suspended by their own operation. */
export async function isTenantOpen(db: Db, tenantId: string): Promise<boolean> {
  const row = await withScope(db, { tenantId }, (tx) =>
    maybe(tx, sql<{ state: string }>`SELECT state FROM manager.tenants WHERE id = ${tenantId}`),
  )
  return row?.state === 'active'
}

/** The tenant; `tenant-not-found` (404) when there is none that this scope may see. */
export async function requireTenant(tx: Tx, id: string): Promise<TenantRow> {
  const tenant = await maybe(tx, sql<TenantRow>`SELECT ${columns} FROM ${source} WHERE t.id = ${id}`)
  if (tenant === undefined) throw tenantNotFound()
  return tenant
}

export const tenantNotFound = () =>
  tenantProblems.problem('tenant-not-found', 'No organisation of yours has this id. Nothing was changed.')

/** The tenant, locked until the transaction ends. Two statements: the second must see what the first waited for. */
export async function lockTenant(tx: Tx, id: string): Promise<TenantRow> {
  await sql`SELECT FROM manager.tenants WHERE id = ${id} FOR UPDATE`.execute(tx)
  return requireTenant(tx, id)
}

/** Filters and sort of organisations. */
export const tenantList = defineList({
  fields: {
    name: { type: 'text', column: sql`t.name`, sort: true },
    slug: { type: 'text', column: sql`t.slug`, sort: true },
    state: { type: 'enum', values: tenantStates, column: sql`t.state` },
    plan: { type: 'text', column: sql`p.name` },
    createdAt: { type: 'time', column: sql`t.created_at`, sort: 'as-created' },
  },
  defaultSort: ['-createdAt'],
  tieBreaker: { type: 'uuid', column: sql`t.id` },
  search: (text) => sql`position(lower(${text}) IN lower(t.name || ' ' || t.slug)) > 0`,
  searchDescription: 'Part of name or short name',
})

export const listTenants = (tx: Tx, query: ListQuery): Promise<Page<TenantRow>> =>
  tenantList.read(
    tx,
    query,
    ({ key, where, rest }) => sql<TenantRow>`SELECT ${columns}, ${key} FROM ${source} WHERE ${where} ${rest}`,
  )

export interface TenantFacts {
  name: string
  domain: string | null
  settings: TenantSettings
  planId: string
  maxSites: number
}

/** Adds a tenant; false when another one has the slug. */
export async function insertTenant(tx: Tx, tenant: TenantFacts & { id: string; slug: string }): Promise<boolean> {
  const { id, name, slug, domain, settings, planId, maxSites } = tenant
  const made = await maybe(
    tx,
    sql`INSERT INTO manager.tenants (id, name, slug, domain, settings, plan_id, max_sites)
      VALUES (${id}, ${name}, ${slug}, ${domain}, ${JSON.stringify(settings)}::jsonb, ${planId}, ${maxSites})
      ON CONFLICT ON CONSTRAINT tenants_slug_key DO NOTHING RETURNING id`,
  )
  return made !== undefined
}

/** Writes what a tenant is now; each change is a new version. */
export async function updateTenant(tx: Tx, id: string, facts: TenantFacts): Promise<void> {
  const { name, domain, settings, planId, maxSites } = facts
  await sql`UPDATE manager.tenants SET name = ${name}, domain = ${domain}, settings = ${JSON.stringify(settings)}::jsonb, plan_id = ${planId},
      max_sites = ${maxSites}, version = version + 1, updated_at = now()
    WHERE id = ${id}`.execute(tx)
}

/** Shuts a tenant out. */
export async function markSuspended(tx: Tx, id: string, by: { label: string; reason: string | null }): Promise<void> {
  await sql`UPDATE manager.tenants SET state = 'suspended', suspended_at = now(), suspended_by = ${by.label},
      suspended_because = ${by.reason}, version = version + 1, updated_at = now()
    WHERE id = ${id}`.execute(tx)
}

/** Lets a tenant in again. */
export async function markResumed(tx: Tx, id: string): Promise<void> {
  await sql`UPDATE manager.tenants SET state = 'active', suspended_at = NULL, suspended_by = NULL, suspended_because = NULL,
      version = version + 1, updated_at = now()
    WHERE id = ${id}`.execute(tx)
}

/** What people call a tenant. */
export async function tenantName(tx: Tx, tenantId: string): Promise<string> {
  const { name } = await one(tx, sql<{ name: string }>`SELECT name FROM manager.tenants WHERE id = ${tenantId}`)
  return name
}

/** Notes that a tenant has what it needs; settings that it has stay. */
export async function markProvisioned(tx: Tx, id: string, defaults: TenantSettings): Promise<void> {
  await sql`UPDATE manager.tenants SET provisioned_at = now(), settings = ${JSON.stringify(defaults)}::jsonb || settings
    WHERE id = ${id}`.execute(tx)
}
