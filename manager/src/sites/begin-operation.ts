import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readOperation, startOperation, type OperationDefinition } from '@platen/kit/operations'
import type { Vault } from '@platen/kit/secrets'
import type { Db, Tx } from '@platen/kit/sql'
import type { Runtime } from '@platen/drivers/runtimes'
import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import { operationSchema, toOperationAnswer } from '../operations/index.ts'
import type { SiteDeps } from './site-deps.ts'
import { siteProblems } from './problems.ts'
import { siteActionObjection, type SiteActionName } from './site.ts'
import { lockSite, requireSite, type SiteRow } from './site-store.ts'
import { siteSchema, toSiteAnswer } from './site-view.ts'

export interface SiteRoutesOptions {
  db: Db
  vault: Vault
  siteUrl(host: string): string
  siteHost(name: string): string
  runtimeOf(benchName: string): Runtime
  /** Bytes free where new databases go. */
  freeDiskBytes(): Promise<number>
}

/** The site, locked; `site-action-refused` (409) when the action may not start on it now. */
export async function lockSiteFor(tx: Tx, siteId: string, action: SiteActionName): Promise<SiteRow> {
  const site = await lockSite(tx, siteId)
  refuseAction(action, site)
  return site
}

/** `site-action-refused` (409) when the site is in a state that does not allow it. */
export function refuseAction(action: SiteActionName, site: SiteRow): void {
  const objection = siteActionObjection(action, site.state, site.operation_type)
  if (objection !== null) throw siteProblems.problem('site-action-refused', `${objection} Nothing was changed.`)
}

/** What a request that starts an operation on a site is answered with. */
export const startedAnswer = z.strictObject({ site: siteSchema, operation: operationSchema })

export interface Beginning<Input extends { siteId: string }, Deps extends SiteDeps> {
  definition: OperationDefinition<Input, Deps>
  input: Input
  /** Of the audit row. */
  action: string
  changes?: object
}

/** The operation, its audit row and the change that asked for it: one transaction. */
export async function beginOperation<Input extends { siteId: string }, Deps extends SiteDeps>(
  tx: Tx,
  request: FastifyRequest,
  beginning: Beginning<Input, Deps>,
  options: SiteRoutesOptions,
): Promise<z.infer<typeof startedAnswer>> {
  const principal = principalOf(request)
  const { input, definition, action, changes } = beginning
  const { siteId } = input
  const owner = await requireSite(tx, siteId)
  const operationId = await startOperation(tx, {
    definition,
    input,
    subject: { kind: 'site', id: siteId, label: owner.name },
    tenantId: owner.tenant_id,
    actorId: principal.accountId,
    actorLabel: principal.email,
  })
  request.log = request.log.child({ operation: operationId })
  await appendAudit(tx, {
    tenantId: owner.tenant_id,
    actor: { ...actorOf(principal, visitorOf(request)), operationId },
    action,
    resource: 'site',
    resourceId: siteId,
    ...(changes === undefined ? {} : { changes }),
  })
  const operation = await readOperation(tx, operationId)
  if (operation === undefined) throw new Error('the operation that was just started cannot be read')
  return { site: toSiteAnswer(await requireSite(tx, siteId), options), operation: toOperationAnswer(operation) }
}
