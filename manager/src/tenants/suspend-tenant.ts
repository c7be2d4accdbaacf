import { appendAudit } from '@platen/identity'
import type { Tx } from '@platen/kit/sql'
import { appendTenantEvent } from './events.ts'
import { resumeSitesOf, suspendSitesOf, type SiteMover } from './tenant-sites.ts'
import { lockTenant, markResumed, markSuspended } from './tenant-store.ts'

/**
 * Shuts a tenant out: its people within 5 seconds (`isTenantOpen`), its sites by operations of their own. One that is suspended already
 * stays so, for the reason it has. Answers the operations that were started.
 */
export async function suspendTenant(tx: Tx, id: string, reason: string | null, mover: SiteMover): Promise<string[]> {
  const tenant = await lockTenant(tx, id)
  if (tenant.state === 'suspended') return []
  const { actor } = mover
  await markSuspended(tx, id, { label: actor.label, reason })
  const operations = await suspendSitesOf(tx, id, mover)
  await appendAudit(tx, {
    tenantId: id,
    actor,
    action: 'tenant.suspended',
    resource: 'tenant',
    resourceId: id,
    changes: { reason, sites: operations.length },
  })
  await appendTenantEvent(tx, 'TenantSuspended', tenant)
  return operations
}

/** Lets a tenant in again, with the sites that went with it and no other. Answers the operations that were started. */
export async function resumeTenant(tx: Tx, id: string, mover: SiteMover): Promise<string[]> {
  const tenant = await lockTenant(tx, id)
  if (tenant.state === 'active') return []
  await markResumed(tx, id)
  const operations = await resumeSitesOf(tx, id, mover)
  await appendAudit(tx, {
    tenantId: id,
    actor: mover.actor,
    action: 'tenant.resumed',
    resource: 'tenant',
    resourceId: id,
    changes: { sites: operations.length },
  })
  await appendTenantEvent(tx, 'TenantResumed', tenant)
  return operations
}
