/**
 * Examples for the API document: what a schema says by `.meta({ example })`, else what the name of a member usually holds, else what its type
 * allows. Each fits its schema; where none does the document is not made, and the member needs an example of its own.
 */
export type Json = null | boolean | number | string | Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

const AN_ID = '0199c0de-5a1e-7000-8000-0123456789ab'
const A_TIME = '2026-11-28T09:30:00.000Z'
const A_TOKEN = 'c2VjcmV0LW9mLXRoaXMtZXhhbXBsZQ'

/** By the name of a member or parameter: what one would find there. */
const USUAL: Readonly<Record<string, string | number>> = {
  accessToken: `eyJhbGciOiJSUzI1NiJ9.${A_TOKEN}.${A_TOKEN}`,
  action: 'site.suspended',
  amount: '12.50',
  atHour: 2,
  available: '9',
  certificatePem: '-----BEGIN CERTIFICATE-----',
  city: 'Nantes',
  code: '123456',
  countryCode: 'FR',
  currentPassword: 'a sentence of my own',
  customerName: 'Café Central',
  detail: 'All is as it should be.',
  discountPercent: '5',
  domain: 'example.com',
  email: 'anne@example.com',
  expiresInDays: 90,
  expiresInSeconds: 900,
  fingerprintSha256: 'AB:CD:EF',
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  host: 'acme.example.com',
  ip: '192.0.2.10',
  keepDays: 30,
  kid: 'key-1',
  kind: 'site',
  label: 'acme',
  line1: '1 rue de la Paix',
  locale: 'fr',
  maxSites: 50,
  maxStorageBytes: 5_000_000_000,
  name: 'acme',
  newPassword: 'another sentence of my own',
  number: 'SO-2026-00042',
  onHand: '12',
  password: 'a sentence of my own',
  path: '/api/v1/products',
  percent: '5',
  phone: '+33 2 40 00 00 00',
  plan: 'starter',
  postalCode: '44000',
  prefix: 'k3v9',
  program: 'manager',
  quantity: '3',
  rate: '20',
  reason: 'unpaid',
  release: '0123456789abcdef',
  requestId: 'b1946ac9-2f5c-4b0e-9c1e-1d0f6a6f2b11',
  reserved: '3',
  role: 'member',
  secret: 'JBSWY3DPEHPK3PXP',
  siren: '732829320',
  siret: '73282932000074',
  sku: 'TEA-100',
  slug: 'acme',
  tenantName: 'Acme',
  ticket: A_TOKEN,
  timeZone: 'Europe/Paris',
  title: 'Starter',
  token: A_TOKEN,
  type: 'create-site',
  unit: 'C62',
  unitPrice: '6.90',
  url: 'https://acme.example.com/',
  userAgent: 'Mozilla/5.0',
  vatNumber: 'FR44732829320',
  zone: 'example.com',
}
/** By format, then whatever else a pattern may want: cursors, decimals, country codes. */
const FORMATS: Readonly<Record<string, string>> = {
  uuid: AN_ID,
  'date-time': A_TIME,
  date: '2026-11-28',
  email: 'anne@example.com',
  uri: 'https://acme.example.com/',
}
const OTHERS = ['example', '1', '1-1', '1.1-1', 'FR', A_TIME]

/** Null as long as all is well. */
const UNUSUAL = /^(error|lastError|problem|firstBad|suspension|archivedAt|archivedUntil|cancelledAt)$/

interface Schema {
  readonly [member: string]: Json | undefined
}

