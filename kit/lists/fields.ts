/** What the six types of a field can do: their operators, how values are read, and how a value goes into SQL and into a cursor. */
import { z } from 'zod'
import { sql, type RawBuilder } from '../sql/index.ts'

export const OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'like'] as const
export type Operator = (typeof OPERATORS)[number]

export interface Field {
  readonly type: 'text' | 'number' | 'time' | 'uuid' | 'boolean' | 'enum'
  /** The column or expression behind the name; never made from a request. */
  readonly column: RawBuilder<unknown>
  /** Operators of the type that this list offers; default all, `[]` none. */
  readonly filter?: readonly Operator[]
  /** `'as-created'`: by the tie-breaker, whose order is that of creation (uuid version 7), so that its index serves. Default false. */
  readonly sort?: boolean | 'as-created'
  /** The column may be null: such rows come last in both directions. Only matters for sorting. */
  readonly isNullable?: boolean
  /** Of an `enum`. */
  readonly values?: readonly string[]
  /** What holds while no filter names this field. */
  readonly unlessFiltered?: RawBuilder<unknown>
  readonly description?: string
}

interface FieldKind {
  readonly operators: readonly Operator[]
  readonly value: (field: Field) => z.ZodType<string, string>
  readonly example: (field: Field) => string
  /** The column as exact text, for a cursor. */
  readonly keyText: (column: RawBuilder<unknown>) => RawBuilder<unknown>
  /** Whether a cursor may hold this text: what PostgreSQL would refuse must not reach it. */
  readonly isKey: (text: string) => boolean
  /** Each value is a parameter of this type. */
  readonly parameter: (value: string) => RawBuilder<unknown>
}

const MOST_CHARACTERS = 200
const NO_CONTROLS = /^\P{Cc}*$/u
const NUMBER = /^-?\d{1,18}(\.\d{1,12})?$/
const KEY_NUMBER = /^-?\d{1,40}(\.\d{1,40})?(e[+-]\d{1,3})?$/
const KEY_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{6}Z$/
const RANGE = ['gt', 'gte', 'lt', 'lte'] as const

const plainText = (column: RawBuilder<unknown>): RawBuilder<unknown> => sql`(${column})::text`
const text = z.string().max(MOST_CHARACTERS).regex(NO_CONTROLS, 'must not contain control characters')
const time = z
  .union(
    [z.iso.datetime({ offset: true }), z.iso.date()],
    'must be a date (2026-01-31) or a time (2026-01-31T08:00:00Z)',
  )
  // PostgreSQL knows neither the year 0 nor every offset that the grammar allows: what goes to it is what Date made of the text.
  .refine((given) => new Date(given).getTime() >= Date.UTC(1000, 0), 'must be a time after the year 1000')
  .transform((given) => new Date(given).toISOString())

const uuid = z.uuid('must be a uuid')

export const FIELD_KINDS: Readonly<Record<Field['type'], FieldKind>> = {
  text: {
    operators: ['eq', 'ne', 'in', 'like'],
    value: () => text,
    example: () => 'dupont',
    keyText: plainText,
    isKey: (key) => !key.includes('\0'),
    parameter: (value) => sql`${value}::text`,
  },
  number: {
    operators: ['eq', 'ne', ...RANGE, 'in'],
    value: () => z.string().regex(NUMBER, 'must be a number such as 12.50'),
    example: () => '10',
    keyText: plainText,
    isKey: (key) => KEY_NUMBER.test(key),
    parameter: (value) => sql`${value}::numeric`,
  },
  time: {
    // No equality: answers tell milliseconds, columns hold microseconds.
    operators: RANGE,
    value: () => time,
    example: () => '2026-01-31T08:00:00Z',
    keyText: (column) => sql`to_char((${column}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    isKey: (key) => !key.startsWith('0000') && !Number.isNaN(Date.parse(`${KEY_TIME.exec(key)?.[1] ?? 'no'}Z`)),
    parameter: (value) => sql`${value}::timestamptz`,
  },
  uuid: {
    operators: ['eq', 'ne', 'in'],
    value: () => uuid,
    example: () => '0197a3c4-7d1e-7f00-8a52-3c1f9be04d11',
    keyText: plainText,
    isKey: (key) => uuid.safeParse(key).success,
    parameter: (value) => sql`${value}::uuid`,
  },
  boolean: {
    operators: ['eq', 'in'],
    value: () => z.enum(['true', 'false']),
    example: () => 'true',
    keyText: plainText,
    isKey: (key) => key === 'true' || key === 'false',
    parameter: (value) => sql`${value}::boolean`,
  },
  enum: {
    operators: ['eq', 'ne', 'in'],
    value: ({ values = [] }) => z.enum(values as [string, ...string[]]), // defineList refuses an enum without values
    example: ({ values = [] }) => values[0] ?? '',
    keyText: plainText,
    isKey: (key) => !key.includes('\0'),
    parameter: (value) => sql`${value}::text`,
  },
}

export function operatorsOf(field: Field): readonly Operator[] {
  const { operators } = FIELD_KINDS[field.type]
  return field.filter === undefined ? operators : operators.filter((operator) => field.filter?.includes(operator))
}
