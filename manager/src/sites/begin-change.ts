import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { maybe, sql, type Tx } from '@platen/kit/sql'
import { beginOperation, lockSiteFor, type SiteRoutesOptions, type startedAnswer } from './begin-operation.ts'
import { dropSite, restartSite, resumeSite, suspendSite } from './change-site.ts'
import { formerDatabaseGone, requireDatabaseBefore } from './former-databases.ts'
import { siteProblems } from './problems.ts'
import type { SiteRow } from './site-store.ts'
import { swappedStateOf, returnSite } from './swap-database.ts'

type Started = Promise<z.infer<typeof startedAnswer>>

const changes = {
  suspend: { definition: suspendSite, audit: 'site.suspension-requested' },
  resume: { definition: resumeSite, audit: 'site.resumption-requested' },
  restart: { definition: restartSite, audit: 'site.restart-requested' },
  drop: { definition: dropSite, audit: 'site.drop-requested' },
} as const

/** Starts a change that needs nothing but the site. */
export async function beginChange(
  tx: Tx,
  request: FastifyRequest,
  { siteId, action, reason }: { siteId: string; action: keyof typeof changes; reason?: string | undefined },
  options: SiteRoutesOptions,
): Started {
  const site = await lockSiteFor(tx, siteId, action)
  if (action === 'resume') await refuseWhileTenantIsSuspended(tx, site)
  if (action === 'suspend') await suspendOnItsOwn(tx, siteId)
  const { definition, audit } = changes[action]
  const beginning = { definition, input: { siteId }, action: audit, changes: { reason: reason ?? null } }
  return beginOperation(tx, request, beginning, options)
}

/** It would be suspended again at once: a site goes with its tenant. */
async function refuseWhileTenantIsSuspended(tx: Tx, { tenant_id: tenantId }: SiteRow): Promise<void> {
  const suspended = await maybe(tx, sql`SELECT FROM manager.tenants WHERE id = ${tenantId} AND state = 'suspended'`)
  if (suspended === undefined) return
  const detail = 'Its organisation is suspended: resume that, and the site follows. Nothing was changed.'
  throw siteProblems.problem('site-action-refused', detail)
}

/** Somebody wants this very site suspended, so it stays so when its tenant is resumed. */
const suspendOnItsOwn = (tx: Tx, siteId: string) =>
  sql`UPDATE manager.sites SET suspended_with_tenant = false WHERE id = ${siteId} AND suspended_with_tenant`.execute(tx)

/** Starts the undoing of a restore in place; `former-database-gone` (409) when the database before it is no longer kept. */
export async function beginReturn(
  tx: Tx,
  request: FastifyRequest,
  { siteId, ofOperationId }: { siteId: string; ofOperationId: string },
  options: SiteRoutesOptions,
): Started {
  const site = await lockSiteFor(tx, siteId, 'restore')
  const former = await requireDatabaseBefore(tx, ofOperationId)
  if (former.databaseName === site.database_name) throw formerDatabaseGone()
  const input = { siteId, ofOperationId, stateBefore: swappedStateOf(site.state) }
  const beginning = { definition: returnSite, input, action: 'site.return-requested', changes: { ofOperationId } }
  return beginOperation(tx, request, beginning, options)
}
