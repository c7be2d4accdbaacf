import { z } from 'zod'
import type { EventDefinition } from './define-event.ts'

/** JSON Schema as far as payloads use it. */
export interface PayloadShape {
  type?: string | readonly string[]
  format?: string
  description?: string
  const?: string | number | boolean
  enum?: readonly (string | number)[]
  examples?: readonly unknown[]
  anyOf?: readonly PayloadShape[]
  items?: PayloadShape
  properties?: Readonly<Record<string, PayloadShape>>
  required?: readonly string[]
  minimum?: number
}

/** The payload of an event as JSON Schema. Throws for what JSON cannot say: a payload holds no dates and no bigints. */
export function payloadShape({ payload }: Pick<EventDefinition, 'payload'>): PayloadShape {
  const { $schema: _, ...schema } = z.toJSONSchema(payload)
  return z.custom<PayloadShape>().parse(JSON.parse(JSON.stringify(schema, withoutDetails)))
}

/** Without how a version of zod says that an integer is safe and what a uuid looks like. */
function withoutDetails(this: unknown, key: string, value: unknown): unknown {
  if ((key === 'minimum' || key === 'maximum') && !(Math.abs(Number(value)) < Number.MAX_SAFE_INTEGER)) return undefined
  return key === 'pattern' && typeof this === 'object' && this !== null && 'format' in this ? undefined : value
}
