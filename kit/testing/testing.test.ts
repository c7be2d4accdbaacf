import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { sql, type MigrationSet } from '../sql/index.ts'
import {
  eventually,
  expectSchemaFile,
  temporaryDirectory,
  testDatabase,
  testServer,
  writeSchemaFile,
  type TestDatabase,
} from './index.ts'

describe('eventually', () => {
  test('returns the first truthy answer', async () => {
    let calls = 0
    expect(await eventually(() => (calls += 1) >= 3 && 'there')).toBe('there')
    expect(calls).toBe(3)
  })

  test('repeats a probe that throws, and after the deadline says what it waited for and why not', async () => {
    const probe = (): never => expect.fail('not yet')
    await expect(eventually(probe, { timeoutMs: 60, describe: 'the lamp' })).rejects.toThrow(
      'the lamp did not happen within 60 ms: not yet',
    )
    await expect(eventually(() => false, { timeoutMs: 60 })).rejects.toThrow('did not happen within 60 ms')
  })
})

describe('temporaryDirectory', () => {
  test('is private and can be removed with its contents', async () => {
    const directory = await temporaryDirectory()
    expect((await stat(directory.path)).mode & 0o777).toBe(0o700)
    await writeFile(join(directory.path, 'file'), '')
    await directory.remove()
    await expect(stat(directory.path)).rejects.toThrow('ENOENT')
  })
})

describe('testServer', () => {
  // The next beforeAll comes before vitest's own clean-up.
  afterEach(() => void vi.unstubAllEnvs())

  test('refuses a run without a server and a setting that is not a connection', () => {
    vi.stubEnv('PLATEN_TEST_POSTGRES', '{"host": 5}')
    expect(() => testServer()).toThrow('must be JSON')
    vi.stubEnv('PLATEN_TEST_POSTGRES', undefined)
    expect(() => testServer()).toThrow('no test database server')
  })
})

describe('expectSchemaFile', () => {
  let set: MigrationSet
  let database: TestDatabase
  let remove: () => Promise<void>

  beforeAll(async () => {
    const directory = await temporaryDirectory()
    remove = directory.remove
    const folder = join(directory.path, 'migrations')
    await mkdir(folder)
    await writeFile(join(folder, '0001_create_notes.sql'), 'create schema notes; create table notes.notes (id int);')
    set = { name: 'notes', directory: pathToFileURL(`${folder}/`) }
    database = await testDatabase({ template: 'kitschema', sets: [set] })
  })

  afterAll(async () => {
    await database.drop()
    await remove()
  })

  test('passes exactly while the committed file is what the migrations make', async () => {
    vi.stubEnv('UPDATE_SCHEMA', '')
    await expect(expectSchemaFile(database.db, set, ['notes'])).rejects.toThrow('first difference in line 1')
    await writeSchemaFile(database.db, set, ['notes'])
    await expectSchemaFile(database.db, set, ['notes'])
    await sql`alter table notes.notes add column body text`.execute(database.db)
    await expect(expectSchemaFile(database.db, set, ['notes'])).rejects.toThrow('migrations:   id integer,')
    vi.stubEnv('UPDATE_SCHEMA', '1')
    await expectSchemaFile(database.db, set, ['notes'])
    expect(await readFile(new URL('schema.sql', set.directory), 'utf8')).toContain('body text')
  })
})
