// Values that a schema accepts, as far as a schema can say. Ids are references (known-ids.ts) that become real ones when the
// request is sent, so that requests meet things that exist.
import fc from 'fast-check'
import { resolved, type ApiDocument, type Json, type Schema } from './api-document.ts'
import { idReference } from './known-ids.ts'

const DEEPEST = 5

/** @param name of the field or parameter: what an id is of. */
export function valueOf(document: ApiDocument, given: Schema, name: string, depth = 0): fc.Arbitrary<Json> {
  const schema = resolved(document, given)
  const inside = (child: Schema, as = name) => valueOf(document, child, as, depth + 1)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? []
  if (choices.length > 0) return fc.oneof(...choices.map((choice) => inside(choice)))
  switch (schema.type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'number':
      return wholeNumber(schema)
    case 'string':
      return text(schema, name)
    case 'array': {
      const { minItems = 0, maxItems = 4, items = {} } = schema
      const most = depth > DEEPEST ? minItems : Math.min(maxItems, minItems + 4)
      return fc.array(inside(items), { minLength: minItems, maxLength: most })
    }
    case 'object':
      return object(schema, inside)
    default:
      return fc.constantFrom<Json>('a', 1, null)
  }
}

function object(schema: Schema, inside: (child: Schema, as: string) => fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const { properties = {}, required = [], additionalProperties } = schema
  const named = fc.record(
    Object.fromEntries(Object.entries(properties).map(([key, child]) => [key, inside(child, key)])),
    { requiredKeys: [...required] },
  )
  if (typeof additionalProperties !== 'object') return named.map((value): Json => ({ ...value }))
  const others = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), inside(additionalProperties, 'value'), {
    maxKeys: 3,
    noNullPrototype: true,
  })
  return fc.tuple(named, others).map(([own, more]): Json => ({ ...more, ...own }))
}

function wholeNumber({ minimum = -1_000_000, maximum = 1_000_000 }: Schema): fc.Arbitrary<number> {
  const near = [minimum, minimum + 1, maximum - 1, maximum, 1, 2, 3].filter((n) => n >= minimum && n <= maximum)
  return fc.oneof(fc.constantFrom(...near), fc.integer({ min: Math.ceil(minimum), max: Math.floor(maximum) }))
}

const likely =
  '1 10.50 0.01 999999999.9999 -1 20 100 5.5 EUR FR DE a abc fr en Europe/Paris UTC active 2026-01-31 ' +
  'a@example.org 732829320 73282932000074 FR44732829320 correct-horse-battery-staple products.read sites.read'

function text(schema: Schema, name: string): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = 60, example } = schema
  if (schema.format === 'uuid')
    return fc.oneof({ weight: 9, arbitrary: idReference(name) }, { weight: 1, arbitrary: fc.uuid() })
  const examples = typeof example === 'string' ? [example] : []
  const fits = (value: string) =>
    value.length >= minLength &&
    value.length <= maxLength &&
    (schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value))
  const known = [...examples, ...likely.split(' '), 'un mot de passe assez long'].filter(fits)
  const made = madeText(schema).filter(fits)
  return known.length === 0 ? made : fc.oneof(fc.constantFrom(...known), made)
}

function madeText({ format, pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  if (format === 'email') return fc.nat(1_000_000).map((n) => `somebody-${n}@example.org`)
  if (format === 'date-time')
    return fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((at) => at.toISOString())
  if (format === 'date')
    return fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((at) => at.toISOString().slice(0, 10))
  const isPlain = pattern === undefined || /\\P\{|\[\^\\p/.test(pattern)
  if (isPlain) {
    const ordinary = fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, minLength + 20) })
    return fc.oneof({ weight: 6, arbitrary: ordinary }, { weight: 1, arbitrary: fc.constant('a'.repeat(maxLength)) })
  }
  // A look-ahead (a number that is not zero): digits, and what the pattern takes of them.
  if (pattern.includes('(?=')) return fc.integer({ min: 1, max: 99_999 }).map((n) => String(n / 100))
  return fc.stringMatching(new RegExp(pattern, 'u'))
}
