// One request to one operation: what the document says it takes, that with something wrong in it, or something quite different.
import fc from 'fast-check'
import type { ApiDocument, Json, Operation, Parameter } from './api-document.ts'
import { hostileBody, hostileText, hostileToken, oversizedBody } from './hostile-values.ts'
import { cursorReference } from './known-ids.ts'
import { valueOf } from './schema-values.ts'

export interface FuzzCase {
  readonly caller: string
  /** By name, as it stands between two slashes. */
  readonly segments: Readonly<Record<string, string>>
  readonly query: readonly (readonly [string, string])[]
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string | undefined
  readonly contentType?: string | undefined
}

/** Who asks, and how often beside the others. */
export interface Caller {
  readonly name: string
  readonly weight: number
}

export function caseOf(
  document: ApiDocument,
  operation: Operation,
  callers: readonly Caller[],
): fc.Arbitrary<FuzzCase> {
  const of = (place: Parameter['in']) => operation.parameters.filter((parameter) => parameter.in === place)
  const segments = fc.record(
    Object.fromEntries(parametersInPath(operation).map((parameter) => [parameter.name, segment(document, parameter)])),
  )
  return fc.record({
    caller: fc.oneof(...callers.map(({ name, weight }) => ({ weight, arbitrary: fc.constant(name) }))),
    segments,
    query: queryOf(document, operation, of('query')),
    headers: headersOf(document, of('header')),
    ...(operation.body === undefined ? unwantedBody : bodyOf(document, operation)),
  })
}

/** A wildcard is no parameter of the document. */
function parametersInPath({ path, parameters }: Operation): readonly Parameter[] {
  const wildcard: Parameter = { in: 'path', name: '*', schema: { type: 'string' } }
  const named = parameters.filter((parameter) => parameter.in === 'path')
  return path.endsWith('/*') ? [...named, wildcard] : named
}

// What an address library would resolve before it is sent; it would be another operation's request.
const isSegment = (text: string): boolean => text !== '' && !/^\.{1,2}$/.test(text) && text.isWellFormed()
const rawSegments = [
  '%2f',
  '..%2f..%2f',
  '%5c',
  '%00',
  '%',
  '%zz',
  '%252e%252e',
  '%C0%AF',
  ';x',
  '%20',
  '+',
  'a%0d%0ab',
]

function segment(document: ApiDocument, { name, schema }: Parameter): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: valueOf(document, schema, name).map(String).filter(isSegment).map(encoded) },
    { weight: 2, arbitrary: hostileText.filter(isSegment).map(encoded) },
    { weight: 1, arbitrary: fc.constantFrom(...rawSegments) },
  )
}

/** A reference to an id stays readable, it is replaced later. */
const encoded = (text: string): string => (text.startsWith('{{') ? text : encodeURIComponent(text))

function queryOf(
  document: ApiDocument,
  { path }: Operation,
  parameters: readonly Parameter[],
): fc.Arbitrary<[string, string][]> {
  const pair = ({ name, schema, description = '' }: Parameter): fc.Arbitrary<[string, string]> => {
    const fields = /: ([\w, ]+)\. Default/.exec(description)?.[1]?.split(', ')
    const right =
      name === 'sort' && fields !== undefined
        ? fc
            .uniqueArray(fc.constantFrom(...fields, ...fields.map((field) => `-${field}`)), { maxLength: 3 })
            .map(String)
        : name === 'cursor'
          ? cursorReference(path)
          : valueOf(document, schema, name).map(String)
    const value = fc.oneof({ weight: 3, arbitrary: right }, { weight: 2, arbitrary: hostileText })
    return value.map((text) => [name, text])
  }
  const names = fc.constantFrom(
    'filter',
    'filter[__proto__]',
    'filter[id][eq]',
    'filter[a][b][c]',
    'sort[]',
    'limit',
    'constructor',
    'a',
  )
  const anything = fc.oneof({ weight: 3, arbitrary: names }, { weight: 1, arbitrary: hostileText })
  const stranger = fc.tuple(anything, hostileText)
  const known = parameters.map(pair)
  if (known.length === 0)
    return fc.oneof(
      { weight: 4, arbitrary: fc.constant<[string, string][]>([]) },
      { weight: 1, arbitrary: fc.array(stranger, { maxLength: 2 }) },
    )
  const some = fc.array(fc.oneof(...known), { maxLength: 3 })
  const required = fc.tuple(...parameters.filter((parameter) => parameter.required === true).map(pair))
  return fc.oneof(
    { weight: 5, arbitrary: fc.tuple(required, some).map(([must, may]) => [...must, ...may]) },
    { weight: 1, arbitrary: fc.array(fc.oneof(stranger, ...known), { maxLength: 4 }) },
  )
}

