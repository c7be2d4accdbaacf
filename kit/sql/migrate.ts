// Forward-only SQL migrations, after graphile-migrate and graphile-worker: an advisory lock lets one runner work per database; the
// ledger row is inserted before the file runs, so that even without the lock two runners could not both apply it; a checksum refuses
// shipped files that were edited since; a ledger that knows more than the code means that this code is too old for the database.
import { createHash } from 'node:crypto'
import pg from 'pg'
import { clientConfig, type Connection } from './database.ts'
import { platformFunctions } from './platform-functions.ts'
import { MigrationError, readMigrations, statementsOf, type Migration, type MigrationSet } from './migration-files.ts'

const WAIT_FOR_OTHER_RUNNER = '5min'
// What one file set for itself (search_path, app.operator) must not reach the next; RESET ALL leaves the role alone.
const SESSION = `reset all; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set lock_timeout = '5s'`

export interface MigrateOptions {
  /** SET ROLE before any DDL: the role that shall own what the migrations create. It is given CREATE on the database if it lacks it. */
  role?: string
}

interface LedgerRow {
  set_name: string
  file: string
  checksum: string
  applied_at: Date | null
}

/**
 * Applies what is missing of each set, in the order given, and returns the files it applied as `set/file`. Safe to call by several
 * processes at once and again after a crash. Throws MigrationError.
 */
export async function migrate(
  connection: Connection,
  sets: readonly MigrationSet[],
  options: MigrateOptions = {},
): Promise<{ applied: string[] }> {
  const wanted = sets.map((set) => ({ set, migrations: readMigrations(set) }))
  // No limit on a statement: building an index takes as long as it takes.
  const { statementTimeoutMs: _, ...unlimited } = connection
  const client = new pg.Client(clientConfig(unlimited))
  // The statement that was running reports the loss of the connection; without a listener it would end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    await prepareSession(client, options)
    await client.query(`set statement_timeout = 0; set lock_timeout = '${WAIT_FOR_OTHER_RUNNER}'`)
    await client.query(`select pg_advisory_lock(hashtextextended('platen.migrations', 0))`)
    await client.query(SESSION)
    await createLedger(client)
    const applied: string[] = []
    for (const { set, migrations } of wanted) {
      for (const migration of await missing(client, set, migrations)) {
        await apply(client, migration)
        applied.push(`${migration.set}/${migration.file}`)
      }
    }
    return { applied }
  } finally {
    // Ends the session and with it the advisory lock.
    await client.end()
  }
}

/** A hash over names and contents of all files: it names a release's template database. 16 hex digits. */
export function migrationsFingerprint(sets: readonly MigrationSet[]): string {
  const hash = createHash('sha256').update(platformFunctions())
  for (const migration of sets.flatMap(readMigrations))
    hash.update(`${migration.set}/${migration.file} ${migration.checksum}\n`)
  return hash.digest('hex').slice(0, 16)
}

async function prepareSession(client: pg.Client, { role }: MigrateOptions): Promise<void> {
  if (role === undefined) return
  const lacking = await client.query(
    `select from pg_roles where rolname = $1 and not has_database_privilege(oid, current_database(), 'create')`,
    [role],
  )
  if (lacking.rowCount === 1) {
    await client.query(
      `do $$ begin execute format('grant create on database %I to %I', current_database(), ${pg.escapeLiteral(role)}); end $$`,
    )
  }
  await client.query(`set role ${pg.escapeIdentifier(role)}`)
}

async function createLedger(client: pg.Client): Promise<void> {
  const existing = await client.query<{ found: boolean }>(
    `select to_regclass('platform.migrations') is not null as found`,
  )
  if (existing.rows[0]?.found === true) return
  await client.query(`
    begin;
    create schema if not exists platform;
    create table platform.migrations (
      set_name text not null,
      file text not null,
      checksum text not null,
      applied_at timestamptz,
      constraint migrations_pkey primary key (set_name, file)
    );
    comment on table platform.migrations is 'Ledger of the migration runner; applied_at is null while a file without transaction runs';
    ${platformFunctions()}
    do $$
    declare roles text[] := '{platen_site_app,platen_site_reader,platen_site_dumper,platen_api,platen_worker}';
    begin
      perform platform.grant_to(roles, 'usage', 'schema platform');
      perform platform.grant_to(roles, 'select', 'table platform.migrations');
    end $$;
    commit;
  `)
}

async function missing(client: pg.Client, set: MigrationSet, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<LedgerRow>(
    'select * from platform.migrations where set_name = $1 order by file',
    [set.name],
  )
  const ledger = new Map(rows.map((row) => [row.file, row]))
  const known = new Set(migrations.map((migration) => migration.file))
  const unknown = rows.filter((row) => !known.has(row.file)).map((row) => row.file)
  if (unknown.length > 0) {
    throw new MigrationError(
      'newer-database',
      `the database is newer than this program: it has ${set.name}/${unknown.join(', ')}; start the newer version`,
    )
  }
  for (const migration of migrations) {
    const row = ledger.get(migration.file)
    if (row !== undefined && row.applied_at !== null && row.checksum !== migration.checksum) {
      throw new MigrationError(
        'edited',
        `${set.name}/${migration.file} was edited after it had been applied; restore it and write a new file`,
      )
    }
  }
  const left = migrations.filter((migration) => ledger.get(migration.file)?.applied_at == null)
  const last = rows.findLast((row) => row.applied_at !== null)
  const early = left.find((migration) => last !== undefined && migration.file < last.file)
  if (early !== undefined) {
    throw new MigrationError(
      'out-of-order',
      `${set.name}/${early.file} comes before ${last?.file}, which is applied already; give it the next number`,
    )
  }
  return left
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query(SESSION)
    await (migration.transactional ? applyInTransaction(client, migration) : applyStepwise(client, migration))
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new MigrationError('failed', `${migration.set}/${migration.file} failed: ${message}`, { cause })
  }
}

async function applyInTransaction(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin')
  await insertLedgerRow(client, migration, 'now()')
  await client.query(migration.text)
  await client.query('commit')
}

// The row says "begun" first and "applied" last: after a crash between the two the file runs again, so it must bear that
// (`drop index concurrently if exists`, `-- next`, `create index concurrently`).
async function applyStepwise(client: pg.Client, migration: Migration): Promise<void> {
  await insertLedgerRow(client, migration, 'null')
  for (const statement of statementsOf(migration)) await client.query(statement)
  await client.query('update platform.migrations set applied_at = now() where set_name = $1 and file = $2', [
    migration.set,
    migration.file,
  ])
}

async function insertLedgerRow(client: pg.Client, migration: Migration, appliedAt: 'now()' | 'null'): Promise<void> {
  await client.query(
    `insert into platform.migrations (set_name, file, checksum, applied_at) values ($1, $2, $3, ${appliedAt})
     on conflict (set_name, file) do update set checksum = excluded.checksum where migrations.applied_at is null`,
    [migration.set, migration.file, migration.checksum],
  )
}
