import { createJobRunner } from '@platen/kit/jobs'
import { deliverPending } from '@platen/kit/outbox'
import { one, rows, sql, withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { makeTenant } from './make-tenant.ts'
import { provisionTenantDefaults, tenantHandlers } from './provision-tenant.ts'

let platform: TestPlatform
beforeAll(async () => {
  platform = await testPlatform()
})
afterAll(() => platform.close())

const someone = { id: null, label: 'somebody@example.org' }
const made = (name: string) =>
  withScope(platform.apiDb, { operator: true }, (tx) =>
    makeTenant(tx, { name, settings: { timeZone: 'Europe/Berlin' } }, someone),
  )
const deps = () => ({ db: platform.workerDb, vault: platform.vault })
const eventsOf = async (tenantId: string) =>
  (
    await rows(
      platform.database.db,
      sql<{ type: string }>`SELECT type FROM outbox.events WHERE aggregate_id = ${tenantId} ORDER BY sequence`,
    )
  ).map(({ type }) => type)
const factsOf = (tenantId: string) =>
  one(
    platform.database.db,
    sql`SELECT provisioned_at IS NOT NULL AS provisioned, settings,
      (SELECT count(*)::int FROM manager.tenant_data_keys k WHERE k.tenant_id = t.id) AS keys
      FROM manager.tenants t WHERE id = ${tenantId}`,
  )

test('a new tenant gets its data key and settings by way of its event', async () => {
  const { id } = await made('Provisioned')
  expect(await factsOf(id)).toMatchObject({ provisioned: false, keys: 0 })
  const jobs = createJobRunner({
    connection: platform.workerConnection,
    jobs: [provisionTenantDefaults],
    deps: deps(),
    workerId: 'test',
    pollMs: 50,
  })
  await jobs.start()
  expect(await deliverPending(platform.workerDb, tenantHandlers)).toBe(1)
  await eventually(async () => (await eventsOf(id)).includes('TenantProvisioned'))
  await jobs.stop()
  expect(await factsOf(id)).toEqual({
    provisioned: true,
    keys: 1,
    settings: { locale: 'fr', timeZone: 'Europe/Berlin', contactEmail: null },
  })
})

test('run five times at once and again, the job has its effect once', async () => {
  const { id } = await made('Five times')
  const context = {
    jobId: 'x',
    tenantId: id,
    attempt: 1,
    requestedBy: null,
    progress: () => undefined,
    deps: deps(),
    signal: AbortSignal.timeout(10_000),
  }
  const run = () => provisionTenantDefaults.execute({ tenantId: id }, context)
  await Promise.all([run(), run(), run(), run(), run()])
  await run()
  expect(await eventsOf(id)).toEqual(['TenantCreated', 'TenantProvisioned'])
  const audit = await rows(
    platform.database.db,
    sql<{ action: string }>`SELECT action FROM identity.audit_entries WHERE tenant_id = ${id} ORDER BY at`,
  )
  expect(audit.map(({ action }) => action)).toEqual(['tenant.created', 'tenant.provisioned'])
})
