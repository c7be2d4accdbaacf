import { newId } from '@platen/kit/ids'
import { one, rows, sql, withScope, type Db } from '@platen/kit/sql'
import { appendAudit, createAccount, ensureUser } from '@platen/identity'
import { ensureTenantKey, insertBackup } from './backups/backup-store.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aSite, aTenant, startOn, type TestTenant } from '../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../testing/platform.ts'
import { suspendSite } from './sites/index.ts'

let platform: TestPlatform
let mine: TestTenant
let theirs: TestTenant

/** A row in every table that belongs to a tenant. */
async function populate(tenant: TestTenant): Promise<void> {
  const { tenantId } = tenant
  const { siteId } = await aSite(platform, tenant)
  const operationId = await startOn(platform, tenant, suspendSite, siteId)
  const email = `${tenantId}@example.org`
  await withScope(platform.workerDb, { operator: true }, async (tx) => {
    const { id } = await createAccount(tx, { email, name: 'A', passwordHash: null })
    await ensureUser(tx, { accountId: id, tenantId, email, name: 'A', role: 'owner' })
    const ownRole = newId()
    await sql`INSERT INTO identity.roles (id, tenant_id, name, permissions) VALUES (${ownRole}, ${tenantId}, 'X', '{sites.read}')`.execute(
      tx,
    )
    await sql`INSERT INTO identity.user_roles (tenant_id, user_id, role_id)
      SELECT tenant_id, id, ${ownRole} FROM identity.users WHERE account_id = ${id}`.execute(tx)
    await sql`INSERT INTO identity.invitations (id, tenant_id, email, roles, token_hash, invited_by, expires_at)
      VALUES (${newId()}, ${tenantId}, ${email}, '{reader}', ${Buffer.from(tenantId)}, 'x', now())`.execute(tx)
    await sql`INSERT INTO identity.api_tokens (id, tenant_id, user_id, name, prefix, token_hash, scopes)
      SELECT ${newId()}, tenant_id, id, 'x', ${tenantId}, '', '{sites.read}' FROM identity.users WHERE account_id = ${id}`.execute(
      tx,
    )
    await appendAudit(tx, { tenantId, actor: { id, label: email }, action: 'x.done', resource: 'x' })
    await sql`INSERT INTO identity.audit_seals (tenant_id, number, entry_id, entry_at, previous_hash, hash)
      SELECT tenant_id, 1, id, at, '', '' FROM identity.audit_entries WHERE tenant_id = ${tenantId} AND action = 'x.done'`.execute(
      tx,
    )
    await sql`INSERT INTO operations.log_lines (operation_id, tenant_id, message) VALUES (${operationId}, ${tenantId}, 'x')`.execute(
      tx,
    )
    await sql`INSERT INTO manager.idempotency_keys (tenant_id, account_id, route, key, request_hash, status, body)
      VALUES (${tenantId}, ${id}, 'POST /sites', 'x', '', 202, '{}')`.execute(tx)
    await insertBackup(tx, { id: newId(), tenantId, siteId })
    await ensureTenantKey(tx, platform.vault, tenantId)
    await sql`INSERT INTO manager.former_databases (database_name, tenant_id, site_id, operation_id)
      VALUES (${`s_${newId()}`}, ${tenantId}, ${siteId}, ${operationId})`.execute(tx)
    const event = newId()
    await sql`INSERT INTO outbox.events (id, tenant_id, type, version, aggregate, aggregate_id, sequence, payload)
      VALUES (${event}, ${tenantId}, 'X', 1, 'x', ${siteId}, 1, '{}')`.execute(tx)
    await sql`INSERT INTO outbox.aggregates (tenant_id, aggregate_id, last_sequence) VALUES (${tenantId}, ${siteId}, 1)`.execute(
      tx,
    )
    await sql`INSERT INTO outbox.deliveries (event_id, handler, tenant_id, aggregate_id, sequence)
      VALUES (${event}, 'x', ${tenantId}, ${siteId}, 1)`.execute(tx)
    const webhook = newId()
    await sql`INSERT INTO outbox.webhooks (id, tenant_id, url, description, types, enabled, sealed_secret, created_by)
      VALUES (${webhook}, ${tenantId}, 'https://x/', '', '{}', false, 'x', 'x')`.execute(tx)
    await sql`INSERT INTO outbox.webhook_attempts (id, tenant_id, webhook_id, event_id, event_type, attempt, outcome, detail, duration_ms)
      VALUES (${newId()}, ${tenantId}, ${webhook}, ${event}, 'X', 1, 'failed', 'x', 1)`.execute(tx)
    await sql`INSERT INTO outbox.inbox (consumer, event_id, tenant_id) VALUES ('x', ${event}, ${tenantId})`.execute(tx)
  })
}

