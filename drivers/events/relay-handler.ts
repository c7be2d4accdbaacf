import type { BatchHandler, DeliveredEvent } from '@platen/kit/outbox'
import type { CloudEvent, EventTarget } from './contract.ts'
import { CONTROL_PLANE } from './names.ts'

/** Whose outbox: the control plane's, or that of a site, whose tenant is the site itself. */
export type Place = 'control-plane' | { siteId: string }

/**
 * The outbox handler that passes every event on to the target. A target may be away for days: it is tried at least every minute, and
 * nothing is ever given up.
 */
export function relayHandler(target: EventTarget, place: Place): BatchHandler {
  return {
    name: 'relay',
    types: ['*'],
    maxAttempts: Infinity,
    backoffCapMs: 60_000,
    sendAll: (events, { signal }) =>
      target.publish(
        events.map((event) => envelopeOf(event, place)),
        { signal },
      ),
  }
}

/** Digits of the largest bigint. */
const sequenceDigits = 19

export function envelopeOf(event: DeliveredEvent, place: Place): CloudEvent {
  const site = place === 'control-plane' ? undefined : place.siteId
  return {
    specversion: '1.0',
    id: event.id,
    source: site === undefined ? 'platen:control-plane' : `platen:site/${site}`,
    type: event.type,
    subject: `${event.aggregate}/${event.aggregateId}`,
    time: event.occurredAt.toISOString(),
    datacontenttype: 'application/json',
    dataversion: event.version,
    place: site ?? CONTROL_PLANE,
    ...(site === undefined ? { tenantid: event.tenantId } : { siteid: site }),
    aggregate: event.aggregate,
    partitionkey: event.aggregateId,
    sequence: String(event.sequence).padStart(sequenceDigits, '0'),
    data: event.payload,
  }
}
