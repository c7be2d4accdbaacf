import type { z } from 'zod'

/** An event as the outbox stores it, made by a definition so that payload and version cannot part. */
export interface DomainEvent {
  type: string
  version: number
  aggregate: string
  aggregateId: string
  payload: object
}

export interface EventDefinition<Payload extends object = object> {
  type: string
  version: number
  aggregate: string
  payload: z.ZodType<Payload>
  of(aggregateId: string, payload: Payload): DomainEvent
}

/** Declares an event and its payload. A changed payload is a new version; consumers choose by both. */
export function defineEvent<Payload extends object>(definition: {
  type: string
  version: number
  aggregate: string
  payload: z.ZodType<Payload>
}): EventDefinition<Payload> {
  const { type, version, aggregate } = definition
  return { ...definition, of: (aggregateId, payload) => ({ type, version, aggregate, aggregateId, payload }) }
}
