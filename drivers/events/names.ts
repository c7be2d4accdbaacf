/** What brokers see; consumers depend on it. */
import type { CloudEvent } from './contract.ts'

/** Durable, of type topic. */
export const EXCHANGE = 'platen.events'

/** `<place>.<aggregate>.<type>`: bind `*.order.*`, or `<site id>.#`. */
export const routingKeyOf = ({ place, aggregate, type }: Pick<CloudEvent, 'place' | 'aggregate' | 'type'>): string =>
  `${place}.${aggregate}.${type}`

/** One stream per place. */
export const streamOf = (place: string): string => `platen:events:${place}`
