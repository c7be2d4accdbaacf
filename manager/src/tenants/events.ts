import { appendEvent, defineEvent } from '@platen/kit/outbox'
import type { Tx } from '@platen/kit/sql'
import { z } from 'zod'

/** No secrets, and no addresses of people in it. */
const tenant = z.strictObject({ tenantId: z.uuid(), name: z.string(), slug: z.string() })
const common = { version: 1, aggregate: 'tenant' } as const

const tenantEvents = {
  TenantCreated: defineEvent({
    ...common,
    type: 'TenantCreated',
    description: 'A tenant exists; its owner is in it already or is invited.',
    payload: tenant,
  }),
  TenantProvisioned: defineEvent({
    ...common,
    type: 'TenantProvisioned',
    description: 'A tenant has what it needs before its first site.',
    payload: tenant,
  }),
  TenantSuspended: defineEvent({
    ...common,
    type: 'TenantSuspended',
    description: 'The people of a tenant are shut out, its sites are being suspended.',
    payload: tenant.extend({ reason: z.string().nullable() }),
  }),
  TenantResumed: defineEvent({
    ...common,
    type: 'TenantResumed',
    description: 'The people of a tenant may come in again, the sites that went with it are being resumed.',
    payload: tenant,
  }),
}

/** Appends an event about a tenant in the transaction that makes it true. */
export const appendTenantEvent = <Type extends keyof typeof tenantEvents>(
  tx: Tx,
  type: Type,
  payload: z.input<(typeof tenantEvents)[Type]['payload']>,
): Promise<void> =>
  // Each definition makes events of its own payload; the union cannot say so.
  appendEvent(tx, payload.tenantId, { definition: tenantEvents[type], aggregateId: payload.tenantId, payload })

/** What handlers read of these events. */
export const readTenantEvent = (payload: unknown): z.infer<typeof tenant> => z.object(tenant.shape).parse(payload)
