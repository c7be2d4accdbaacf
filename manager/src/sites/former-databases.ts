import { maybe, rows, sql, type Tx } from '@platen/kit/sql'
import { siteProblems } from './problems.ts'

/** How long a database that a restore in place has set aside is kept: until then the restore can be undone. */
export const formerDatabaseDays = 7

export interface FormerDatabase {
  databaseName: string
  operationId: string
  setAsideAt: Date
}

const select = sql`SELECT f.database_name AS "databaseName", f.operation_id AS "operationId", f.set_aside_at AS "setAsideAt"
  FROM manager.former_databases f`

/** Databases that were this site's and are not now. */
export const formerDatabases = (tx: Tx, siteId: string): Promise<FormerDatabase[]> =>
  rows(
    tx,
    sql<FormerDatabase>`${select} JOIN manager.sites s ON s.id = f.site_id AND s.database_name <> f.database_name
      WHERE f.site_id = ${siteId} ORDER BY f.set_aside_at`,
  )

/** What that operation set aside (it may have become the site's own again since); `former-database-gone` (409) when it is not kept. */
export async function requireDatabaseBefore(tx: Tx, operationId: string): Promise<FormerDatabase> {
  const former = await maybe(tx, sql<FormerDatabase>`${select} WHERE f.operation_id = ${operationId}`)
  if (former === undefined) throw formerDatabaseGone()
  return former
}

export const formerDatabaseGone = () =>
  siteProblems.problem('former-database-gone', 'What the site was before is no longer kept. Nothing was changed.')

/**
 * The site's database is `to` from now on; the one before is set aside in the name of the operation. Repeating changes nothing. A row
 * of a database that is the site's own (again) has no meaning, and gets a new one when that is set aside the next time.
 */
export async function pointSiteTo(tx: Tx, siteId: string, { to, by }: { to: string; by: string }): Promise<void> {
  await sql`WITH before AS (
      SELECT id, tenant_id, database_name FROM manager.sites WHERE id = ${siteId} AND database_name <> ${to}
    ), aside AS (
      INSERT INTO manager.former_databases (database_name, tenant_id, site_id, operation_id)
      SELECT database_name, tenant_id, id, ${by} FROM before
      ON CONFLICT ON CONSTRAINT former_databases_pkey DO UPDATE SET operation_id = excluded.operation_id, set_aside_at = now()
    )
    UPDATE manager.sites s SET database_name = ${to}, generation = generation + 1 FROM before WHERE s.id = before.id`.execute(
    tx,
  )
}

/** Takes `pointSiteTo` of that operation back; nothing happens if it never took effect. */
export async function pointSiteBack(tx: Tx, siteId: string, by: string): Promise<void> {
  await sql`WITH aside AS (
      DELETE FROM manager.former_databases WHERE operation_id = ${by} AND site_id = ${siteId} RETURNING database_name
    )
    UPDATE manager.sites s SET database_name = aside.database_name, generation = generation + 1 FROM aside WHERE s.id = ${siteId}`.execute(
    tx,
  )
}

/** It is gone. */
export async function forgetFormerDatabase(tx: Tx, databaseName: string): Promise<void> {
  await sql`DELETE FROM manager.former_databases WHERE database_name = ${databaseName}`.execute(tx)
}
