/**
 * The one way to list things: filters, sorting and keyset pages over a plain SQL statement. A feature says once which names its list
 * knows and which columns are behind them; query schema, API document, refusals and SQL follow from that.
 */
import type { z } from 'zod'
import { rows, sql, type Db, type RawBuilder } from '../sql/index.ts'
import { writeCursor, type CursorKeys } from './cursor.ts'
import type { Field } from './fields.ts'
import { identityOf, listQuerySchema, type ListQuery, type ListShape } from './list-query.ts'
import { behind, filterConditions, keyColumn, orderBy } from './list-sql.ts'

export interface ListDefinition<Name extends string> {
  /** By the name that clients use in `filter[name]` and `sort`. */
  readonly fields: Readonly<Record<Name, Field>>
  readonly defaultSort: readonly (NoInfer<Name> | `-${NoInfer<Name>}`)[]
  /** A unique column that is never null; `id` of version 7 in nearly every list. */
  readonly tieBreaker: Pick<Field, 'type' | 'column'>
  /** The condition of `?search=`; without it the list takes no search. */
  readonly search?: (text: string) => RawBuilder<unknown>
  readonly searchDescription?: string
}

/** What a statement is put together from. */
export interface ListParts {
  /** One more column of the select list; `read` takes it out of the rows again. */
  readonly key: RawBuilder<unknown>
  /** A condition, to follow WHERE or AND. */
  readonly where: RawBuilder<unknown>
  /** ORDER BY and LIMIT, last in the statement. */
  readonly rest: RawBuilder<unknown>
}

export interface Page<Item> {
  readonly items: Item[]
  readonly nextCursor: string | null
}

export interface List {
  /** `querystring: list.query`; the handler gets a `ListQuery`. */
  readonly query: ReturnType<typeof listQuerySchema>
  /** As `query`, for a route that takes more parameters than the list. */
  queryWith<Extra extends z.ZodRawShape>(extra: Extra): ReturnType<typeof listQuerySchema<Extra>>
  /** One page of what `statement` selects. `toItem` makes items of rows. */
  read<Row extends object>(
    db: Db,
    query: ListQuery,
    statement: (parts: ListParts) => RawBuilder<Row>,
  ): Promise<Page<Row>>
  read<Row extends object, Item>(
    db: Db,
    query: ListQuery,
    statement: (parts: ListParts) => RawBuilder<Row>,
    toItem: (row: Row) => Item,
  ): Promise<Page<Item>>
}

/** @throws Error when the definition contradicts itself: at import, so no process starts with it. */
export function defineList<const Name extends string>(definition: ListDefinition<Name>): List {
  const { fields, defaultSort, tieBreaker, search, searchDescription } = definition
  const shape: ListShape = { fields, tieBreaker, defaultSort, isSearchable: search !== undefined, searchDescription }
  assertSound(shape)
  return {
    query: listQuerySchema(shape),
    queryWith: (extra) => listQuerySchema(shape, extra),
    async read<Row extends object, Item>(
      db: Db,
      query: ListQuery,
      statement: (parts: ListParts) => RawBuilder<Row>,
      toItem?: (row: Row) => Item,
    ) {
      const asked = statement(partsOf(query, shape, search))
      // `key` of the parts adds page_key to what the statement selects.
      const found = await rows(db, asked as RawBuilder<Row & { page_key: CursorKeys }>)
      const kept = found.slice(0, query.limit)
      const last = kept.at(-1)
      const nextCursor =
        found.length > query.limit && last !== undefined ? writeCursor(identityOf(query), last.page_key) : null
      const items = kept.map(({ page_key: _, ...row }) => {
        const own = row as unknown as Row // what remains is the row of the statement
        return toItem === undefined ? own : toItem(own)
      })
      // Rows or items, as the overload that was called says.
      return { items: items as (Row & Item)[], nextCursor }
    },
  }
}

/** The page with each item told in another way. */
export function mapPage<Item, Told>(page: Page<Item>, tell: (item: Item) => Told): Page<Told> {
  return { items: page.items.map((item) => tell(item)), nextCursor: page.nextCursor }
}

function partsOf(query: ListQuery, shape: ListShape, search: ListDefinition<string>['search']): ListParts {
  const conditions = [
    ...filterConditions(query, shape),
    ...(query.search === undefined || search === undefined ? [] : [sql`(${search(query.search)})`]),
    ...(query.after === undefined ? [] : [behind(query.after, query, shape)]),
  ]
  return {
    key: keyColumn(query, shape),
    where: conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` AND `)})`,
    // One row more tells that there is a next page.
    rest: sql`${orderBy(query, shape)} LIMIT ${query.limit + 1}`,
  }
}

function assertSound({ fields, defaultSort }: ListShape): void {
  for (const [name, field] of Object.entries(fields)) {
    if (!/^[a-z][A-Za-z0-9]{0,40}$/.test(name)) throw new Error(`A list cannot have a field called '${name}'`)
    if (field.type === 'enum' && (field.values ?? []).length === 0)
      throw new Error(`The list field ${name} has no values`)
  }
  for (const key of defaultSort) {
    const { sort = false } = fields[key.replace(/^-/, '')] ?? {}
    if (sort === false) throw new Error(`The default sort ${key} is not a field that this list can be sorted by`)
  }
}
