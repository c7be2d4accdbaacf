import type { z } from 'zod'

/** Exactly these fields: one that nobody declared would reach consumers unchecked. */
type PayloadSchema = z.ZodObject<z.ZodRawShape, z.core.$strict>

/** The one declaration of an event. `of` makes one of it, for `appendEvent`. */
export interface EventDefinition<Schema extends PayloadSchema = PayloadSchema> {
  readonly type: string
  readonly version: number
  readonly aggregate: string
  /** When it is appended, for docs/reference/events.md. */
  readonly description: string
  readonly payload: Schema
  of(aggregateId: string, payload: z.input<Schema>): NewEvent
}

/** An event to be appended: its declaration, and what is true of this one. */
export interface NewEvent {
  readonly definition: Omit<EventDefinition, 'of'>
  /** A uuid: events of one id are delivered in the order in which they were appended. */
  readonly aggregateId: string
  readonly payload: object
}

// Process-wide on purpose: importing a feature's events.ts is what makes its events known to the reference page.
const definitions = new Map<string, EventDefinition>()

/**
 * Declares an event, once, in the `events.ts` of its feature: a type in the past tense (`OrderSubmitted`), the version of its payload,
 * what kind of thing it happened to, and when. The payload is JSON: uuids, names and decimal strings, no secrets. One whose shape
 * changes is a new version under the same type; consumers choose by both.
 */
export function defineEvent<Schema extends PayloadSchema>(definition: {
  type: string
  version: number
  aggregate: string
  description: string
  payload: Schema
}): EventDefinition<Schema> {
  assertSound(definition)
  const defined: EventDefinition<Schema> = {
    ...definition,
    of: (aggregateId, payload) => ({ definition, aggregateId, payload }),
  }
  definitions.set(`${definition.type} v${definition.version}`, defined)
  return defined
}

/** Every event defined so far in this process, by type and version. */
export function definedEvents(): readonly EventDefinition[] {
  return [...definitions.values()].sort((a, b) =>
    a.type === b.type ? a.version - b.version : a.type < b.type ? -1 : 1,
  )
}

function assertSound({ type, version, aggregate, description }: Omit<EventDefinition, 'of' | 'payload'>): void {
  const name = `${type} v${version}`
  if (definitions.has(name)) throw new Error(`Event ${name} is defined twice`)
  if (!/^[A-Z][a-z]+([A-Z][a-z]+)+$/.test(type)) throw new Error(`Event ${name} is not called like OrderSubmitted`)
  if (!Number.isInteger(version) || version < 1) throw new Error(`Event ${name} needs a version from 1`)
  if (!/^[a-z]+(-[a-z]+)*$/.test(aggregate)) throw new Error(`The aggregate of event ${name} is not kebab-case`)
  if (description.trim() === '') throw new Error(`Event ${name} does not say when it is appended`)
}
