// Tenants, people and sites as a test needs them, without the operations that would make them.
import { randomBytes } from 'node:crypto'
import { createAccount, ensureUser, hashPassword, sendReportMail, type Identity } from '@platen/identity'
import { newId } from '@platen/kit/ids'
import { enqueueJob } from '@platen/kit/jobs'
import { siteDatabaseName } from '@platen/kit/names'
import { OperationRunner, readOperation, startOperation, type OperationDefinition } from '@platen/kit/operations'
import { one, sql, withScope } from '@platen/kit/sql'
import type { BackupDeps } from '../src/backups/index.ts'
import { insertBackup, markStored, markVerified } from '../src/backups/backup-store.ts'
import type { SiteState } from '../src/sites/site.ts'
import { siteSecretContext, type SiteDeps } from '../src/sites/site-deps.ts'
import { insertSite } from '../src/sites/site-store.ts'
import type { TestPlatform, TestWorker } from './platform.ts'

export interface TestTenant {
  tenantId: string
}

export async function aTenant(
  { workerDb }: Pick<TestPlatform, 'workerDb'>,
  tenant: { maxSites?: number; name?: string } = {},
): Promise<TestTenant> {
  const tenantId = newId()
  await withScope(workerDb, { operator: true }, (tx) =>
    sql`INSERT INTO manager.tenants (id, name, slug, max_sites, plan_id, provisioned_at)
      SELECT ${tenantId}, ${tenant.name ?? 'Tenant'}, ${tenantId}, ${tenant.maxSites ?? 10_000}, id, now()
      FROM manager.plans ORDER BY position LIMIT 1`.execute(tx),
  )
  return { tenantId }
}

/** A site that was asked for and not yet built. */
export async function aReservedSite(
  { workerDb, vault }: Pick<TestPlatform, 'workerDb' | 'vault'>,
  { tenantId }: TestTenant,
  siteId = newId(),
): Promise<{ siteId: string; name: string }> {
  const name = `s${siteId.replaceAll('-', '')}`
  await withScope(workerDb, { operator: true }, async (tx) => {
    const plan = await one(tx, sql<{ id: string }>`SELECT id FROM manager.plans WHERE name = 'starter'`)
    await insertSite(tx, {
      id: siteId,
      tenantId,
      name,
      host: `${name}.platen.localhost`,
      planId: plan.id,
      adminEmail: `admin-of-${name}@example.org`,
      adminName: 'Admin',
      databaseName: siteDatabaseName(siteId),
      sealedSecret: vault.seal(randomBytes(32), siteSecretContext(siteId)),
    })
  })
  return { siteId, name }
}

/** A site in that state, on paper only: no database, no objects. */
export async function aSite(
  platform: Pick<TestPlatform, 'workerDb' | 'vault'>,
  tenant: TestTenant,
  state: SiteState = 'active',
): Promise<{ siteId: string; name: string }> {
  const site = await aReservedSite(platform, tenant)
  await withScope(platform.workerDb, { operator: true }, (tx) =>
    sql`UPDATE manager.sites SET state = ${state}, bench_id = (SELECT id FROM manager.benches WHERE name = 'main'),
      placed = true, routed = true WHERE id = ${site.siteId}`.execute(tx),
  )
  return site
}

/** A verified backup of a site of the tenant, on paper only: no objects. */
export async function aVerifiedBackup(
  platform: Pick<TestPlatform, 'workerDb' | 'vault'>,
  tenant: TestTenant,
): Promise<string> {
  const { siteId } = await aSite(platform, tenant)
  const id = newId()
  await withScope(platform.workerDb, { operator: true }, async (tx) => {
    await insertBackup(tx, { id, tenantId: tenant.tenantId, siteId })
    const stored = {
      takenAt: new Date().toISOString(),
      release: 'feedfacefeedface',
      sizeBytes: 2,
      plainBytes: 1,
      totalRows: 1,
    }
    await markStored(tx, id, { ...stored, manifestSha256: '0'.repeat(64) })
    await markVerified(tx, id, 1)
  })
  return id
}

