import { ensureUser, type Identity } from '@platen/identity'
import { rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { aTenant, type TestPerson, type TestTenant } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { createConsoleIdentity } from '../console-identity.ts'

let platform: TestPlatform
let api: TestApi
let elsewhere: Identity
let person: TestPerson
let second: TestTenant
let foreign: TestTenant

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  foreign = await aTenant(platform)
})
beforeEach(async () => {
  elsewhere = createConsoleIdentity(platform.apiDb, platform.vault, api.parts.config.platform)
  person = await api.person({ role: 'owner', hashed: true })
  second = await aTenant(platform, { name: 'Second' })
  await joins(second, 'reader')
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const joins = ({ tenantId }: TestTenant, role: string) =>
  withScope(platform.workerDb, { operator: true }, (tx) => ensureUser(tx, { ...person, tenantId, name: 'Anne', role }))
const switchTo = (tenantId: string, as: Pick<TestPerson, 'accessToken'> = person) =>
  api.call({ method: 'PUT', path: '/auth/tenant', body: { tenantId }, as })
const me = (as: Pick<TestPerson, 'accessToken'>) => api.call({ method: 'GET', path: '/auth/me', as })
const setTenant = ({ tenantId }: TestTenant, state: 'active' | 'suspended') =>
  sql`UPDATE manager.tenants SET state = ${state}, suspended_at = ${state === 'active' ? null : new Date()} WHERE id = ${tenantId}`.execute(
    platform.database.db,
  )

describe('the organisations of an account', () => {
  test('are listed with roles and state, the oldest membership first', async () => {
    await setTenant(second, 'suspended')
    const { body } = await api.call({ method: 'GET', path: '/auth/tenants', as: person })
    expect(body.items).toEqual([
      {
        tenant: { id: person.tenantId, name: 'Tenant', slug: person.tenantId, state: 'active' },
        roles: [{ id: 'owner', name: 'owner', system: true }],
        current: true,
      },
      {
        tenant: { id: second.tenantId, name: 'Second', slug: second.tenantId, state: 'suspended' },
        roles: [{ id: 'reader', name: 'reader', system: true }],
        current: false,
      },
    ])
  })

  test('are only those in which the user is active', async () => {
    await sql`UPDATE identity.users SET state = 'disabled' WHERE tenant_id = ${second.tenantId}`.execute(
      platform.database.db,
    )
    const { body } = await api.call({ method: 'GET', path: '/auth/tenants', as: person })
    expect(body.items).toHaveLength(1)
  })
})

describe('switching', () => {
  test('goes on in the other organisation with the rights there, and ends tokens of the former one', async () => {
    const { status, body } = await switchTo(second.tenantId)
    expect(status).toBe(200)
    expect(await me(body)).toMatchObject({
      body: { tenant: { id: second.tenantId }, user: { roles: [{ id: 'reader' }] } },
    })
    expect(await me(person)).toMatchObject({ status: 401, body: { code: 'session-ended' } })
  })

  test('is known to another process at once; a token of the former organisation ends there within 5 seconds', async () => {
    expect(await elsewhere.authenticate(person.accessToken)).toMatchObject({ tenantId: person.tenantId })
    const { body } = await switchTo(second.tenantId)
    expect(await elsewhere.authenticate(body.accessToken)).toMatchObject({ tenantId: second.tenantId })
    await expect
      .poll(() => elsewhere.authenticate(person.accessToken), { timeout: 6_000, interval: 200 })
      .toBeUndefined()
  })

  test('keeps the refresh token, which gives tokens of the new organisation', async () => {
    const { email, password } = person
    const session = await api.call({ method: 'POST', path: '/auth/login', body: { email, password } })
    await switchTo(second.tenantId, session.body)
    const cookie = `__Host-platen_refresh=${session.cookies[0]?.value}`
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    const refreshed = await api.call({ method: 'POST', path: '/auth/refresh', headers })
    expect(await me(refreshed.body)).toMatchObject({ body: { tenant: { id: second.tenantId } } })
  })

  test('there and back is in the audit trail of both, and names neither to the other', async () => {
    const there = await switchTo(second.tenantId)
    expect((await switchTo(person.tenantId, there.body)).status).toBe(200)
    const entries = await rows(
      platform.database.db,
      sql`SELECT tenant_id, action, changes FROM identity.audit_entries
        WHERE tenant_id IN (${person.tenantId}, ${second.tenantId}) ORDER BY at`,
    )
    const changes = { accountId: person.accountId }
    expect(entries).toEqual([
      { tenant_id: second.tenantId, action: 'session.entered', changes },
      { tenant_id: person.tenantId, action: 'session.left', changes },
      { tenant_id: person.tenantId, action: 'session.entered', changes },
      { tenant_id: second.tenantId, action: 'session.left', changes },
    ])
  })

  test.each(['foreign', 'suspended', 'absent', 'one that has disabled them'] as const)(
    'to an organisation that is %s is 404, alike for all, and changes nothing',
    async (which) => {
      if (which === 'suspended') await setTenant(second, 'suspended')
      if (which === 'one that has disabled them')
        await sql`UPDATE identity.users SET state = 'disabled' WHERE tenant_id = ${second.tenantId}`.execute(
          platform.database.db,
        )
      const absent = '01990000-0000-7000-8000-000000000001'
      const target = which === 'foreign' ? foreign.tenantId : which === 'absent' ? absent : second.tenantId
      const { status, body } = await switchTo(target)
      expect({ status, ...body, instance: '' }).toMatchObject({
        status: 404,
        code: 'tenant-not-found',
        detail: 'No organisation of yours has this id. Nothing was changed.',
      })
      expect(await me(person)).toMatchObject({ status: 200, body: { tenant: { id: person.tenantId } } })
    },
  )

  test('to where one is already gives a new token and leaves no trace', async () => {
    const { status, body } = await switchTo(person.tenantId)
    expect(status).toBe(200)
    expect((await me(body)).status).toBe(200)
    const traces = await rows(
      platform.database.db,
      sql`SELECT FROM identity.audit_entries WHERE tenant_id = ${person.tenantId}`,
    )
    expect(traces).toEqual([])
  })
})
