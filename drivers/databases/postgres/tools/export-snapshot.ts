import { SITE_GROUP_ROLES } from '@platen/kit/names'
import { clientConfig, type Connection } from '@platen/kit/sql'
import pg from 'pg'
import { DriverError } from '../../../errors/index.ts'
import type { DatabaseSnapshot } from '../../contract.ts'
import { literal } from '../quoting.ts'

/**
 * Holds one transaction open whose view of the database others can share. As the provisioner, which owns the database but
 * sees no more of its rows than the policies let it: it only holds the view and reads the catalog.
 */
export async function exportSnapshot(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<DatabaseSnapshot> {
  const client = new pg.Client(clientConfig(connection))
  // A lost connection shows where the snapshot is used next: it is gone from the server then.
  client.on('error', () => {})
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= client.end().catch(() => {})
    signal?.removeEventListener('abort', onAbort)
    return closing
  }
  const onAbort = (): void => void close()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    await client.connect()
    await client.query(`set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set lock_timeout = '30s';
      begin isolation level repeatable read read only`)
    await refuseHiddenRows(client, connection.database)
    const { rows } = await client.query<SnapshotRow>(
      `select pg_export_snapshot() as snapshot, now() as "takenAt", pg_current_wal_lsn()::text as lsn,
         current_setting('server_version') as "serverVersion"`,
    )
    const [row] = rows
    if (!row) throw new DriverError('protocol', 'no answer to pg_export_snapshot')
    return { ...row, close }
  } catch (error) {
    await close()
    throw signal?.aborted ? new DriverError('unavailable', 'gave up taking a snapshot', { cause: error }) : error
  }
}

type SnapshotRow = Omit<DatabaseSnapshot, 'close'>

/**
 * A dump holds what its role may see. Where a table's policies do not let app.operator pass, rows would be missing without
 * a word, from the dump and from digests taken by the same rules: better no backup than such a one.
 */
async function refuseHiddenRows(client: pg.Client, database: string): Promise<void> {
  const applies = `policy.polrelid = tables.oid and policy.polcmd in ('*', 'r') and
    (0 = any(policy.polroles) or exists (select from unnest(policy.polroles) role where pg_has_role(${literal(SITE_GROUP_ROLES.dumper)}, role, 'usage')))`
  const { rows } = await client.query<{ name: string }>(
    `select tables.oid::regclass::text as name from pg_class tables
     where tables.relrowsecurity and tables.relkind in ('r', 'p') and (
       not exists (select from pg_policy policy where ${applies} and policy.polpermissive
         and pg_get_expr(policy.polqual, policy.polrelid) like '%app.operator%')
       or exists (select from pg_policy policy where ${applies} and not policy.polpermissive))
     order by 1`,
  )
  if (rows.length === 0) return
  const names = rows.map(({ name }) => name).join(', ')
  throw new DriverError('refused', `policies in ${database} hide rows from a dump: ${names} must let app.operator pass`)
}
