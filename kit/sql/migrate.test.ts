import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId, opaqueName } from '../ids/index.ts'
import { createSiteGroupRoles, temporaryDirectory, testServer, type TemporaryDirectory } from '../testing/index.ts'
import {
  migrate,
  MigrationError,
  migrationsFingerprint,
  one,
  openDatabase,
  rows,
  sql,
  type Connection,
  type Db,
  type MigrationSet,
} from './index.ts'

let directory: TemporaryDirectory
let admin: Db
let db: Db
let connection: Connection
let set: MigrationSet

beforeAll(async () => {
  directory = await temporaryDirectory()
  admin = openDatabase(testServer())
  await createSiteGroupRoles(testServer())
})

afterAll(async () => {
  await dropDatabase()
  await admin.destroy()
  await directory.remove()
})

beforeEach(async () => {
  await dropDatabase()
  const name = `test_migrate_${opaqueName(newId())}`
  await sql`create database ${sql.id(name)} template template0 strategy wal_log`.execute(admin)
  connection = { ...testServer(), database: name }
  db = openDatabase(connection)
  const folder = join(directory.path, name)
  await mkdir(folder)
  set = { name: 'notes', directory: pathToFileURL(`${folder}/`) }
  await write('0001_create_notes.sql', 'create table public.notes (id int, body text);')
})

async function dropDatabase(): Promise<void> {
  if (connection === undefined) return
  await db.destroy()
  await sql`drop database if exists ${sql.id(connection.database)} with (force)`.execute(admin)
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(new URL(file, set.directory), text)
}

async function reasonOf(action: Promise<unknown>): Promise<string> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof MigrationError) return error.reason
  throw new Error('expected a MigrationError', { cause: error })
}

async function ledger(): Promise<string[]> {
  const found = await rows(
    db,
    sql<{
      file: string
      done: boolean
    }>`select file, applied_at is not null as done from platform.migrations order by file`,
  )
  return found.map((row) => `${row.file}${row.done ? '' : ' (begun)'}`)
}

