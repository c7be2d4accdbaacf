import { newId } from '@platen/kit/ids'
import { rows, sql, withScope, type Db } from '@platen/kit/sql'
import { expectSchemaFile } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appendAudit, identityMigrations } from './index.ts'
import { openTestIdentity, places, type TestIdentity } from './testing/identity.ts'

const actor = { id: null, label: 'test' }

describe('the schema of identity', () => {
  let site: TestIdentity
  beforeAll(async () => {
    site = await openTestIdentity('site')
  })
  afterAll(() => site.database.drop())

  test('is the committed schema.sql', async () => {
    await expectSchemaFile(site.database.db, identityMigrations, ['identity'])
  })

  test.each([
    'accounts',
    'sessions',
    'refresh_tokens',
    'signing_keys',
    'tickets',
    'invitations',
    'email_links',
    'recovery_codes',
    'api_tokens',
  ])('a reader cannot read identity.%s, which holds secrets', async (table) => {
    const reader = site.database.connect('platen_site_reader')
    await expect(sql`SELECT FROM ${sql.id('identity', table)}`.execute(reader)).rejects.toThrow('permission denied')
  })

  test('a reader can read users and audit, and write neither', async () => {
    const reader = site.database.connect('platen_site_reader')
    await sql`SELECT FROM identity.users`.execute(reader)
    await sql`SELECT FROM identity.audit_entries`.execute(reader)
    await expect(sql`UPDATE identity.users SET name = 'Eve'`.execute(reader)).rejects.toThrow('permission denied')
    await expect(sql`DELETE FROM identity.audit_entries`.execute(reader)).rejects.toThrow('permission denied')
  })

  test('a dumper can read every table', async () => {
    const dumper = site.database.connect('platen_site_dumper')
    const tables = await rows(
      site.database.db,
      sql<{ name: string }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'identity'`,
    )
    expect(tables).toHaveLength(15)
    for (const { name } of tables) await sql`SELECT FROM ${sql.id('identity', name)}`.execute(dumper)
  })
})

describe.each(['site', 'plane'] as const)('row-level security of identity (%s)', (place) => {
  let home: TestIdentity
  let owner: Db
  const other = newId()
  beforeAll(async () => {
    home = await openTestIdentity(place)
    owner = home.database.connect(places[place].owner)
    await home.aPerson()
    for (const tenantId of [home.tenantId, other]) {
      await withScope(home.db, { tenantId }, (tx) => appendAudit(tx, { tenantId, actor, action: 'x', resource: 'x' }))
    }
  })
  afterAll(() => home.database.drop())

  const countIn = (scope: Parameters<typeof withScope>[1], table: string, db: Db = home.db) =>
    withScope(db, scope, async (tx) => (await rows(tx, sql`SELECT FROM ${sql.id('identity', table)}`)).length)

  test.each(['users', 'audit_entries'])('%s of another tenant are invisible, to the owner too', async (table) => {
    for (const db of [home.db, owner]) {
      expect(await countIn({ tenantId: home.tenantId }, table, db)).toBe(1)
      expect(await countIn({}, table, db)).toBe(0)
    }
    expect(await countIn({ tenantId: other }, 'users')).toBe(0)
    expect(await countIn({ operator: true }, 'audit_entries')).toBeGreaterThanOrEqual(2)
  })

  test('an account sees its own users in every tenant, and cannot change them that way', async () => {
    const person = await home.aPerson({ role: 'lecture' })
    const { accountId } = person
    expect(await countIn({ accountId }, 'users')).toBe(1)
    const changed = await withScope(home.db, { accountId }, async (tx) => [
      await rows(tx, sql`UPDATE identity.users SET state = 'active' WHERE account_id = ${accountId} RETURNING id`),
      await rows(tx, sql`DELETE FROM identity.users WHERE account_id = ${accountId} RETURNING id`),
      await rows(tx, sql`UPDATE identity.user_roles SET system_role = 'gerant' RETURNING user_id`),
    ])
    expect(changed).toEqual([[], [], []])
    expect(await countIn({ accountId }, 'user_roles')).toBe(0)
  })

  test('rows of another tenant cannot be written', async () => {
    const inTenant = (tenantId: string | null, scope: Parameters<typeof withScope>[1]) =>
      withScope(home.db, scope, (tx) => appendAudit(tx, { tenantId, actor, action: 'x', resource: 'x' }))
    await expect(inTenant(other, { tenantId: home.tenantId })).rejects.toThrow('row-level security')
    await expect(inTenant(null, { tenantId: home.tenantId })).rejects.toThrow('row-level security')
    await expect(inTenant(other, {})).rejects.toThrow('row-level security')
    await inTenant(null, {})
  })

  test.each([
    ['UPDATE', sql`UPDATE identity.audit_entries SET actor_label = 'nobody'`],
    ['DELETE', sql`DELETE FROM identity.audit_entries`],
    ['TRUNCATE', sql`TRUNCATE identity.audit_entries`],
  ])('the audit trail refuses %s, to the owner and to a superuser too', async (_verb, statement) => {
    const { app } = places[place]
    for (const db of [home.database.connect(app), owner, home.database.db]) {
      await expect(withScope(db, { operator: true }, (tx) => statement.execute(tx))).rejects.toThrow(
        /never changed|permission denied/,
      )
    }
  })
})
