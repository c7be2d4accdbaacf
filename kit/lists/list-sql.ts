/** A checked query as SQL: every value is a parameter, every column comes from the definition of the list. */
import { sql, type RawBuilder } from '../sql/index.ts'
import type { CursorKeys } from './cursor.ts'
import { FIELD_KINDS, type Field } from './fields.ts'
import { sortColumns, type Filter, type ListQuery, type ListShape } from './list-query.ts'

type Condition = RawBuilder<unknown>

export function filterConditions(query: ListQuery, { fields }: ListShape): Condition[] {
  const filtered = new Set(query.filters.map(({ field }) => field))
  const defaults = Object.entries(fields).flatMap(([name, { unlessFiltered }]) =>
    unlessFiltered === undefined || filtered.has(name) ? [] : [sql`(${unlessFiltered})`],
  )
  const asked = query.filters.flatMap((filter) => {
    const field = fields[filter.field]
    return field === undefined ? [] : [filterCondition(field, filter)]
  })
  return [...defaults, ...asked]
}

function filterCondition(field: Field, { operator, values }: Filter): Condition {
  const column = sql`(${field.column})`
  const [first = ''] = values
  const value = FIELD_KINDS[field.type].parameter(first)
  switch (operator) {
    case 'eq':
      return sql`${column} = ${value}`
    case 'ne':
      // What has no value is not that value either.
      return sql`${column} IS DISTINCT FROM ${value}`
    case 'gt':
      return sql`${column} > ${value}`
    case 'gte':
      return sql`${column} >= ${value}`
    case 'lt':
      return sql`${column} < ${value}`
    case 'lte':
      return sql`${column} <= ${value}`
    case 'in':
      return sql`${column} IN (${sql.join(values.map(FIELD_KINDS[field.type].parameter))})`
    case 'like':
      return sql`${column} ILIKE ${containing(first)}::text`
  }
}

/** The pattern of LIKE that finds this text anywhere; none of its characters is a wildcard. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
}

/** `ORDER BY ...`: total, because the tie-breaker is part of it. */
export function orderBy(query: ListQuery, shape: ListShape): RawBuilder<unknown> {
  const terms = sortColumns(query, shape).map(({ field, descending }) => {
    const direction = descending ? sql`DESC` : sql`ASC`
    return field.isNullable === true
      ? sql`(${field.column}) ${direction} NULLS LAST`
      : sql`(${field.column}) ${direction}`
  })
  return sql`ORDER BY ${sql.join(terms)}`
}

/** The sort values of a row as one text array, for the cursor. */
export function keyColumn(query: ListQuery, shape: ListShape): RawBuilder<unknown> {
  const keys = sortColumns(query, shape).map(({ field }) => FIELD_KINDS[field.type].keyText(field.column))
  return sql`ARRAY[${sql.join(keys)}]::text[] AS page_key`
}

/** Rows behind the last one of the page before. */
export function behind(after: CursorKeys, query: ListQuery, shape: ListShape): Condition {
  const columns = sortColumns(query, shape).map((column, index) => ({ ...column, key: after[index] ?? null }))
  const [first] = columns
  const isUniform = columns.every(
    ({ field, descending }) => field.isNullable !== true && descending === first?.descending,
  )
  if (!isUniform) return behindFrom(columns)
  // One comparison of rows is what an index over these columns answers.
  const left = sql.join(columns.map(({ field }) => sql`(${field.column})`))
  const right = sql.join(columns.map(({ field, key }) => FIELD_KINDS[field.type].parameter(key ?? '')))
  return first?.descending === true ? sql`(${left}) < (${right})` : sql`(${left}) > (${right})`
}

type Column = { field: Field; descending: boolean; key: string | null }

function behindFrom([column, ...rest]: readonly Column[]): Condition {
  if (column === undefined) return sql`false`
  const { field, descending, key } = column
  // Nulls come last: behind a null is nothing, behind a value is every null.
  if (key === null) return sql`((${field.column}) IS NULL AND ${behindFrom(rest)})`
  const value = FIELD_KINDS[field.type].parameter(key)
  const further = descending ? sql`(${field.column}) < ${value}` : sql`(${field.column}) > ${value}`
  const orNull = field.isNullable === true ? sql` OR (${field.column}) IS NULL` : sql``
  return sql`(${further}${orNull} OR ((${field.column}) = ${value} AND ${behindFrom(rest)}))`
}
