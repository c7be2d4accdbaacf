import { containing, defineList, type ListQuery, type Page } from '@platen/kit/lists'
import type { ProblemError } from '@platen/kit/problems'
import { maybe, one, prepared, sql, violates, type Db, type Tx } from '@platen/kit/sql'
import { siteProblems } from './problems.ts'
import { setSiteState } from './set-site-state.ts'
import { siteStates, type SiteState } from './site.ts'

/** A site with what its page shows: plan, bench, host and the operation that runs on it. */
export interface SiteRow {
  id: string
  tenant_id: string
  name: string
  host: string | null
  state: SiteState
  plan_id: string
  plan_name: string
  plan_title: string
  max_storage_bytes: number
  bench_id: string | null
  bench_name: string | null
  release_name: string | null
  admin_email: string
  admin_name: string
  database_name: string
  sealed_secret: string
  generation: number
  placed: boolean
  routed: boolean
  probe_ok: boolean | null
  probe_at: Date | null
  probe_detail: string | null
  database_bytes: number | null
  files_bytes: number | null
  measured_at: Date | null
  created_at: Date
  activated_at: Date | null
  archived_at: Date | null
  last_verified_backup_at: Date | null
  operation_id: string | null
  operation_type: string | null
  operation_state: string | null
}

const siteColumns = sql`s.id, s.tenant_id, s.name, h.host, s.state, s.plan_id, p.name AS plan_name, p.title AS plan_title,
    p.max_storage_bytes::float8, s.bench_id, b.name AS bench_name, b.release_name, s.admin_email, s.admin_name, s.database_name,
    s.sealed_secret, s.generation, s.database_bytes::float8, s.files_bytes::float8, s.measured_at,
    s.placed, s.routed, s.probe_ok, s.probe_at, s.probe_detail, s.created_at, s.activated_at, s.archived_at,
    (SELECT max(taken_at) FROM manager.backups WHERE site_id = s.id AND state = 'verified') AS last_verified_backup_at,
    o.id AS operation_id, o.type AS operation_type, o.state AS operation_state`
const siteTables = sql`manager.sites s
  JOIN manager.plans p ON p.id = s.plan_id
  LEFT JOIN manager.benches b ON b.id = s.bench_id
  LEFT JOIN LATERAL (SELECT host FROM manager.hosts WHERE site_id = s.id ORDER BY created_at LIMIT 1) h ON true
  LEFT JOIN LATERAL (SELECT id, type, state FROM operations.operations
    WHERE subject_kind = 'site' AND subject_id = s.id::text AND state IN ('pending', 'running', 'undoing', 'needs-attention') LIMIT 1) o ON true`

/** The site, or undefined when it does not exist or is another tenant's (row-level security hides it). */
export const findSite = (tx: Db, id: string): Promise<SiteRow | undefined> =>
  maybe(tx, prepared(sql<SiteRow>`SELECT ${siteColumns} FROM ${siteTables} WHERE s.id = ${id}`))

/** The site; `site-not-found` (404) when there is none that this scope may see. */
export async function requireSite(tx: Db, id: string): Promise<SiteRow> {
  const site = await findSite(tx, id)
  if (site === undefined) throw siteProblems.problem('site-not-found', 'No site has this id. Nothing was changed.')
  return site
}

/**
 * The site, locked: whoever else wants to start something on it waits until this transaction has ended, so what is decided on
 * its state stays true. Two statements: the second must see what the first waited for.
 */
export async function lockSite(tx: Tx, id: string): Promise<SiteRow> {
  await sql`SELECT FROM manager.sites WHERE id = ${id} FOR UPDATE`.execute(tx)
  return requireSite(tx, id)
}

/** Filters and sort of the sites. Who does not ask for dropped ones does not see them. */
export const siteList = defineList({
  fields: {
    name: { type: 'text', column: sql`s.name`, sort: true },
    state: {
      type: 'enum',
      values: siteStates,
      column: sql`s.state`,
      sort: true,
      unlessFiltered: sql`s.state <> 'dropped'`,
    },
    plan: { type: 'text', column: sql`p.name`, sort: true, description: 'Name of the plan.' },
    host: { type: 'text', column: sql`h.host` },
    tenantId: { type: 'uuid', column: sql`s.tenant_id` },
    databaseBytes: { type: 'number', column: sql`s.database_bytes`, sort: true, isNullable: true },
    filesBytes: { type: 'number', column: sql`s.files_bytes`, sort: true, isNullable: true },
    createdAt: { type: 'time', column: sql`s.created_at`, sort: 'as-created' },
  },
  defaultSort: ['-createdAt'],
  tieBreaker: { type: 'uuid', column: sql`s.id` },
  search: (text) => sql`s.name ILIKE ${containing(text)}`,
  searchDescription: 'Text that the name contains, whatever the case.',
})

export const listSites = (tx: Tx, query: ListQuery): Promise<Page<SiteRow>> =>
  siteList.read(
    tx,
    query,
    ({ key, where, rest }) => sql<SiteRow>`SELECT ${siteColumns}, ${key} FROM ${siteTables} WHERE ${where} ${rest}`,
  )

export interface NewSite {
  id: string
  tenantId: string
  name: string
  host: string
  planId: string
  adminEmail: string
  adminName: string
  databaseName: string
  sealedSecret: string
}

/**
 * Reserves name and host for a site that an operation is about to build. `site-quota-reached` or `site-name-taken` (409)
 * otherwise.
 */
