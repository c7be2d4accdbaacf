import { one, rows, sql, withScope, type Db } from '@platen/kit/sql'

export interface TableDigest {
  name: string
  rows: number
  /** Sum of the hashes of the rows as text: the same rows give the same digest in any order. */
  digest: string
}

/** Every table of the site in one snapshot of the database, the given one or its own. A table that the role may not read fails it: a digest says all or nothing. */
export function digestTables(db: Db, snapshot?: string): Promise<TableDigest[]> {
  return withScope(
    db,
    { operator: true },
    async (tx) => {
      const tables = await rows(
        tx,
        sql<{ schema: string; name: string }>`SELECT n.nspname AS schema, c.relname AS name FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
          ORDER BY 1, 2`,
      )
      const digests: TableDigest[] = []
      for (const { schema, name } of tables) {
        const found = await one(
          tx,
          sql<{
            rows: number
            digest: string
          }>`SELECT count(*)::int AS rows, COALESCE(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS digest
            FROM ${sql.id(schema, name)} t`,
        )
        digests.push({ name: `${schema}.${name}`, ...found })
      }
      return digests
    },
    { isolation: 'repeatable read', ...(snapshot === undefined ? {} : { snapshot }) },
  )
}