/** @throws Error naming what needs `.meta({ example })`. */
export function exampleOf(schema: Json, components: JsonObject, name = ''): Json {
  const found = isObject(schema) ? schema : {}
  const { $ref, allOf } = found
  if (typeof $ref === 'string') {
    return exampleOf(components[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {}, components, name)
  }
  const given = givenExample(found)
  if (given !== undefined) return given
  if (UNUSUAL.test(name) && JSON.stringify(found).includes('"null"')) return null
  const [union] = [found['anyOf'] ?? found['oneOf'] ?? []].flat()
  if (union !== undefined) return exampleOf(union, components, name)
  if (Array.isArray(allOf)) {
    const parts = allOf.map((one) => exampleOf(one, components, name)).filter(isObject)
    return Object.fromEntries(parts.flatMap((part) => Object.entries(part)))
  }
  return typedExample(found, components, name)
}

function givenExample({ example, examples, const: only, enum: words }: Schema): Json | undefined {
  if (example !== undefined) return example
  if (Array.isArray(examples) && examples.length > 0) return examples[0]
  if (only !== undefined) return only
  return Array.isArray(words) ? words[0] : undefined
}

function typedExample(schema: Schema, components: JsonObject, name: string): Json {
  const type = [schema['type']].flat().find((one) => one !== 'null')
  switch (type) {
    case 'string':
      return textExample(schema, name)
    case 'integer':
    case 'number':
      return numberExample(schema, name)
    case 'boolean':
      return true
    case 'array':
      return [exampleOf(schema['items'] ?? {}, components, name.replace(/s$/, ''))]
    case 'object': {
      const members = isObject(schema['properties']) ? schema['properties'] : {}
      return Object.fromEntries(
        Object.entries(members).map(([member, inner]) => [member, exampleOf(inner, components, member)]),
      )
    }
    default:
      // Anything, or nothing but null.
      return schema['type'] === 'null' ? null : {}
  }
}

function textExample(schema: Schema, name: string): string {
  const { format, pattern, minLength, maxLength } = schema
  const fits = (text: string): boolean =>
    text.length >= Number(minLength ?? 0) &&
    text.length <= Number(maxLength ?? Infinity) &&
    (typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text))
  const byFormat = typeof format === 'string' ? FORMATS[format] : undefined
  const candidates = [byFormat, USUAL[name], /(At|Until|time)$/i.test(name) ? A_TIME : undefined, ...OTHERS]
  const found = candidates.find((text): text is string => typeof text === 'string' && fits(text))
  if (found === undefined) throw new Error(`Nothing usual fits the schema of "${name}": give it .meta({ example })`)
  return found
}

function numberExample({ minimum, maximum }: Schema, name: string): number {
  const usual = USUAL[name]
  return Math.min(Math.max(typeof usual === 'number' ? usual : 1, Number(minimum ?? 0)), Number(maximum ?? 1))
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An operation with an example on each parameter, body and success. What refuses is told by its problem page. */
export function withExamples(operation: JsonObject, components: JsonObject): JsonObject {
  const { parameters, requestBody, responses } = operation
  const answers = Object.entries(isObject(responses) ? responses : {}).map(([status, answer]): [string, Json] => [
    status,
    status.startsWith('2') ? withContentExamples(answer, components) : answer,
  ])
  return {
    ...operation,
    ...(Array.isArray(parameters) ? { parameters: parameters.map((one) => parameterExample(one, components)) } : {}),
    ...(requestBody === undefined ? {} : { requestBody: withContentExamples(requestBody, components) }),
    responses: Object.fromEntries(answers),
  }
}

function parameterExample(parameter: Json, components: JsonObject): Json {
  if (!isObject(parameter)) return parameter
  const name = JSON.stringify(parameter['name'])
    .slice(1, -1)
    .replace(/^filter\[(\w+)\].*$/, '$1')
  return { ...parameter, example: exampleOf(parameter['schema'] ?? {}, components, name) }
}

function withContentExamples(holder: Json, components: JsonObject): Json {
  if (!isObject(holder) || !isObject(holder['content'])) return holder
  const content = Object.entries(holder['content']).map(([type, media]): [string, Json] => {
    if (!isObject(media) || media['schema'] === undefined || media['example'] !== undefined) return [type, media]
    return [type, { ...media, example: exampleOf(media['schema'], components) }]
  })
  return { ...holder, content: Object.fromEntries(content) }
}
