import { one, rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { aSite, startOn, type TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { suspendSite } from './index.ts'
import { siteStates, type SiteState } from './site.ts'
import { lockSite } from './site-store.ts'

let platform: TestPlatform
let api: TestApi
let owner: TestPerson

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  owner = await api.person({ role: 'owner' })
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const actions = [
  { action: 'suspend', method: 'PUT', path: 'suspension', type: 'suspend-site', from: ['active', 'broken'] },
  { action: 'resume', method: 'DELETE', path: 'suspension', type: 'resume-site', from: ['suspended'] },
  { action: 'restart', method: 'POST', path: 'restarts', type: 'restart-site', from: ['active', 'broken'] },
  { action: 'drop', method: 'DELETE', path: '', type: 'drop-site', from: ['pending', 'active', 'suspended', 'inactive', 'broken', 'archived'] },
  { action: 'archive', method: 'PUT', path: 'archival', type: 'archive-site', from: ['active', 'suspended'] },
] // prettier-ignore

describe.each(actions)('to $action', ({ method, path, type, from }) => {
  const act = (siteId: string, more: { as?: TestPerson; body?: unknown } = {}) =>
    api.call({ method, path: `/sites/${siteId}${path && `/${path}`}`, as: more.as ?? owner, body: more.body })

  test.each(siteStates)('a site that is %s is answered as the table of actions says', async (state: SiteState) => {
    const { siteId } = await aSite(platform, owner, state)
    const answer = await act(siteId)
    const expected = from.includes(state)
      ? { status: 202, body: { operation: { type, subject: { id: siteId } }, site: { operation: { type } } } }
      : { status: 409, body: { code: 'site-action-refused', detail: expect.stringContaining(`It is ${state}.`) } }
    expect(answer).toMatchObject(expected)
  })

  test('a site on which an operation runs is refused, naming it', async () => {
    const { siteId } = await aSite(platform, owner, from.includes('active') ? 'active' : 'suspended')
    await startOn(platform, owner, suspendSite, siteId)
    expect(await act(siteId)).toMatchObject({
      status: 409,
      body: { code: 'site-action-refused', detail: expect.stringContaining('"suspend-site" is still running') },
    })
  })

  test('a site asked for by many at once starts one operation', async () => {
    const { siteId } = await aSite(platform, owner, from.includes('active') ? 'active' : 'suspended')
    const answers = await Promise.all(Array.from({ length: 10 }, () => act(siteId)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, ...Array.from({ length: 9 }, () => 409)])
  })

  test('a site that does not exist is a 404', async () => {
    expect(await act('0198c5a0-0000-7000-8000-000000000000')).toMatchObject({
      status: 404,
      body: { code: 'site-not-found' },
    })
  })

  test('is refused to a reader', async () => {
    const { siteId } = await aSite(platform, owner, from.includes('active') ? 'active' : 'suspended')
    const reader = await api.person({ role: 'reader', tenant: owner })
    expect(await act(siteId, { as: reader })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})

describe('the reason of a suspension', () => {
  const suspend = (siteId: string, body: unknown) =>
    api.call({ method: 'PUT', path: `/sites/${siteId}/suspension`, body, as: owner })

  test('is kept in the audit trail', async () => {
    const { siteId } = await aSite(platform, owner)
    expect((await suspend(siteId, { reason: 'unpaid' })).status).toBe(202)
    const audit = await one(
      platform.database.db,
      sql<{ changes: object }>`SELECT action, changes FROM identity.audit_entries WHERE resource_id = ${siteId}`,
    )
    expect(audit).toEqual({ action: 'site.suspension-requested', changes: { reason: 'unpaid' } })
  })

  test('with an unknown field is refused with a pointer', async () => {
    const { siteId } = await aSite(platform, owner)
    const answer = await suspend(siteId, { reason: 'unpaid', until: 'monday' })
    expect(answer).toMatchObject({ status: 422, body: { code: 'request-invalid', errors: [{ pointer: '/until' }] } })
  })
})

test('an action that waited for the site sees what became of it meanwhile', async () => {
  const { siteId } = await aSite(platform, owner, 'suspended')
  const dropped = Promise.withResolvers<void>()
  const isLocked = Promise.withResolvers<void>()
  const dropping = withScope(platform.workerDb, { operator: true }, async (tx) => {
    await lockSite(tx, siteId)
    isLocked.resolve()
    await dropped.promise
    await sql`UPDATE manager.sites SET state = 'dropped' WHERE id = ${siteId}`.execute(tx)
  })
  await isLocked.promise
  const resuming = api.call({ method: 'DELETE', path: `/sites/${siteId}/suspension`, as: owner })
  dropped.resolve()
  await dropping
  expect(await resuming).toMatchObject({ status: 409, body: { detail: expect.stringContaining('It is dropped.') } })
})

describe('an administrator ticket', () => {
  const open = (siteId: string, as = owner) => api.call({ method: 'POST', path: `/sites/${siteId}/admin-tickets`, as })

  test('is a link into the site, in the audit trail before it exists', async () => {
    const { siteId, name } = await aSite(platform, owner)
    const { status, body } = await open(siteId)
    expect(status).toBe(201)
    expect(body.url).toMatch(new RegExp(`^https://${name}\\.platen\\.localhost:32443/open#ticket=memory-ticket-\\d+$`))
    expect(new Date(body.expiresAt).getTime() - Date.now()).toBeLessThanOrEqual(60_000)
    const audit = await rows(
      platform.database.db,
      sql`SELECT action, actor_label FROM identity.audit_entries WHERE resource_id = ${siteId}`,
    )
    expect(audit).toEqual([{ action: 'site.opened-as-administrator', actor_label: owner.email }])
  })

  test('is refused for a site that is not active', async () => {
    const { siteId } = await aSite(platform, owner, 'suspended')
    expect(await open(siteId)).toMatchObject({ status: 409, body: { code: 'site-action-refused' } })
  })

  test('is a 503 while the bench does not answer', async () => {
    const { siteId } = await aSite(platform, owner)
    platform.runtime.faults.inject('issueTicket')
    expect(await open(siteId)).toMatchObject({ status: 503, body: { code: 'dependency-unavailable', retryable: true } })
  })

  test('is refused to a reader', async () => {
    const { siteId } = await aSite(platform, owner)
    expect((await open(siteId, await api.person({ role: 'reader', tenant: owner }))).status).toBe(403)
  })
})