beforeAll(async () => {
  platform = await testPlatform()
  mine = await aTenant(platform)
  theirs = await aTenant(platform)
  await populate(mine)
  await populate(theirs)
})
afterAll(() => platform.close())

interface TableFacts {
  name: string
  forced: boolean
}

/**
 * Tables of a tenant that row-level security does not hold, each with the reason. These are read by the hash of a secret, before
 * anybody knows whose it is; nothing lists them. Handlers are names only, read by whoever delivers for all tenants.
 */
const exceptions = ['identity.sessions', 'identity.tickets', 'outbox.handlers']

/** Requests may not even ask: only operations open these keys. */
const unreadable = ['manager.tenant_data_keys']

const tenantTables = (): Promise<TableFacts[]> =>
  rows(
    platform.database.db,
    sql<TableFacts>`SELECT n.nspname || '.' || c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('manager', 'operations', 'identity', 'outbox') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND (EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') OR c.oid = 'manager.tenants'::regclass)
      ORDER BY 1`,
  )

const some = (count: number): boolean => count > 0

const countIn = async (db: Db, table: string, scope: object): Promise<number> => {
  const [schema = '', name = ''] = table.split('.')
  const { count } = await withScope(db, scope, (tx) =>
    one(tx, sql<{ count: number }>`SELECT count(*)::int AS count FROM ${sql.id(schema, name)}`),
  )
  return count
}

test('every table with a tenant has FORCE row-level security, but for the named exceptions (attack 23)', async () => {
  const tables = await tenantTables()
  expect(tables.length).toBeGreaterThan(10)
  expect(tables.filter(({ forced }) => !forced).map(({ name }) => name)).toEqual(exceptions)
})

describe.each(['platen_api', 'platen_worker'])('%s', (role) => {
  const db = (): Db => (role === 'platen_api' ? platform.apiDb : platform.workerDb)

  test('can bypass nothing', async () => {
    const rights = await one(
      platform.database.db,
      sql`SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
        (SELECT count(*)::int FROM pg_auth_members m WHERE m.member = r.oid) AS memberships FROM pg_roles r WHERE rolname = ${role}`,
    )
    expect(rights).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      memberships: 0,
    })
  })

  test('sees no row of any tenant without a scope, its own rows with one, and all as operator', async () => {
    for (const { name, forced } of await tenantTables()) {
      if (!forced) continue
      if (role === 'platen_api' && unreadable.includes(name)) {
        await expect(countIn(db(), name, { operator: true })).rejects.toThrow('permission denied')
        continue
      }
      const seen = {
        unscoped: await countIn(db(), name, {}),
        mine: await countIn(db(), name, mine),
        theirs: await countIn(db(), name, theirs),
        all: await countIn(db(), name, { operator: true }),
      }
      const total = await countIn(platform.database.db, name, {})
      const { mine: own } = seen
      expect({ name, ...seen }).toEqual({ name, unscoped: 0, mine: own, theirs: total - own, all: total })
      expect({ name, own, others: total - own }).toEqual({
        name,
        own: expect.toSatisfy(some),
        others: expect.toSatisfy(some),
      })
    }
  })

  test('cannot write a row of another tenant', async () => {
    const { siteId } = await aSite(platform, theirs)
    const inMine = <T>(work: Parameters<typeof withScope<T>>[2]): Promise<T> => withScope(db(), mine, work)
    const changed = await inMine((tx) => sql`UPDATE manager.sites SET generation = 9 WHERE id = ${siteId}`.execute(tx))
    expect(changed.numAffectedRows).toBe(0n)
    await expect(
      inMine((tx) =>
        sql`INSERT INTO manager.hosts (host, tenant_id, site_id) VALUES ('x.example.org', ${theirs.tenantId}, ${siteId})`.execute(
          tx,
        ),
      ),
    ).rejects.toThrow('row-level security')
    await expect(
      inMine((tx) =>
        sql`UPDATE manager.sites SET tenant_id = ${theirs.tenantId} WHERE tenant_id = ${mine.tenantId}`.execute(tx),
      ),
    ).rejects.toThrow('row-level security')
  })

  test('cannot change or delete the audit trail', async () => {
    await expect(
      withScope(db(), { operator: true }, (tx) => sql`DELETE FROM identity.audit_entries`.execute(tx)),
    ).rejects.toThrow('permission denied')
  })

  test('cannot change tables', async () => {
    await expect(sql`ALTER TABLE manager.sites DISABLE ROW LEVEL SECURITY`.execute(db())).rejects.toThrow(
      'must be owner',
    )
  })
})
