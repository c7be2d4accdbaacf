import type { RawBuilder } from 'kysely'
import type { Db } from './database.ts'

/** All rows of a statement. */
export async function rows<R>(db: Db, query: RawBuilder<R>): Promise<R[]> {
  return (await query.execute(db)).rows
}

/** The only row of a statement; throws if there is none or more than one. */
export async function one<R>(db: Db, query: RawBuilder<R>): Promise<R> {
  const row = await maybe(db, query)
  if (row === undefined) throw new Error(`expected one row, got none: ${text(db, query)}`)
  return row
}

/** The only row of a statement, or undefined; throws if there are several. */
export async function maybe<R>(db: Db, query: RawBuilder<R>): Promise<R | undefined> {
  const found = await rows(db, query)
  if (found.length > 1) throw new Error(`expected at most one row, got ${found.length}: ${text(db, query)}`)
  return found[0]
}

// Without its parameters, which may be secrets or personal data.
function text(db: Db, query: RawBuilder<unknown>): string {
  return query.compile(db).sql.replaceAll(/\s+/g, ' ').trim().slice(0, 200)
}
