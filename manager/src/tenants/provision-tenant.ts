import { appendAudit } from '@platen/identity'
import { defineJob, enqueueJob } from '@platen/kit/jobs'
import type { EventHandler } from '@platen/kit/outbox'
import type { Vault } from '@platen/kit/secrets'
import { withScope, type Db } from '@platen/kit/sql'
import { z } from 'zod'
import { ensureTenantKey } from '../backups/index.ts'
import { appendTenantEvent, readTenantEvent } from './events.ts'
import { defaultSettings } from './tenant-settings.ts'
import { lockTenant, markProvisioned } from './tenant-store.ts'

export interface ProvisionDeps {
  /** As the worker role. */
  db: Db
  vault: Vault
}

const payload = z.strictObject({ tenantId: z.uuid() })

/** Makes what a tenant needs before its first site: settings and the key that seals its backups. Run again it does nothing. */
export const provisionTenantDefaults = defineJob<typeof payload, ProvisionDeps>({
  name: 'provision-tenant-defaults',
  payload,
  run: ({ tenantId }, { deps: { db, vault } }) =>
    withScope(db, { tenantId }, async (tx) => {
      const tenant = await lockTenant(tx, tenantId)
      if (tenant.provisioned_at !== null) return
      await ensureTenantKey(tx, vault, tenantId)
      await markProvisioned(tx, tenantId, defaultSettings)
      await appendAudit(tx, {
        tenantId,
        actor: { id: null, label: 'platform' },
        action: 'tenant.provisioned',
        resource: 'tenant',
        resourceId: tenantId,
      })
      await appendTenantEvent(tx, 'TenantProvisioned', tenant)
    }),
})

/** A new tenant gets its defaults. The name is stored with deliveries: it stays. */
export const tenantHandlers: readonly EventHandler[] = [
  {
    name: 'provision-tenant',
    types: ['TenantCreated'],
    async handle(tx, event) {
      const { tenantId } = readTenantEvent(event.payload)
      await enqueueJob(tx, provisionTenantDefaults, { tenantId }, { tenantId, key: `provision-tenant:${tenantId}` })
    },
  },
]
