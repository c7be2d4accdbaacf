import type { DeliveredEvent } from './handlers.ts'

/** Whose outbox: the control plane's, or that of a site, whose tenant is the site itself. */
export type EventPlace = 'control-plane' | { siteId: string }

/** An event as it leaves us: CloudEvents 1.0, structured mode, JSON format. Names of extensions are lower-case letters and digits. */
export interface CloudEvent {
  specversion: '1.0'
  /** Unique; the idempotency key. */
  id: string
  /** `platen:control-plane`, or `platen:site/<id>`. */
  source: string
  /** `OrderSubmitted` */
  type: string
  /** `order/<id>` */
  subject: string
  /** RFC 3339. */
  time: string
  datacontenttype: 'application/json'
  /** Version of the payload's shape. */
  dataversion: number
  /** `control-plane`, or the id of a site. */
  place: string
  /** The id of the customer organisation, in the control plane. */
  tenantid?: string
  /** In a site. */
  siteid?: string
  aggregate: string
  /** Id of the aggregate: the events of one are in order. */
  partitionkey: string
  /** Number of the event within its aggregate, from 1 without gaps; of a fixed length, so that it sorts as text. */
  sequence: string
  data: unknown
}

const CONTROL_PLANE = 'control-plane'
/** Of what `cloudEventOf` makes, as JSON. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json'
/** Digits of the largest bigint. */
const sequenceDigits = 19

export function cloudEventOf(event: DeliveredEvent, place: EventPlace): CloudEvent {
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