describe('migrate', () => {
  test('applies what is missing, in order, once', async () => {
    await write('0002_add_note_author.sql', 'alter table public.notes add column author text;')
    expect(await migrate(connection, [set])).toEqual({
      applied: ['notes/0001_create_notes.sql', 'notes/0002_add_note_author.sql'],
    })
    expect(await migrate(connection, [set])).toEqual({ applied: [] })
    await write('0003_add_note_date.sql', 'alter table public.notes add column day date;')
    expect(await migrate(connection, [set])).toEqual({ applied: ['notes/0003_add_note_date.sql'] })
    expect(await ledger()).toEqual(['0001_create_notes.sql', '0002_add_note_author.sql', '0003_add_note_date.sql'])
  })

  test('several sets are applied in the order given, and know nothing of each other', async () => {
    const folder = join(directory.path, `${connection.database}-tags`)
    await mkdir(folder)
    await writeFile(join(folder, '0001_create_tags.sql'), 'create table public.tags as select * from public.notes;')
    const tags = { name: 'tags', directory: pathToFileURL(`${folder}/`) }
    expect((await migrate(connection, [set, tags])).applied).toEqual([
      'notes/0001_create_notes.sql',
      'tags/0001_create_tags.sql',
    ])
    expect((await migrate(connection, [set])).applied).toEqual([])
  })

  test('six runners at once apply each file once', async () => {
    for (let number = 2; number <= 6; number += 1)
      await write(`000${number}_add_row.sql`, `insert into public.notes values (${number});`)
    const results = await Promise.all(Array.from({ length: 6 }, () => migrate(connection, [set])))
    expect(results.flatMap((result) => result.applied)).toHaveLength(6)
    expect(await rows(db, sql`select id from public.notes order by id`)).toEqual([2, 3, 4, 5, 6].map((id) => ({ id })))
  })

  test('a file that fails leaves nothing, and the files before it stay', async () => {
    await write('0002_break_things.sql', 'insert into public.notes values (1); select 1 / 0;')
    expect(await reasonOf(migrate(connection, [set]))).toBe('failed')
    expect(await rows(db, sql`select from public.notes`)).toEqual([])
    expect(await ledger()).toEqual(['0001_create_notes.sql'])
    await write('0002_break_things.sql', 'insert into public.notes values (1);')
    expect((await migrate(connection, [set])).applied).toEqual(['notes/0002_break_things.sql'])
  })

  test('a file that was edited after it was applied is refused', async () => {
    await migrate(connection, [set])
    await write('0001_create_notes.sql', 'create table public.notes (id bigint, body text);')
    expect(await reasonOf(migrate(connection, [set]))).toBe('edited')
  })

  test('a database newer than the code is refused', async () => {
    await write('0002_add_note_author.sql', 'alter table public.notes add column author text;')
    await migrate(connection, [set])
    await rm(new URL('0002_add_note_author.sql', set.directory))
    expect(await reasonOf(migrate(connection, [set]))).toBe('newer-database')
  })

  test('a file numbered before one that is applied is refused', async () => {
    await write('0003_add_note_author.sql', 'alter table public.notes add column author text;')
    await migrate(connection, [set])
    await write('0002_add_note_date.sql', 'alter table public.notes add column day date;')
    expect(await reasonOf(migrate(connection, [set]))).toBe('out-of-order')
  })

  test.each([
    ['2_short_number.sql', 'select 1;'],
    ['0002-with-dashes.sql', 'select 1;'],
    ['0001_same_number.sql', 'select 1;'],
    ['0002_commit_itself.sql', 'insert into public.notes values (1);\ncommit;\nselect 1;'],
  ])('the file %s is refused before anything is applied', async (file, text) => {
    await write(file, text)
    expect(await reasonOf(migrate(connection, [set]))).toBe('bad-file')
    expect(await rows(db, sql`select from pg_class where relname = 'notes'`)).toEqual([])
  })

  test('plpgsql may end its blocks', async () => {
    await write('0002_run_block.sql', 'do $$\nbegin\n  insert into public.notes values (1);\nend;\n$$;')
    expect((await migrate(connection, [set])).applied).toHaveLength(2)
  })

  test('what a file sets for its session does not reach the next one', async () => {
    await write('0002_set_things.sql', `set search_path = ''; set app.operator = 'on'; set lock_timeout = 0;`)
    await write(
      '0003_read_things.sql',
      `insert into notes select 1, concat_ws('|', current_setting('app.operator', true), current_setting('lock_timeout'));`,
    )
    await migrate(connection, [set])
    expect(await one(db, sql`select body from public.notes`)).toEqual({ body: '|5s' })
  })

  test('a file waits for a lock only briefly', async () => {
    await migrate(connection, [set])
    await write(
      '0002_add_note_author.sql',
      `set local lock_timeout = '50ms'; alter table public.notes add column author text;`,
    )
    await db.transaction().execute(async (tx) => {
      await sql`select from public.notes`.execute(tx)
      expect(await reasonOf(migrate(connection, [set]))).toBe('failed')
    })
    expect((await migrate(connection, [set])).applied).toHaveLength(1)
  })

  test('with a role the tables belong to it, and it needs no rights beforehand', async () => {
    await sql`revoke all on database ${sql.id(connection.database)} from public`.execute(admin)
    await write('0001_create_notes.sql', 'create schema own; create table own.notes (id int);')
    await migrate(connection, [set], { role: 'platen_site_owner' })
    await migrate(connection, [set], { role: 'platen_site_owner' })
    expect(await rows(db, sql`select tableowner from pg_tables where schemaname in ('own', 'platform')`)).toEqual([
      { tableowner: 'platen_site_owner' },
      { tableowner: 'platen_site_owner' },
    ])
  })

  test('in a site database roles of the control plane get nothing, though they exist on the server', async () => {
    await sql`do $$ begin create role platen_api nologin; exception when duplicate_object or unique_violation then null; end $$`.execute(
      admin,
    )
    await write(
      '0001_create_notes.sql',
      `create schema own; create table own.notes (id int);
       select platform.grant_to('{platen_site_app,platen_api,platen_absent}', 'select', 'table own.notes');`,
    )
    await migrate(connection, [set], { role: 'platen_site_owner' })
    const rights = await one(
      db,
      sql`select has_table_privilege('platen_site_app', 'own.notes', 'select') as app, has_table_privilege('platen_api', 'own.notes', 'select') as api`,
    )
    expect(rights).toEqual({ app: true, api: false })
  })
})

describe('a file without transaction', () => {
  const concurrently = `-- Why: found by body.\n-- no-transaction\ndrop index concurrently if exists public.notes_body_idx;
-- next
create index concurrently notes_body_idx on public.notes (body);\n`

  test('runs each statement alone', async () => {
    await write('0002_index_note_body.sql', concurrently)
    expect((await migrate(connection, [set])).applied).toHaveLength(2)
    expect(await rows(db, sql`select from pg_indexes where indexname = 'notes_body_idx'`)).toHaveLength(1)
  })

  test('that did not finish is begun again, also after it was repaired', async () => {
    await write('0002_index_note_body.sql', `${concurrently}-- next\nselect 1 / 0;`)
    expect(await reasonOf(migrate(connection, [set]))).toBe('failed')
    expect(await ledger()).toEqual(['0001_create_notes.sql', '0002_index_note_body.sql (begun)'])
    await write('0002_index_note_body.sql', concurrently)
    expect((await migrate(connection, [set])).applied).toEqual(['notes/0002_index_note_body.sql'])
    expect(await ledger()).toEqual(['0001_create_notes.sql', '0002_index_note_body.sql'])
    expect((await migrate(connection, [set])).applied).toEqual([])
  })
})

describe('migrationsFingerprint', () => {
  test('changes with every file, and not with schema.sql', async () => {
    const before = migrationsFingerprint([set])
    expect(before).toMatch(/^[0-9a-f]{16}$/)
    await write('schema.sql', 'anything')
    expect(migrationsFingerprint([set])).toBe(before)
    await write('0002_add_note_author.sql', 'alter table public.notes add column author text;')
    const after = migrationsFingerprint([set])
    expect(after).not.toBe(before)
    await write('0002_add_note_author.sql', 'alter table public.notes add column author varchar;')
    expect(migrationsFingerprint([set])).not.toBe(after)
    expect(await readdir(set.directory)).toHaveLength(3)
  })
})
