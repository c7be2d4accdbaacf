import { runMigrations } from 'graphile-worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rows, sql, type Db } from '../sql/index.ts'
import {
  createControlPlaneRoles,
  createSiteGroupRoles,
  expectSchemaFile,
  testDatabase,
  type TestDatabase,
} from '../testing/index.ts'
import { jobsMigrations, openWorkerPool, siteJobsMigrations } from './index.ts'

let ours: TestDatabase
let theirs: TestDatabase

beforeAll(async () => {
  ours = await testDatabase({
    template: 'jobs',
    sets: [jobsMigrations],
    prepare: createControlPlaneRoles,
    role: 'platen_owner',
  })
  theirs = await testDatabase({ template: 'empty', sets: [] })
  const pool = openWorkerPool(theirs.connection, { max: 2, purpose: 'migrations' })
  await runMigrations({ pgPool: pool })
  await pool.end()
})
afterAll(async () => {
  await ours.drop()
  await theirs.drop()
})

/** What the library's code may rely on: columns, constraints, indexes, functions, triggers, its own ledger. */
async function describeSchema(db: Db): Promise<unknown> {
  return {
    columns: await rows(
      db,
      sql`select table_name, column_name, data_type, is_nullable, column_default, is_identity, generation_expression
        from information_schema.columns where table_schema = 'graphile_worker' order by table_name, column_name`,
    ),
    constraints: await rows(
      db,
      sql`select conname, pg_get_constraintdef(oid) as definition from pg_constraint
        where connamespace = 'graphile_worker'::regnamespace and contype <> 'n' order by conname, definition`,
    ),
    indexes: await rows(
      db,
      sql`select indexname, indexdef from pg_indexes where schemaname = 'graphile_worker' order by indexname`,
    ),
    functions: await rows(
      db,
      sql`select pg_get_functiondef(oid) as definition from pg_proc where pronamespace = 'graphile_worker'::regnamespace order by 1`,
    ),
    triggers: await rows(
      db,
      sql`select tgname from pg_trigger join pg_class on pg_class.oid = tgrelid
        where not tgisinternal and relnamespace = 'graphile_worker'::regnamespace order by tgname`,
    ),
    views: await rows(db, sql`select viewname, definition from pg_views where schemaname = 'graphile_worker'`),
    ledger: await rows(db, sql`select id, breaking from graphile_worker.migrations order by id`),
  }
}

test('our migration leaves the schema that the installed graphile-worker would make', async () => {
  expect(await describeSchema(ours.db)).toEqual(await describeSchema(theirs.db))
})

test('the committed schema.sql is what our migrations make', () =>
  expectSchemaFile(ours.db, jobsMigrations, ['jobs', 'graphile_worker']))

test('a site holds the same rows as the control plane, and its committed schema.sql is what its migrations make', async () => {
  const site = await testDatabase({
    template: 'site-jobs',
    sets: [siteJobsMigrations],
    prepare: createSiteGroupRoles,
    role: 'platen_site_owner',
  })
  const tableOf = (db: Db) =>
    rows(
      db,
      sql`select column_name, data_type, is_nullable, column_default from information_schema.columns
        where table_schema = 'jobs' and table_name = 'jobs'
        union all select conname, pg_get_constraintdef(oid), null, null from pg_constraint where conrelid = 'jobs.jobs'::regclass
        union all select indexname, indexdef, null, null from pg_indexes where schemaname = 'jobs' and tablename = 'jobs' order by 1, 2`,
    )
  expect(await tableOf(site.db)).toEqual(await tableOf(ours.db))
  await expectSchemaFile(site.db, siteJobsMigrations, ['jobs'])
  await site.drop()
})
