import { sql } from '@platen/kit/sql'
import { expectSchemaFile } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commerceMigrations } from './migrations.ts'
import { openTestSite, type TestSite } from './testing/site.ts'

let site: TestSite
beforeAll(async () => {
  site = await openTestSite()
})
afterAll(() => site.close())

describe('the schema of commerce', () => {
  it('is the committed schema.sql', async () => {
    await expectSchemaFile(site.database.db, commerceMigrations, ['commerce'])
  })

  it('belongs to the owner group', async () => {
    const { rows } = await sql<{ owner: string }>`
      SELECT DISTINCT tableowner AS owner FROM pg_tables WHERE schemaname = 'commerce'`.execute(site.database.db)
    expect(rows).toEqual([{ owner: 'platen_site_owner' }])
  })

  it('lets the reader read and not write', async () => {
    const reader = site.database.connect('platen_site_reader')
    await sql`SELECT FROM commerce.orders`.execute(reader)
    await expect(sql`DELETE FROM commerce.products`.execute(reader)).rejects.toThrow('permission denied')
  })

  it('lets the dumper read every table and sequence', async () => {
    const dumper = site.database.connect('platen_site_dumper')
    const { rows } = await sql<{ name: string }>`
      SELECT relname AS name FROM pg_class WHERE relnamespace = 'commerce'::regnamespace AND relkind IN ('r', 'S')`.execute(
      site.database.db,
    )
    expect(rows.length).toBeGreaterThan(9)
    for (const { name } of rows) await sql`SELECT FROM ${sql.id('commerce', name)}`.execute(dumper)
  })

  it('has no statistics on its empty tables, which would make foreign-key checks scan', async () => {
    const { rows } = await sql`
      SELECT relname FROM pg_class WHERE relnamespace = 'commerce'::regnamespace AND relkind = 'r' AND reltuples >= 0`.execute(
      site.database.db,
    )
    expect(rows).toEqual([])
  })
})