export async function insertSite(tx: Tx, site: NewSite): Promise<void> {
  await refuseOverQuota(tx, site.tenantId)
  try {
    await sql`WITH added AS (
        INSERT INTO manager.sites (id, tenant_id, name, state, plan_id, admin_email, admin_name, database_name, sealed_secret)
        VALUES (${site.id}, ${site.tenantId}, ${site.name}, 'pending', ${site.planId}, ${site.adminEmail}, ${site.adminName},
          ${site.databaseName}, ${site.sealedSecret})
        RETURNING id, tenant_id)
      INSERT INTO manager.hosts (host, tenant_id, site_id) SELECT ${site.host}, tenant_id, id FROM added`.execute(tx)
  } catch (error) {
    if (!violates(error, 'sites_name_key') && !violates(error, 'hosts_pkey')) throw error
    throw siteProblems.problem('site-name-taken', `Another site is called "${site.name}". Nothing was created.`, {
      cause: error,
    })
  }
}

/**
 * Locks the tenant's row, so that two requests cannot both take its last place, and counts only then: a count in the statement
 * that waits for the lock would not see what the other has inserted meanwhile.
 */
async function refuseOverQuota(tx: Tx, tenantId: string): Promise<void> {
  const tenant = await maybe(
    tx,
    sql<{ max_sites: number }>`SELECT max_sites FROM manager.tenants WHERE id = ${tenantId} FOR UPDATE`,
  )
  if (tenant === undefined) throw new Error(`tenant ${tenantId} is gone`)
  const { used } = await one(
    tx,
    sql<{
      used: number
    }>`SELECT count(*)::int AS used FROM manager.sites WHERE tenant_id = ${tenantId} AND state <> 'dropped'`,
  )
  if (used >= tenant.max_sites) throw quotaReached(tenant.max_sites, used)
}

const quotaReached = (limit: number, used: number): ProblemError =>
  siteProblems.problem('site-quota-reached', `This organisation has ${used} of ${limit} sites. Nothing was created.`, {
    extensions: { limit, used },
  })

/** Chooses where a site will live; benches are not told before it is placed. */
export async function assignBench(tx: Tx, id: string, benchId: string): Promise<void> {
  await sql`UPDATE manager.sites SET bench_id = ${benchId}, state = 'installing' WHERE id = ${id}`.execute(tx)
}

export async function setPlaced(tx: Tx, id: string, placed: boolean): Promise<void> {
  await sql`UPDATE manager.sites SET placed = ${placed} WHERE id = ${id}`.execute(tx)
}

export async function setRouted(tx: Tx, id: string, routed: boolean): Promise<void> {
  await sql`UPDATE manager.sites SET routed = ${routed} WHERE id = ${id}`.execute(tx)
}

/** A restart: benches close the site's pool and forget what they cached when they see a higher generation. */
export async function raiseGeneration(tx: Tx, id: string): Promise<void> {
  await sql`UPDATE manager.sites SET generation = generation + 1 WHERE id = ${id}`.execute(tx)
}

export async function markActive(tx: Tx, id: string): Promise<void> {
  await setSiteState(tx, id, 'active', sql`, activated_at = COALESCE(activated_at, now())`)
}

/** Its data is only in its backup from now on; name and hosts stay its own. */
export async function markArchived(tx: Tx, id: string): Promise<void> {
  const nobodyLooks = sql`, archived_at = now(), probe_ok = NULL, probe_at = NULL, probe_detail = NULL`
  await setSiteState(tx, id, 'archived', nobodyLooks)
}

/** What the last probe through the public address saw (principle 3). */
export async function recordProbe(tx: Tx, id: string, probe: { ok: boolean; detail: string }): Promise<void> {
  await sql`UPDATE manager.sites SET probe_ok = ${probe.ok}, probe_at = now(), probe_detail = ${probe.detail} WHERE id = ${id}`.execute(
    tx,
  )
}

/** Gives name and host back. */
export async function releaseSite(tx: Tx, id: string): Promise<void> {
  await setSiteState(tx, id, 'dropped', sql`, dropped_at = COALESCE(dropped_at, now()), routed = false, placed = false`)
  await sql`DELETE FROM manager.hosts WHERE site_id = ${id}`.execute(tx)
}

/** Null before a bench is chosen. */
export async function benchOfSite(tx: Tx, id: string): Promise<string | null> {
  const site = await one(tx, sql<{ bench_id: string | null }>`SELECT bench_id FROM manager.sites WHERE id = ${id}`)
  return site.bench_id
}

/** The active bench with the fewest sites. */
export const chooseBench = (tx: Tx): Promise<{ id: string } | undefined> =>
  maybe(
    tx,
    sql<{ id: string }>`SELECT b.id FROM manager.benches b
      WHERE b.state = 'active' AND b.release_name IS NOT NULL
      ORDER BY (SELECT count(*) FROM manager.sites s WHERE s.bench_id = b.id AND s.state <> 'dropped'), b.name LIMIT 1`,
  )

/** The template database of the release that a bench runs. */
export async function templateOfBench(tx: Tx, benchId: string | null): Promise<string> {
  const row = await maybe(
    tx,
    sql<{ template_database: string }>`SELECT r.template_database FROM manager.benches b
      JOIN manager.releases r ON r.name = b.release_name WHERE b.id = ${benchId}`,
  )
  if (row === undefined) throw siteProblems.problem('no-bench-ready', 'The bench of this site has no release yet.')
  return row.template_database
}
