import { sql } from '@platen/kit/sql'
import { expectSchemaFile, type TestDatabase } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testManagerDatabase } from '../testing/platform.ts'
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
})
