import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readOperation, startOperation, type OperationDefinition } from '@platen/kit/operations'
import type { Vault } from '@platen/kit/secrets'
import type { Db, Tx } from '@platen/kit/sql'
import type { Runtime } from '@platen/drivers/runtimes'
import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import { operationSchema, toOperationAnswer } from '../operations/index.ts'
import type { SiteDeps } from './site-deps.ts'
import { requireSite } from './site-store.ts'
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

/** What a request that starts an operation on a site is answered with. */
export const startedAnswer = z.strictObject({ site: siteSchema, operation: operationSchema })

export interface Beginning {
  definition: OperationDefinition<{ siteId: string }, SiteDeps>
  siteId: string
  /** Of the audit row. */
  action: string
  changes?: object
}

/** The operation, its audit row and the change that asked for it: one transaction. */
export async function beginOperation(
  tx: Tx,
  request: FastifyRequest,
  beginning: Beginning,
  options: SiteRoutesOptions,
): Promise<z.infer<typeof startedAnswer>> {
  const principal = principalOf(request)
  const { siteId, definition, action, changes } = beginning
  const owner = await requireSite(tx, siteId)
  const operationId = await startOperation(tx, {
    definition,
    input: { siteId },
    subject: { kind: 'site', id: siteId, label: owner.name },
    tenantId: owner.tenant_id,
    actorId: principal.accountId,
    actorLabel: principal.email,
  })
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
