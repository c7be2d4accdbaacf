import { newId } from '@platen/kit/ids'
import { sql, type Db } from '@platen/kit/sql'

/** Who did it, as the audit trail tells it. */
export interface Actor {
  /** User id (site) or account id (control plane); null for the platform itself and for unknown visitors. */
  id: string | null
  label: string
  ip?: string | null
  userAgent?: string | null
  requestId?: string | null
  operationId?: string | null
}

export interface AuditEntry {
  tenantId: string | null
  actor: Actor
  /** noun.verb in the past tense: `site.suspended`, `session.refused`. */
  action: string
  resource: string
  resourceId?: string | null
  /** What changed, without secrets. */
  changes?: object
}

/** What a program says about itself may be of any length. */
const longestUserAgent = 300

/** Writes an audit row in the caller's transaction: if it cannot be written, the change is not committed either. */
export async function appendAudit(tx: Db, entry: AuditEntry): Promise<void> {
  const { actor } = entry
  await sql`INSERT INTO identity.audit_entries
      (id, tenant_id, actor_id, actor_label, action, resource, resource_id, changes, ip, user_agent, request_id, operation_id)
    VALUES (${newId()}, ${entry.tenantId}, ${actor.id}, ${actor.label}, ${entry.action}, ${entry.resource},
      ${entry.resourceId ?? null}, ${entry.changes === undefined ? null : JSON.stringify(entry.changes)}::jsonb,
      ${actor.ip ?? null}, ${actor.userAgent?.slice(0, longestUserAgent) ?? null}, ${actor.requestId ?? null}, ${actor.operationId ?? null})`.execute(
    tx,
  )
}
