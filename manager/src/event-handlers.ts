import { relayHandler } from '@platen/drivers/events'
import { welcomeNewUsers } from '@platen/identity'
import type { EventHandler } from '@platen/kit/outbox'
import { tenantHandlers } from './tenants/index.ts'
import type { Wiring } from './wiring.ts'

/**
 * What the control plane does after a commit. A feature exports its handlers (`tenantHandlers(parts)`), this is the list of them. There
 * is none for the audit trail: an audit row is written in the transaction of its change.
 */
export function eventHandlers({ eventTarget }: Pick<Wiring, 'eventTarget'>): EventHandler[] {
  const relay = eventTarget === undefined ? [] : [relayHandler(eventTarget, 'control-plane')]
  return [...tenantHandlers, welcomeNewUsers, ...relay]
}
