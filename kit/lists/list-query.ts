/** The query string of a list as a Zod schema: one key per filter and operator, so that the API document names each of them. */
import { z } from 'zod'
import { readCursor, type CursorKeys } from './cursor.ts'
import { FIELD_KINDS, operatorsOf, type Field, type Operator } from './fields.ts'

const MOST_FILTERS = 20
const MOST_VALUES = 50
const MOST_SORT_FIELDS = 3

export interface Filter {
  readonly field: string
  readonly operator: Operator
  /** One, but of `in`. */
  readonly values: readonly string[]
}

export interface SortKey {
  readonly field: string
  readonly descending: boolean
}

/** What a request asks of a list, checked. Made by the `query` schema of the list, read by its `read`. */
export interface ListQuery {
  readonly limit: number
  readonly search: string | undefined
  readonly filters: readonly Filter[]
  readonly sort: readonly SortKey[]
  /** Sort values of the row that the last page ended with. */
  readonly after: CursorKeys | undefined
}

export interface ListShape {
  readonly fields: Readonly<Record<string, Field>>
  readonly tieBreaker: Field
  readonly defaultSort: readonly string[]
  readonly isSearchable: boolean
  readonly searchDescription: string | undefined
}

/** Why a query was refused: told as 400 with what is allowed, see kit/http. */
export interface AllowedQuery {
  readonly filters: Readonly<Record<string, readonly Operator[]>>
  readonly sort: readonly string[]
  readonly search: boolean
}

// By schema: what a list allows. A WeakMap, because Zod's metadata would end up in the API document.
const allowedBySchema = new WeakMap<object, AllowedQuery>()

/** What the list behind a `query` schema allows; undefined for any other schema. */
export function allowedQueryOf(schema: object): AllowedQuery | undefined {
  return allowedBySchema.get(schema)
}

export const limitSchema = z
  .string()
  .regex(/^[0-9]{1,4}$/, 'must be a whole number from 1 to 200')
  .transform(Number)
  .pipe(z.int().min(1).max(200))
  .default(50)
  .meta({ description: 'How many items a page has, 1 to 200.', example: '50' })

/** @param extra what the route takes beside the list's own parameters; it is passed on with the query. */
export function listQuerySchema<Extra extends z.ZodRawShape = Record<never, never>>(shape: ListShape, extra?: Extra) {
  const allowed = allowedQuery(shape)
  const filters = Object.entries(shape.fields).flatMap(([name, field]) =>
    operatorsOf(field).map((operator) => [filterKey(name, operator), filterSchema(field, operator)] as const),
  )
  const schema = z
    .strictObject({
      limit: limitSchema,
      cursor: z
        .string()
        .max(4000)
        .regex(/^[A-Za-z0-9_-]+$/, 'is not a cursor that this list gave')
        .optional()
        .meta({
          description: '`nextCursor` of the page before, with the same filters and sort.',
          example: 'WzEsIm4xVnA',
        }),
      sort: sortSchema(shape, allowed.sort),
      ...(shape.isSearchable ? { search: searchSchema(shape) } : {}),
      ...Object.fromEntries(filters),
      ...extra,
    })
    .transform((given: Record<string, unknown>, context): ListQuery & z.output<z.ZodObject<Extra>> => {
      const passedOn = Object.fromEntries(Object.keys(extra ?? {}).map((name) => [name, given[name]]))
      // By the schema above.
      const query = { ...readQuery(shape, given), ...(passedOn as z.output<z.ZodObject<Extra>>) }
      if (query.filters.length > MOST_FILTERS)
        context.addIssue({ code: 'custom', message: `more than ${MOST_FILTERS} filters are not taken` })
      const cursor = given['cursor'] as string | undefined // by the schema above
      if (cursor === undefined) return query
      const after = readCursor(identityOf(query), cursor)
      if (after === 'malformed' || (after !== 'of-another-query' && !fits(after, query, shape)))
        context.addIssue({ code: 'custom', path: ['cursor'], message: 'is not a cursor that this list gave' })
      else if (after === 'of-another-query')
        context.addIssue({
          code: 'custom',
          path: ['cursor'],
          message: 'belongs to another query: keep filters, search and sort while you page, or start without a cursor',
        })
      else return { ...query, after }
      return query
    })
  allowedBySchema.set(schema, allowed)
  return schema
}

/** The query of the page behind a cursor that `read` answered to this one: for what reads every page. */
export function nextPage<Query extends ListQuery>(query: Query, nextCursor: string): Query {
  const after = readCursor(identityOf(query), nextCursor)
  if (typeof after === 'string') throw new Error(`this cursor is ${after}`)
  return { ...query, after }
}

