import type { EventHandler } from '@platen/kit/outbox'
import type { Wiring } from './wiring.ts'

/**
 * What the control plane does after a commit. A feature exports its handlers (`tenantHandlers(parts)`), this is the list of them. There
 * is none for the audit trail: an audit row is written in the transaction of its change.
 */
export function eventHandlers(_wiring: Wiring): EventHandler[] {
  return []
}
