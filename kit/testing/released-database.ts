import { readFile } from 'node:fs/promises'
import { describeSchema, migrate, openDatabase, rows, sql, type Db } from '../sql/index.ts'
import { testDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.ts'

/** What `migrateReleased` found. */
export interface Upgrade {
  /** Files that a second run applied. */
  again: readonly string[]
  /** Every schema, as `describeSchema` writes it: of the migrated dump, and of the same migrations from nothing. */
  upgraded: string
  fromNothing: string
}

/** Migrates the dump with today's files, twice, and describes it beside a database that has never been anything else. */
export async function migrateReleased(dump: URL, options: TestDatabaseOptions): Promise<Upgrade> {
  const [released, fresh] = [await releasedDatabase(dump, options), await testDatabase(options)]
  try {
    const runner = options.role === undefined ? {} : { role: options.role }
    await migrate(released.connection, options.sets, runner)
    const { applied: again } = await migrate(released.connection, options.sets, runner)
    for (const database of [released, fresh]) await printChecksAnew(database.db)
    const [upgraded, fromNothing] = [await describeAll(released.db), await describeAll(fresh.db)]
    return { again, upgraded, fromNothing }
  } finally {
    await Promise.all([released.drop(), fresh.drop()])
  }
}

/** A database as the release before left it: the committed dump that `tools/dump-schemas.ts` wrote, ledger and rows included. */
async function releasedDatabase(dump: URL, options: TestDatabaseOptions): Promise<TestDatabase> {
  const { template, ...others } = options
  const database = await testDatabase({ ...others, template: `${template}empty`, sets: [] })
  // The runner has made its ledger already, and the dump brings its own. Not in `database.db`: a dump sets things for its session.
  const session = openDatabase({ ...database.connection, max: 1 })
  try {
    await sql`drop schema platform cascade`.execute(session)
    await sql.raw(await readFile(dump, 'utf8')).execute(session)
  } finally {
    await session.destroy()
  }
  return database
}

// `x BETWEEN 1 AND 2 AND y` is printed as ((a AND b) AND y) and read from a dump as (a AND b AND y): after one round both say the latter.
async function printChecksAnew(db: Db): Promise<void> {
  await sql`
    do $$ declare c record; begin
      for c in select conname, conrelid::regclass as relation, pg_get_constraintdef(oid) as definition from pg_constraint
        where contype = 'c' and conrelid <> 0 and coninhcount = 0 and connamespace::regnamespace::text not in ('pg_catalog', 'information_schema')
      loop
        execute format('alter table %s drop constraint %I, add constraint %I %s', c.relation, c.conname, c.conname, c.definition);
      end loop;
    end $$`.execute(db)
}

/** Owners too: a table of a wrong owner would be out of reach of the next migration. */
async function describeAll(db: Db): Promise<string> {
  const owned = await rows(
    db,
    sql<{ schema: string; owner: string }>`
      select nspname as schema, nspowner::regrole::text as owner from pg_namespace
      where nspname !~ '^pg_' and nspname not in ('information_schema', 'public') order by 1`,
  )
  const tables = await rows(
    db,
    sql<{ name: string; owner: string }>`
      select c.oid::regclass::text as name, relowner::regrole::text as owner from pg_class c
      where relnamespace::regnamespace::text = any(${owned.map(({ schema }) => schema)}) and relkind in ('r', 'p', 'v', 'm', 'S')
      order by 1`,
  )
  const schemas = owned.map(({ schema }) => schema)
  const owners = [
    ...owned.map(({ schema, owner }) => `${schema}: ${owner}`),
    ...tables.map((t) => `${t.name}: ${t.owner}`),
  ]
  return `${await describeSchema(db, schemas)}\n${owners.join('\n')}\n`
}