/** All that decides which rows come in which order. */
export function identityOf({ filters, sort, search }: ListQuery): unknown {
  return [
    filters.map(({ field, operator, values }) => [field, operator, ...values]),
    sort.map(({ field, descending }) => [field, descending]),
    search ?? null,
  ]
}

/** The columns a query is sorted by; the tie-breaker, in the direction of the last, makes the order total. */
export function sortColumns(query: ListQuery, shape: ListShape): readonly { field: Field; descending: boolean }[] {
  const columns = []
  for (const { field: name, descending } of query.sort) {
    const field = shape.fields[name]
    if (field === undefined || field.sort === 'as-created') return [...columns, { field: shape.tieBreaker, descending }]
    columns.push({ field, descending })
  }
  return [...columns, { field: shape.tieBreaker, descending: columns.at(-1)?.descending ?? false }]
}

function fits(after: CursorKeys, query: ListQuery, shape: ListShape): boolean {
  const columns = sortColumns(query, shape)
  return (
    after.length === columns.length &&
    columns.every(({ field }, index) => {
      const key = after[index]
      return typeof key === 'string' ? FIELD_KINDS[field.type].isKey(key) : field.isNullable === true
    })
  )
}

function allowedQuery({ fields, isSearchable }: ListShape): AllowedQuery {
  const entries = Object.entries(fields)
  const filters = entries.map(([name, field]) => [name, operatorsOf(field)] as const)
  return {
    filters: Object.fromEntries(filters.filter(([, operators]) => operators.length > 0)),
    sort: entries.filter(([, { sort = false }]) => sort !== false).map(([name]) => name),
    search: isSearchable,
  }
}

function filterKey(name: string, operator: Operator): string {
  return operator === 'eq' ? `filter[${name}]` : `filter[${name}][${operator}]`
}

const WORDS: Readonly<Record<Operator, string>> = {
  eq: 'equals',
  ne: 'is not',
  gt: 'is greater or later than',
  gte: 'is not less or earlier than',
  lt: 'is less or earlier than',
  lte: 'is not greater or later than',
  in: 'is one of these, separated by commas',
  like: 'contains, whatever the case',
}

function filterSchema(field: Field, operator: Operator): z.ZodType<readonly string[] | undefined> {
  const kind = FIELD_KINDS[field.type]
  const one = kind.value(field)
  const description = [field.description, `${WORDS[operator]}.`].filter(Boolean).join(' ')
  const meta = { description, example: kind.example(field) }
  if (operator !== 'in')
    return one
      .transform((value) => [value])
      .optional()
      .meta(meta)
  const many = z.array(one).min(1).max(MOST_VALUES)
  return z
    .string()
    .max(4000)
    .transform((list) => list.split(','))
    .pipe(many)
    .optional()
    .meta(meta)
}

function searchSchema({ searchDescription }: ListShape) {
  return z
    .string()
    .max(100)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters')
    .optional()
    .meta({ description: searchDescription ?? 'Words that an item contains.', example: 'dupont' })
}

function sortSchema({ defaultSort }: ListShape, sortable: readonly string[]) {
  const fieldOf = (key: string): string => key.replace(/^-/, '')
  return z
    .string()
    .max(200)
    .transform((list) => list.split(','))
    .superRefine((keys, context) => {
      const unknown = keys.filter((key) => !sortable.includes(fieldOf(key)))
      if (unknown.length > 0)
        context.addIssue({
          code: 'custom',
          message: `can be ${sortable.join(', ') || 'nothing here'}, with - in front for descending`,
        })
      if (new Set(keys.map(fieldOf)).size < keys.length)
        context.addIssue({ code: 'custom', message: 'names a field twice' })
      if (keys.length > MOST_SORT_FIELDS)
        context.addIssue({ code: 'custom', message: `takes at most ${MOST_SORT_FIELDS} fields` })
    })
    .optional()
    .meta({
      description: `Fields separated by commas, \`-\` for descending: ${sortable.join(', ') || 'none'}. Default: ${defaultSort.join(',')}.`,
      example: defaultSort.join(','),
    })
}

function readQuery({ fields, defaultSort }: ListShape, given: Record<string, unknown>): ListQuery {
  const filters = Object.entries(fields).flatMap(([field, definition]) =>
    operatorsOf(definition).flatMap((operator) => {
      // By the schema: absent, or the values of one filter.
      const values = given[filterKey(field, operator)] as readonly string[] | undefined
      return values === undefined ? [] : [{ field, operator, values }]
    }),
  )
  // By the schema; its keys are computed, so its type does not tell.
  const { limit, search, sort = defaultSort } = given as Pick<ListQuery, 'limit' | 'search'> & { sort?: string[] }
  const keys = sort.map((key) => ({ field: key.replace(/^-/, ''), descending: key.startsWith('-') }))
  return { limit, search, filters, sort: keys, after: undefined }
}
