import { sql } from '@platen/kit/sql'
import { expectSchemaFile, migrateReleased, type TestDatabase } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { managerDatabaseOptions, testManagerDatabase } from '../testing/platform.ts'
import { managerMigrations } from './migrations.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testManagerDatabase()
})
afterAll(() => database.drop())

describe('the schema of the manager', () => {
  test('is the committed schema.sql', async () => {
    const set = managerMigrations.find(({ name }) => name === 'manager')
    if (set === undefined) throw new Error('the manager has no migrations')
    await expectSchemaFile(database.db, set, ['manager'])
  })

  test('belongs to the owner, who is neither API nor worker', async () => {
    const { rows } = await sql<{ owner: string }>`
      SELECT DISTINCT tableowner AS owner FROM pg_tables WHERE schemaname = 'manager'`.execute(database.db)
    expect(rows).toEqual([{ owner: 'platen_owner' }])
  })

  test('is what the database of the release before becomes, and a second run changes nothing', async () => {
    const dump = new URL('../testing/released.sql', import.meta.url)
    const { again, upgraded, fromNothing } = await migrateReleased(dump, managerDatabaseOptions)
    expect(upgraded).toBe(fromNothing)
    expect(again).toEqual([])
  })
})
