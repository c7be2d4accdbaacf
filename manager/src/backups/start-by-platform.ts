import { appendAudit } from '@platen/identity'
import { startOperation, type OperationDefinition } from '@platen/kit/operations'
import type { Tx } from '@platen/kit/sql'

interface PlatformBeginning<Input extends { siteId: string }, Deps> {
  definition: OperationDefinition<Input, Deps>
  input: Input
  site: { id: string; name: string; tenantId: string }
  /** Of the audit row. */
  action: string
  changes?: object
}

/** An operation on a site that nobody asked for but the platform itself, with its audit row; the caller holds the site's lock. */
export async function startByPlatform<Input extends { siteId: string }, Deps>(
  tx: Tx,
  { definition, input, site, action, changes }: PlatformBeginning<Input, Deps>,
): Promise<string> {
  const { id, name: label, tenantId } = site
  const subject = { kind: 'site', id, label }
  const operationId = await startOperation(tx, { definition, input, subject, tenantId, actorId: null })
  await appendAudit(tx, {
    tenantId,
    actor: { id: null, label: 'platform', operationId },
    action,
    resource: 'site',
    resourceId: id,
    ...(changes === undefined ? {} : { changes }),
  })
  return operationId
}
