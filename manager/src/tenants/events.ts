import { appendEvent, defineEvent } from '@platen/kit/outbox'
import type { Tx } from '@platen/kit/sql'
import { z } from 'zod'

const facts = z.strictObject({ tenantId: z.uuid(), name: z.string(), slug: z.string() })
export type TenantEventFacts = z.infer<typeof facts>

const tenantEvent = (type: string, description: string) =>
  defineEvent({ type, version: 1, aggregate: 'tenant', description, payload: facts })

const events = {
  TenantCreated: tenantEvent(
    'TenantCreated',
    'An organisation exists; its owner is a user already or is being invited. Its defaults follow.',
  ),
  TenantProvisioned: tenantEvent('TenantProvisioned', 'An organisation has all that it needs before its first site.'),
  TenantSuspended: tenantEvent('TenantSuspended', 'The people of an organisation are shut out, its sites follow.'),
  TenantResumed: tenantEvent(
    'TenantResumed',
    'The people of an organisation may come in again, the sites that were suspended with it follow.',
  ),
}

/** Appends an event about a tenant in the transaction that makes it true. Last in it: the tenant's events wait for one another. */
export const appendTenantEvent = (
  tx: Tx,
  type: keyof typeof events,
  { id: tenantId, name, slug }: { id: string; name: string; slug: string },
): Promise<void> => appendEvent(tx, tenantId, events[type].of(tenantId, { tenantId, name, slug }))

/** What handlers of these events read. */
export const readTenantEvent = (payload: unknown): TenantEventFacts => facts.parse(payload)