/** A job of the tenant that has failed for good: a mail about a report that nobody asked for. */
export async function aFailedJob({ workerDb }: Pick<TestPlatform, 'workerDb'>, tenant: TestTenant): Promise<string> {
  const { tenantId } = tenant
  return withScope(workerDb, { operator: true }, async (tx) => {
    const id = await enqueueJob(tx, sendReportMail, { reportId: newId(), type: 'people', rows: 0 }, { tenantId })
    await sql`UPDATE jobs.jobs SET state = 'failed', attempts = 5, ended_at = now(), last_error = 'The relay is away.'
      WHERE id = ${id}`.execute(tx)
    return id
  })
}

export interface TestPerson extends TestTenant {
  email: string
  password: string
  accountId: string
  accessToken: string
}

/** Somebody with that role in the tenant, signed in. Their password works only with `hashed`: hashing takes its time. */
export async function aPerson(
  { workerDb, identity }: Pick<TestPlatform, 'workerDb'> & { identity: Identity },
  who: TestTenant & { role: string; operator?: boolean; hashed?: boolean },
): Promise<TestPerson> {
  const accountId = newId()
  const email = `${who.role}-${accountId}@example.org`
  const password = `the secret of ${accountId}`
  const passwordHash = who.hashed === true ? await hashPassword(password, []) : null
  const name = `${who.role} of ${who.tenantId}`
  const session = await withScope(workerDb, { operator: true }, async (tx) => {
    await createAccount(tx, { id: accountId, email, name, passwordHash, operator: who.operator ?? false })
    await ensureUser(tx, { accountId, tenantId: who.tenantId, email, name, role: who.role })
    const visitor = { ip: null, userAgent: null, requestId: null }
    return identity.openFirstSession(tx, { accountId, tenantId: who.tenantId }, visitor)
  })
  return { tenantId: who.tenantId, accountId, email, password, accessToken: session.accessToken }
}

export type SiteOperation = OperationDefinition<{ siteId: string }, SiteDeps>

/** Starts an operation on a site as the product does, without the request. */
export const startWith = <Input extends { siteId: string }>(
  { workerDb }: Pick<TestPlatform, 'workerDb'>,
  { tenantId }: TestTenant,
  definition: OperationDefinition<Input, BackupDeps>,
  input: Input,
): Promise<string> =>
  withScope(workerDb, { operator: true }, (tx) =>
    startOperation(tx, {
      definition,
      input,
      subject: { kind: 'site', id: input.siteId },
      tenantId,
      actorId: null,
    }),
  )

export const startOn = (
  platform: Pick<TestPlatform, 'workerDb'>,
  tenant: TestTenant,
  definition: SiteOperation,
  siteId: string,
): Promise<string> => startWith(platform, tenant, definition, { siteId })

/** Starts an operation on a site, works on it until it has ended or waits for its next attempt, and answers what became of it. */
export async function runWith<Input extends { siteId: string }>(
  platform: TestWorker,
  tenant: TestTenant,
  definition: OperationDefinition<Input, BackupDeps>,
  input: Input,
) {
  const id = await startWith(platform, tenant, definition, input)
  const runner = new OperationRunner({
    db: platform.workerDb,
    connection: platform.workerConnection,
    definitions: [definition],
    deps: platform.deps,
    workerId: `test-${input.siteId}`,
    random: () => 0,
  })
  await runner.run(id)
  await runner.stop()
  const view = await withScope(platform.workerDb, { operator: true }, (tx) => readOperation(tx, id))
  if (view === undefined) throw new Error('the operation is gone')
  return view
}

export const runOn = (platform: TestWorker, tenant: TestTenant, definition: SiteOperation, siteId: string) =>
  runWith(platform, tenant, definition, { siteId })
