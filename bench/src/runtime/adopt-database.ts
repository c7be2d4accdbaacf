import { rows, sql, withScope, type Db, type Tx } from '@platen/kit/sql'

/**
 * Gives the rows of a restored copy to the site that it becomes, and takes away what opened the old one: keys sealed with the old
 * site's data key, sessions, tickets. A site that adopts its own rows is put back: only what opened it goes. Needs the owner of the tables. One transaction; safe to repeat.
 */
export function adoptDatabase(db: Db, sites: { fromSiteId: string; toSiteId: string }): Promise<void> {
  return withScope(db, { operator: true }, async (tx) => {
    await sql`DELETE FROM identity.refresh_tokens`.execute(tx)
    await sql`DELETE FROM identity.sessions`.execute(tx)
    await sql`DELETE FROM identity.tickets`.execute(tx)
    await sql`DELETE FROM identity.signing_keys`.execute(tx)
    if (sites.fromSiteId === sites.toSiteId) return
    for (const table of await tenantTables(tx)) await giveRows(tx, table, sites)
  })
}

interface TableName {
  schema: string
  name: string
}

const tenantTables = (tx: Tx): Promise<TableName[]> =>
  rows(
    tx,
    sql<TableName>`SELECT n.nspname AS schema, c.relname AS name FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      ORDER BY 1, 2`,
  )

async function giveRows(
  tx: Tx,
  { schema, name }: TableName,
  { fromSiteId, toSiteId }: { fromSiteId: string; toSiteId: string },
): Promise<void> {
  const table = sql.id(schema, name)
  // Append-only tables refuse changes by trigger; whose rows they are is no part of what they record.
  await sql`ALTER TABLE ${table} DISABLE TRIGGER USER`.execute(tx)
  await sql`UPDATE ${table} SET tenant_id = ${toSiteId} WHERE tenant_id = ${fromSiteId}`.execute(tx)
  await sql`ALTER TABLE ${table} ENABLE TRIGGER USER`.execute(tx)
}
