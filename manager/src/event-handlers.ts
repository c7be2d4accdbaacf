import { relayHandler } from '@platen/drivers/events'
import type { EventHandler } from '@platen/kit/outbox'
import type { Wiring } from './wiring.ts'

/**
 * What the control plane does after a commit. A feature exports its handlers (`tenantHandlers(parts)`), this is the list of them. There
 * is none for the audit trail: an audit row is written in the transaction of its change.
 */
export function eventHandlers({ eventTarget }: Pick<Wiring, 'eventTarget'>): EventHandler[] {
  return eventTarget === undefined ? [] : [relayHandler(eventTarget, 'control-plane')]
}
