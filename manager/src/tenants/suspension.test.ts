import { rows, sql } from '@platen/kit/sql'
import { OperationRunner } from '@platen/kit/operations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { aSite, startOn, type TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { createConsoleIdentity } from '../console-identity.ts'
import { restartSite, resumeSite, suspendSite } from '../sites/index.ts'

let platform: TestPlatform
let api: TestApi
let operator: TestPerson
let runner: OperationRunner<TestPlatform['deps']>

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  operator = await api.person({ role: 'owner', operator: true })
  runner = new OperationRunner({
    db: platform.workerDb,
    connection: platform.workerConnection,
    definitions: [suspendSite, resumeSite, restartSite],
    deps: platform.deps,
    workerId: 'test',
    random: () => 0,
  })
})
afterAll(async () => {
  await runner.stop()
  await api.close()
  await platform.close()
})

const suspend = (id: string, body?: object) =>
  api.call({ method: 'PUT', path: `/tenants/${id}/suspension`, body, as: operator })
const resume = (id: string) => api.call({ method: 'DELETE', path: `/tenants/${id}/suspension`, as: operator })
const work = async (operationIds: readonly string[]) => {
  for (const id of operationIds) await runner.run(id)
}
const statesOf = async (tenantId: string) =>
  Object.fromEntries(
    (
      await rows(
        platform.database.db,
        sql<{ name: string; state: string }>`SELECT name, state FROM manager.sites WHERE tenant_id = ${tenantId}`,
      )
    ).map(({ name, state }) => [name, state]),
  )
const auditOf = async (tenantId: string) =>
  (
    await rows(
      platform.database.db,
      sql<{ action: string }>`SELECT action FROM identity.audit_entries WHERE tenant_id = ${tenantId} ORDER BY at, id`,
    )
  ).map(({ action }) => action)

