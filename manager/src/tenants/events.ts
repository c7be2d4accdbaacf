import { appendEvent } from '@platen/kit/outbox'
import type { Tx } from '@platen/kit/sql'

/** What happens to a tenant, as others learn of it. No secrets and no addresses of people in it. */
interface TenantEvents {
  /** It exists; its owner may be in it already or be invited. */
  TenantCreated: { tenantId: string; name: string; slug: string }
  /** It has what it needs before its first site. */
  TenantProvisioned: { tenantId: string; name: string; slug: string }
  /** Its people are shut out, its sites are being suspended. */
  TenantSuspended: { tenantId: string; name: string; slug: string; reason: string | null }
  /** Its people may come in again, the sites that went with it are being resumed. */
  TenantResumed: { tenantId: string; name: string; slug: string }
}

/** Appends an event about a tenant in the transaction that makes it true. */
export const appendTenantEvent = <Type extends keyof TenantEvents>(
  tx: Tx,
  type: Type,
  payload: TenantEvents[Type],
): Promise<void> =>
  appendEvent(tx, {
    type,
    version: 1,
    aggregate: 'tenant',
    aggregateId: payload.tenantId,
    tenantId: payload.tenantId,
    payload,
  })