const strangeHeaders: readonly (readonly [string, string])[] = [
  ['authorization', 'Bearer'],
  ['authorization', 'Bearer x.y.z'],
  ['authorization', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
  ['authorization', `Bearer plt_${'a'.repeat(40)}`],
  ['authorization', 'Basic YTpi'],
  ['cookie', '__Host-platen_refresh=a'],
  ['cookie', `a=%E0%A4%A; __Host-platen_refresh=${'a'.repeat(500)}`],
  ['cookie', '__proto__=1; constructor=2'],
  ['if-match', '*'],
  ['if-match', '"v99999999999999999999"'],
  ['if-match', 'W/"v1", "v2"'],
  ['if-none-match', '"v1"'],
  ['if-none-match', '*'],
  ['idempotency-key', 'the same'],
  ['idempotency-key', 'a'.repeat(256)],
  ['idempotency-key', `'; --`],
  ['x-request-id', `"}\\u0000{"`],
  ['x-forwarded-for', `1.2.3.4, '; --`],
  ['x-forwarded-host', 'evil.example'],
  ['x-http-method-override', 'DELETE'],
  ['origin', 'null'],
  ['origin', 'https://evil.example'],
  ['sec-fetch-site', 'cross-site'],
  ['sec-fetch-site', 'same-origin'],
  ['accept', 'text/html'],
  ['accept-encoding', 'gzip;q=x'],
  ['accept-language', 'fr-FR,x'],
  ['range', 'bytes=0-1,2-3'],
  ['content-encoding', 'gzip'],
  ['user-agent', `\u00e9' "$\{x}`],
  ['expect', '100-continue'],
  ['last-event-id', `' OR 1=1`],
]

function headersOf(
  document: ApiDocument,
  parameters: readonly Parameter[],
): fc.Arbitrary<(readonly [string, string])[]> {
  const right = parameters.map(({ name, schema }) =>
    valueOf(document, schema, name).map(
      (value) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
  )
  const strange = fc.constantFrom(...strangeHeaders)
  const nothing = fc.constant<(readonly [string, string])[]>([])
  const one = [...right, strange].map((header, index) => ({ weight: index < right.length ? 2 : 1, arbitrary: header }))
  return fc.oneof(
    { weight: 2, arbitrary: nothing },
    { weight: 1, arbitrary: fc.array(fc.oneof(...one), { maxLength: 2 }) },
  )
}

const types = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'image/png',
  'a/b/c',
  '',
]
const wrongType = fc.constantFrom(...types, 'application/json; charset=utf-16', 'application/merge-patch+json')

const seldom = (text: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: text })
const unwantedBody = { body: seldom(hostileBody), contentType: seldom(wrongType) }

function bodyOf(document: ApiDocument, { body = {} }: Operation) {
  const valid = valueOf(document, body, 'body')
  return {
    body: fc.oneof(
      { weight: 40, arbitrary: valid.map((value) => JSON.stringify(value)) },
      {
        weight: 40,
        arbitrary: fc.tuple(valid, fc.nat(50), spoiling).map(([value, at, how]) => spoiled(value, at, how)),
      },
      { weight: 15, arbitrary: hostileBody },
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: oversizedBody },
    ),
    contentType: fc.oneof(
      { weight: 12, arbitrary: fc.constant('application/json') },
      { weight: 1, arbitrary: wrongType },
    ),
  }
}

type Spoiling =
  | { readonly kind: 'replace' | 'add' | 'twice'; readonly token: string; readonly key: string }
  | { readonly kind: 'remove' }

const oddKeys = [
  '__proto__',
  'constructor',
  'id',
  'tenantId',
  'version',
  'role',
  'roles',
  'operator',
  'price',
  'state',
  'a',
  '',
  '\u0000',
  'é',
]
const spoiling: fc.Arbitrary<Spoiling> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Spoiling>({ kind: 'remove' }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('replace', 'replace', 'replace', 'add', 'twice'),
      token: hostileToken,
      key: fc.constantFrom(...oddKeys),
    }),
  },
)

const mark = '@@spoiled@@'

/** JSON text of the value with one place of it replaced, removed, added or there twice. */
function spoiled(value: Json, at: number, how: Spoiling): string {
  const copy = structuredClone(value)
  const places = placesIn(copy)
  const place = places[at % Math.max(1, places.length)]
  if (how.kind === 'remove') {
    place?.remove()
    return JSON.stringify(copy)
  }
  if (how.kind !== 'replace' || place === undefined) {
    const keys = copy !== null && typeof copy === 'object' ? Object.keys(copy) : []
    const key = how.kind === 'twice' ? (keys[0] ?? 'a') : how.key
    const comma = keys.length === 0 ? '' : ','
    return JSON.stringify(copy).replace(/\}$/, () => `${comma}${JSON.stringify(key)}:${how.token}}`)
  }
  place.replace(mark)
  return JSON.stringify(copy).replace(`"${mark}"`, () => how.token)
}

interface Place {
  replace(value: Json): void
  remove(): void
}

function placesIn(value: Json): Place[] {
  if (value === null || typeof value !== 'object') return []
  if (Array.isArray(value))
    return value.flatMap((item, index) => [
      { replace: (other) => void (value[index] = other), remove: () => void value.splice(index, 1) },
      ...placesIn(item),
    ])
  return Object.entries(value).flatMap(([key, item]) => [
    { replace: (other) => void (value[key] = other), remove: () => void Reflect.deleteProperty(value, key) },
    ...placesIn(item),
  ])
}
