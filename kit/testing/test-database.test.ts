import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mkdir, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { one, openDatabase, sql, type Connection, type MigrationSet } from '../sql/index.ts'
import { rememberFailure } from './failures.ts'
import { temporaryDirectory, testDatabase, testServer, type TemporaryDirectory, type TestDatabase } from './index.ts'

let directory: TemporaryDirectory
let set: MigrationSet
let database: TestDatabase

async function prepare(connection: Connection): Promise<void> {
  const db = openDatabase(connection)
  await sql`
    do $$ begin create role platen_kit_test_reader nologin; exception when duplicate_object or unique_violation then null; end $$
  `.execute(db)
  await db.destroy()
}

beforeAll(async () => {
  directory = await temporaryDirectory()
  const path = join(directory.path, 'migrations')
  await mkdir(path)
  await writeFile(
    join(path, '0001_create_notes.sql'),
    `create table public.notes (id int primary key, body text);
     select platform.grant_to('{platen_kit_test_reader, platen_absent}', 'select', 'table public.notes');`,
  )
  set = { name: 'notes', directory: pathToFileURL(`${path}/`) }
  database = await testDatabase({ template: 'kittesting', sets: [set], prepare })
})

afterAll(async () => {
  await database.drop()
  await directory.remove()
})

async function databaseExists(name: string): Promise<boolean> {
  const db = openDatabase(testServer())
  try {
    const { found } = await one(
      db,
      sql<{ found: boolean }>`select exists(select from pg_database where datname = ${name}) as found`,
    )
    return found
  } finally {
    await db.destroy()
  }
}

describe('testDatabase', () => {
  test('gives a migrated database', async () => {
    await sql`insert into notes values (1, 'here')`.execute(database.db)
    expect(await one(database.db, sql`select body from notes`)).toEqual({ body: 'here' })
  })

  test('connects as a role that cannot log in, with its rights only', async () => {
    const reader = database.connect('platen_kit_test_reader')
    expect(await one(reader, sql`select current_user::text as role`)).toEqual({ role: 'platen_kit_test_reader' })
    await expect(sql`insert into notes values (2, 'no')`.execute(reader)).rejects.toThrow('permission denied')
  })

  test('twenty clones made at once are separate databases', async () => {
    const clones = await Promise.all(
      Array.from({ length: 20 }, () => testDatabase({ template: 'kittesting', sets: [set], prepare })),
    )
    try {
      await Promise.all(
        clones.map((clone, index) => sql`insert into notes values (${index}, 'mine')`.execute(clone.db)),
      )
      const counts = await Promise.all(
        clones.map((clone) => one(clone.db, sql<{ count: bigint }>`select count(*) from notes`)),
      )
      expect(counts).toEqual(clones.map(() => ({ count: 1n })))
      expect(new Set(clones.map((clone) => clone.name)).size).toBe(20)
    } finally {
      await Promise.all(clones.map((clone) => clone.drop()))
    }
  })

  test('a template that nobody has built is built once by callers that start together', async () => {
    const changed = { ...set, name: `notes-${process.pid}` }
    const clones = await Promise.all(
      [1, 2, 3, 4].map(() => testDatabase({ template: 'kitrace', sets: [changed], prepare })),
    )
    const templates = await one(
      database.db,
      sql<{ count: bigint }>`select count(*) from pg_database where datname like 'platen_template_kitrace_%'`,
    )
    expect(templates.count).toBe(1n)
    await Promise.all(clones.map((clone) => clone.drop()))
  })

  test('its database is dropped after tests that passed and kept after one that failed', async () => {
    const dropped = await testDatabase({ template: 'kittesting', sets: [set], prepare })
    await dropped.drop()
    expect(await databaseExists(dropped.name)).toBe(false)

    const kept = await testDatabase({ template: 'kittesting', sets: [set], prepare })
    rememberFailure(true)
    await kept.drop()
    rememberFailure(false)
    expect(await databaseExists(kept.name)).toBe(true)
    await kept.drop()
    expect(await databaseExists(kept.name)).toBe(false)
  })
})
