import { appendAudit, type Actor } from '@platen/identity'
import { startOperation, type OperationDefinition } from '@platen/kit/operations'
import { ProblemError } from '@platen/kit/problems'
import { rows, sql, type Tx } from '@platen/kit/sql'
import { resumeSite, suspendSite, type SiteDeps } from '../sites/index.ts'

/** Who lets the sites go or come; `accountId` null is the platform itself. */
export interface SiteMover {
  accountId: string | null
  actor: Actor
}

interface SiteOfTenant {
  id: string
  tenant_id: string
  name: string
}

/** More than that are left to the reconciler, which also looks after those that are busy now or whose operation fails. */
const startedAtOnce = 100

const idle = sql`NOT EXISTS (SELECT FROM operations.operations o
  WHERE o.subject_kind = 'site' AND o.subject_id = s.id::text AND o.ended_at IS NULL)`

/** Starts the suspension of each active site of a tenant at which nothing is at work. Answers the operations. */
export async function suspendSitesOf(tx: Tx, tenantId: string, mover: SiteMover): Promise<string[]> {
  const sites = await rows(
    tx,
    sql<SiteOfTenant>`SELECT s.id, s.tenant_id, s.name FROM manager.sites s
      WHERE s.tenant_id = ${tenantId} AND s.state = 'active' AND ${idle} ORDER BY s.id LIMIT ${startedAtOnce} FOR UPDATE OF s`,
  )
  return startEach(sites, (site) => suspendWithTenant(tx, site, mover))
}

/** Starts the resumption of each site that was suspended with its tenant, and of no other. Answers the operations. */
export async function resumeSitesOf(tx: Tx, tenantId: string, mover: SiteMover): Promise<string[]> {
  const sites = await rows(
    tx,
    sql<SiteOfTenant>`SELECT s.id, s.tenant_id, s.name FROM manager.sites s
      WHERE s.tenant_id = ${tenantId} AND s.state = 'suspended' AND s.suspended_with_tenant AND ${idle}
      ORDER BY s.id LIMIT ${startedAtOnce} FOR UPDATE OF s`,
  )
  return startEach(sites, (site) => resumeWithTenant(tx, site, mover))
}

/** Suspends a site because its tenant is; the caller holds the site's lock. */
export async function suspendWithTenant(tx: Tx, site: SiteOfTenant, mover: SiteMover): Promise<string> {
  const operationId = await start(tx, site, mover, { definition: suspendSite, action: 'site.suspension-requested' })
  await sql`UPDATE manager.sites SET suspended_with_tenant = true WHERE id = ${site.id}`.execute(tx)
  return operationId
}

/** Resumes a site because its tenant is open again; the caller holds the site's lock. */
export async function resumeWithTenant(tx: Tx, site: SiteOfTenant, mover: SiteMover): Promise<string> {
  const operationId = await start(tx, site, mover, { definition: resumeSite, action: 'site.resumption-requested' })
  await sql`UPDATE manager.sites SET suspended_with_tenant = false WHERE id = ${site.id}`.execute(tx)
  return operationId
}

async function start(
  tx: Tx,
  { id, tenant_id: tenantId, name }: SiteOfTenant,
  { accountId, actor }: SiteMover,
  { definition, action }: { definition: OperationDefinition<{ siteId: string }, SiteDeps>; action: string },
): Promise<string> {
  const operationId = await startOperation(tx, {
    definition,
    input: { siteId: id },
    subject: { kind: 'site', id, label: name },
    tenantId,
    actorId: accountId,
    actorLabel: actor.label,
  })
  await appendAudit(tx, {
    tenantId,
    actor: { ...actor, operationId },
    action,
    resource: 'site',
    resourceId: id,
    changes: { reason: 'with its organisation' },
  })
  return operationId
}

/** A site at which something began while we waited for its lock is the reconciler's. */
async function startEach(
  sites: readonly SiteOfTenant[],
  begin: (site: SiteOfTenant) => Promise<string>,
): Promise<string[]> {
  const started: string[] = []
  for (const site of sites) {
    try {
      started.push(await begin(site))
    } catch (error) {
      if (!(error instanceof ProblemError && error.code === 'operation-in-progress')) throw error
    }
  }
  return started
}
