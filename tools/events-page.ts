// docs/reference/events.md and events.json: what is appended to the outbox. The page is for people; the JSON holds the shape of every
// version that was published, and a shape in it never changes: consumers out of our sight were written for it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { definedEvents, payloadShape, type EventDefinition, type PayloadShape } from '../kit/outbox/index.ts'
import { markdownTable } from './markdown-table.ts'
import { repositoryRoot } from './repository.ts'

export const shapesFile = 'docs/reference/events.json'

const nameOf = ({ type, version }: Pick<EventDefinition, 'type' | 'version'>): string => `${type} v${version}`

/**
 * The shapes to be committed: those published before, and those of new versions.
 * @throws Error when a published version has another shape now, or is gone.
 */
export function eventShapes(published = committedShapes()): string {
  const defined = Object.fromEntries(definedEvents().map((event) => [nameOf(event), payloadShape(event)]))
  for (const [name, shape] of Object.entries(published)) {
    if (defined[name] === undefined)
      throw new Error(
        `${name} is published in ${shapesFile} and defined no more: keep its definition for the events that are stored`,
      )
    if (structureOf(shape) !== structureOf(defined[name]))
      throw new Error(
        `The payload of ${name} has another shape than ${shapesFile} published: define the next version beside it. (Never released? Then delete its entry there.)`,
      )
  }
  return `${JSON.stringify(defined, null, 2)}\n`
}

// This program wrote the file.
const committedShapes = (): Record<string, PayloadShape> =>
  JSON.parse(readFileSync(join(repositoryRoot, shapesFile), 'utf8')) as Record<string, PayloadShape>

/** Without what only explains. */
const structureOf = (shape: PayloadShape): string =>
  JSON.stringify(shape, (key, value: unknown) => (key === 'description' || key === 'examples' ? undefined : value))

export function eventsPage(generatedNote: string): string {
  const events = definedEvents()
  const overview = events.map((event) => [
    `[${event.type}](#${event.type.toLowerCase()}-v${event.version})`,
    String(event.version),
    event.aggregate,
    event.description,
  ])
  return `${generatedNote}

# Events

What the platform and its sites tell after a commit. How to add one, handle one, or read them from RabbitMQ or Redis:
[events](../develop/events.md). Each is delivered at least once and in the order of its aggregate. The same as JSON Schema:
[events.json](events.json). A published version never changes its shape; what changes is a new version.

${markdownTable(['Type', 'Version', 'Of', 'When'], overview)}

${events.map(section).join('\n\n')}
`
}

function section(event: EventDefinition): string {
  const shape = payloadShape(event)
  const fields = fieldsOf(shape).map(([name, field]) => [`\`${name}\``, typeName(field), field.description ?? ''])
  const example = exampleOf(event.type, shape)
  event.payload.parse(example)
  return `## ${event.type} v${event.version}

${event.description} Aggregate: ${event.aggregate}.

${markdownTable(['Field', 'Type', 'Meaning'], fields)}

\`\`\`json
${JSON.stringify(example, null, 2)}
\`\`\``
}

/** Those of objects inside as `lines[].net.amount`. */
function fieldsOf(shape: PayloadShape, prefix = ''): [string, PayloadShape][] {
  return Object.entries(shape.properties ?? {}).flatMap(([key, field]): [string, PayloadShape][] => {
    const name = `${prefix}${key}`
    const inner = field.type === 'array' ? field.items : field
    const within =
      inner?.properties === undefined ? [] : fieldsOf(inner, `${name}${field.type === 'array' ? '[]' : ''}.`)
    return [[name, field], ...within]
  })
}

function typeName(shape: PayloadShape): string {
  if (shape.anyOf !== undefined) return shape.anyOf.map(typeName).join(' or ')
  if (shape.enum !== undefined) return shape.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (shape.const !== undefined) return `\`${String(shape.const)}\``
  if (shape.type === 'array') return `list of ${typeName(shape.items ?? {})}`
  if (typeof shape.type === 'object') return shape.type.map((type) => typeName({ ...shape, type })).join(' or ')
  return shape.type === 'null' ? 'null' : (shape.format ?? shape.type ?? 'any')
}

const exampleId = '0199c0de-5eed-7aaa-8bbb-0123456789ab'
const byFormat: Readonly<Record<string, string>> = {
  uuid: exampleId,
  'date-time': '2026-11-28T09:30:00.000Z',
  date: '2026-11-28',
  email: 'anna@example.org',
}
const byName: Readonly<Record<string, string>> = {
  amount: '12.34',
  currency: 'EUR',
  quantity: '3',
  rate: '20.00',
  host: 'atelier.platen.localhost',
  name: 'Atelier',
  email: 'anna@example.org',
  sku: 'LAMPE-01',
  unit: 'C62',
  category: 'S',
  barcode: '4006381333931',
  siren: '303265045',
  vatNumber: 'FR40303265045',
  plan: 'starter',
}

function exampleOf(name: string, shape: PayloadShape): unknown {
  if (shape.examples?.[0] !== undefined) return shape.examples[0]
  if (shape.const !== undefined) return shape.const
  if (shape.enum !== undefined) return shape.enum[0]
  if (shape.anyOf !== undefined) return exampleOf(name, shape.anyOf.find(({ type }) => type !== 'null') ?? {})
  if (typeof shape.type === 'object') return exampleOf(name, { ...shape, type: shape.type[0] ?? 'null' })
  if (shape.type === 'array') return [exampleOf(name, shape.items ?? {})]
  if (shape.type === 'integer' || shape.type === 'number') return Math.max(1, shape.minimum ?? 1)
  if (shape.type === 'boolean') return true
  if (shape.type === 'string') return byFormat[shape.format ?? ''] ?? byName[name] ?? name
  const inner = Object.entries(shape.properties ?? {}).map(([key, field]) => [key, exampleOf(key, field)])
  return Object.fromEntries(inner)
}