describe('suspending an organisation', () => {
  test('suspends its active sites by their own operations, and resuming it resumes exactly those', async () => {
    const owner = await api.person({ role: 'owner' })
    const [one, two] = [await aSite(platform, owner), await aSite(platform, owner)]
    const before = await aSite(platform, owner, 'suspended')
    const archived = await aSite(platform, owner, 'archived')
    const others = await aSite(platform, await api.person({ role: 'owner' }))

    const suspended = await suspend(owner.tenantId, { reason: 'The bill is open' })
    expect(suspended).toMatchObject({
      status: 202,
      body: { tenant: { state: 'suspended', suspension: { by: operator.email, reason: 'The bill is open' } } },
    })
    expect(suspended.body.operationIds).toHaveLength(2)
    await work(suspended.body.operationIds)
    expect(await statesOf(owner.tenantId)).toEqual({
      [one.name]: 'suspended',
      [two.name]: 'suspended',
      [before.name]: 'suspended',
      [archived.name]: 'archived',
    })

    const resumed = await resume(owner.tenantId)
    expect(resumed).toMatchObject({ status: 202, body: { tenant: { state: 'active', suspension: null } } })
    await work(resumed.body.operationIds)
    expect(await statesOf(owner.tenantId)).toEqual({
      [one.name]: 'active',
      [two.name]: 'active',
      [before.name]: 'suspended',
      [archived.name]: 'archived',
    })
    expect((await auditOf(owner.tenantId)).filter((action) => action.startsWith('tenant.'))).toEqual([
      'tenant.suspended',
      'tenant.resumed',
    ])
    const events = await rows(
      platform.database.db,
      sql<{ type: string }>`SELECT type FROM outbox.events WHERE aggregate_id = ${owner.tenantId} ORDER BY sequence`,
    )
    expect(events.map(({ type }) => type)).toEqual(['TenantSuspended', 'TenantResumed'])
    expect(await api.call({ method: 'GET', path: `/sites/${others.siteId}`, as: operator })).toMatchObject({
      body: { state: 'active', operation: null },
    })
  })

  test('shuts its people out of every process within 5 seconds, and lets them in again', async () => {
    const owner = await api.person({ role: 'owner', hashed: true })
    const { email, password } = owner
    const signIn = () => api.call({ method: 'POST', path: '/auth/login', body: { email, password } })
    const cookie = (await signIn()).cookies[0]?.value ?? ''
    const elsewhere = createConsoleIdentity(platform.apiDb, platform.vault, api.parts.config.platform)
    expect(await elsewhere.authenticate(owner.accessToken)).toMatchObject({ email })

    await suspend(owner.tenantId)
    await expect
      .poll(() => elsewhere.authenticate(owner.accessToken), { timeout: 6_000, interval: 200 })
      .toBeUndefined()
    const refresh = () =>
      api.call({
        method: 'POST',
        path: '/auth/refresh',
        headers: { cookie: `__Host-platen_refresh=${cookie}`, 'sec-fetch-site': 'same-origin' },
      })
    expect(await refresh()).toMatchObject({ status: 401, body: { code: 'session-ended' } })
    expect(await signIn()).toMatchObject({ status: 401, body: { code: 'credentials-wrong' } })

    await resume(owner.tenantId)
    expect((await signIn()).status).toBe(200)
  })

  test('once more changes nothing, nor does resuming what is open', async () => {
    const owner = await api.person({ role: 'owner' })
    await suspend(owner.tenantId, { reason: 'first' })
    expect(await suspend(owner.tenantId, { reason: 'second' })).toMatchObject({
      body: { tenant: { suspension: { reason: 'first' }, version: 2 }, operationIds: [] },
    })
    await resume(owner.tenantId)
    expect(await resume(owner.tenantId)).toMatchObject({ body: { tenant: { version: 3 }, operationIds: [] } })
    expect(await auditOf(owner.tenantId)).toEqual(['tenant.suspended', 'tenant.resumed'])
  })

  test('leaves a site alone at which something is at work: the reconciler takes it later', async () => {
    const owner = await api.person({ role: 'owner' })
    const { siteId } = await aSite(platform, owner)
    await startOn(platform, owner, restartSite, siteId)
    expect((await suspend(owner.tenantId)).body.operationIds).toEqual([])
  })

  test('a site is not resumed by hand meanwhile', async () => {
    const owner = await api.person({ role: 'owner' })
    const { siteId } = await aSite(platform, owner)
    await work((await suspend(owner.tenantId)).body.operationIds)
    const byHand = await api.call({ method: 'DELETE', path: `/sites/${siteId}/suspension`, as: operator })
    expect(byHand).toMatchObject({ status: 409, body: { code: 'site-action-refused' } })
  })

  test('of one’s own is refused', async () => {
    expect(await suspend(operator.tenantId)).toMatchObject({
      status: 409,
      body: { code: 'tenant-suspension-refused' },
    })
  })

  test('that does not exist is told', async () => {
    const nobody = '01990000-0000-7000-8000-000000000001'
    expect(await suspend(nobody)).toMatchObject({ status: 404, body: { code: 'tenant-not-found' } })
    expect(await resume(nobody)).toMatchObject({ status: 404, body: { code: 'tenant-not-found' } })
  })
})

test('a site that its owner suspends after the organisation was resumed stays so the next time', async () => {
  const owner = await api.person({ role: 'owner' })
  const { siteId, name } = await aSite(platform, owner)
  await work((await suspend(owner.tenantId)).body.operationIds)
  await work((await resume(owner.tenantId)).body.operationIds)
  const byOwner = await api.call({ method: 'PUT', path: `/sites/${siteId}/suspension`, as: operator })
  await work([byOwner.body.operation.id])
  expect((await suspend(owner.tenantId)).body.operationIds).toEqual([])
  expect((await resume(owner.tenantId)).body.operationIds).toEqual([])
  expect(await statesOf(owner.tenantId)).toEqual({ [name]: 'suspended' })
})
