import { newId } from '@platen/kit/ids'
import { rows, sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import type { TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'

let platform: TestPlatform
let api: TestApi
let operator: TestPerson
let owner: TestPerson

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform, undefined, { registration: 'invitation' })
  operator = await api.person({ role: 'owner', operator: true })
  owner = await api.person({ role: 'owner' })
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const make = (body: object, as = operator) => api.call({ method: 'POST', path: '/tenants', body, as })
const read = (id: string, as = operator) => api.call({ method: 'GET', path: `/tenants/${id}`, as })
const change = (id: string, body: object, as = operator) =>
  api.call({ method: 'PATCH', path: `/tenants/${id}`, body, as })
const auditOf = (tenantId: string) =>
  rows(
    platform.database.db,
    sql<{
      action: string
      changes: unknown
    }>`SELECT action, changes FROM identity.audit_entries WHERE tenant_id = ${tenantId} ORDER BY at`,
  )
const eventsOf = (tenantId: string) =>
  rows(
    platform.database.db,
    sql<{
      type: string
      payload: unknown
    }>`SELECT type, payload FROM outbox.events WHERE tenant_id = ${tenantId} ORDER BY sequence`,
  )

describe('an operator', () => {
  test('makes an organisation and invites its owner, with audit entries and an event', async () => {
    const made = await make({
      name: 'Forge du Nord',
      domain: 'Forge.Example',
      ownerEmail: 'Ada@Example.org',
      maxSites: 3,
    })
    const { id } = made.body.tenant
    expect(made).toMatchObject({
      status: 201,
      body: {
        tenant: { name: 'Forge du Nord', slug: 'forge-du-nord', domain: 'forge.example', state: 'active', maxSites: 3 },
        invitation: { email: 'ada@example.org' },
      },
    })
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['tenant.created', 'invitation.created'])
    expect(await eventsOf(id)).toEqual([
      { type: 'TenantCreated', payload: { tenantId: id, name: 'Forge du Nord', slug: 'forge-du-nord' } },
    ])
    const invited = await rows(
      platform.database.db,
      sql`SELECT email, roles, invited_by FROM identity.invitations WHERE tenant_id = ${id}`,
    )
    expect(invited).toEqual([{ email: 'ada@example.org', roles: ['owner'], invited_by: operator.email }])
  })

  test('makes an organisation of their own where no address is given, and can go there', async () => {
    const { body } = await make({ name: 'Mine' })
    const switched = await api.call({
      method: 'PUT',
      path: '/auth/tenant',
      body: { tenantId: body.tenant.id },
      as: await operatorIn(body.tenant.id),
    })
    expect(switched.status).toBe(200)
  })

  /** Somebody new: the session of `operator` stays where it is. */
  async function operatorIn(tenantId: string): Promise<TestPerson> {
    const person = await api.person({ role: 'owner', operator: true })
    await sql`INSERT INTO identity.users (id, tenant_id, account_id, email, name)
      VALUES (${newId()}, ${tenantId}, ${person.accountId}, ${person.email}, 'X')`.execute(platform.database.db)
    return person
  }

  test('gets another short name where one is taken, and a refusal where they asked for it', async () => {
    const slugs = [await make({ name: 'Same' }), await make({ name: 'Sàme' })].map(({ body }) => body.tenant.slug)
    expect(slugs).toEqual(['same', 'same-2'])
    expect(await make({ name: 'X', slug: 'SAME' })).toMatchObject({ status: 409, body: { code: 'tenant-slug-taken' } })
    expect(await make({ name: 'X', slug: 'admin' })).toMatchObject({
      status: 422,
      body: { code: 'tenant-slug-refused', errors: [{ pointer: '/slug' }] },
    })
  })

  test('of many organisations of one name that are made at once, each gets a short name of its own', async () => {
    const made = await Promise.all(Array.from({ length: 12 }, () => make({ name: 'Twelve' })))
    expect(new Set(made.map(({ body }) => body.tenant.slug)).size).toBe(12)
  })

  test('changes plan and number of sites; what changed is in the audit trail, no change leaves no trace', async () => {
    const { id } = (await make({ name: 'Growing' })).body.tenant
    const changed = await change(id, { plan: 'business', maxSites: 7 })
    expect(changed).toMatchObject({ status: 200, body: { plan: { name: 'business' }, maxSites: 7, version: 2 } })
    expect(await change(id, { maxSites: 7 })).toMatchObject({ body: { version: 2 } })
    expect((await auditOf(id)).slice(1)).toMatchObject([
      { action: 'tenant.changed', changes: { maxSites: { from: 50, to: 7 } } },
    ])
    expect(await change(id, { plan: 'none' })).toMatchObject({ status: 422, body: { code: 'plan-unknown' } })
  })

  test('finds organisations by name, short name and state, page by page', async () => {
    const first = (await make({ name: 'Zebra One' })).body.tenant
    const second = (await make({ name: 'Zebra Two' })).body.tenant
    const list = (query: string) => api.call({ method: 'GET', path: `/tenants?${query}`, as: operator })
    const page = await list('search=zebra&limit=1')
    expect(page.body.items.map(({ id }) => id)).toEqual([second.id])
    const rest = await list(`search=zebra&limit=1&cursor=${page.body.nextCursor}`)
    expect(rest.body.items.map(({ id }) => id)).toEqual([first.id])
    expect((await list('search=zebra-two&filter[state]=active')).body.items).toHaveLength(1)
    expect((await list('search=zebra&filter[state]=suspended')).body.items).toEqual([])
    expect((await list('search=%25')).body.items).toEqual([])
  })

  test('is told when there is no such organisation', async () => {
    const gone = { status: 404, body: { code: 'tenant-not-found' } }
    expect(await read(newId())).toMatchObject(gone)
    expect(await change(newId(), { maxSites: 1 })).toMatchObject(gone)
  })
})

test('where registration is closed an operator invites no owners', async () => {
  const closed = await testApi(platform)
  const as = await closed.person({ role: 'owner', operator: true })
  const invite = { name: 'Shut', ownerEmail: 'ada@example.org' }
  expect(await closed.call({ method: 'POST', path: '/tenants', body: invite, as })).toMatchObject({
    status: 403,
    body: { code: 'registration-closed' },
  })
  expect((await closed.call({ method: 'POST', path: '/tenants', body: { name: 'Shut' }, as })).status).toBe(201)
  await closed.close()
})

describe('an owner', () => {
  const own = (method: 'GET' | 'PATCH', body?: object, as = owner) =>
    api.call({ method, path: '/tenants/me', body, as })

  test('reads and changes name, domain and settings of their organisation', async () => {
    const settings = { locale: 'en', contactEmail: 'hello@example.org' }
    expect(await own('PATCH', { name: 'Renamed', domain: 'bücher.example', settings })).toMatchObject({ status: 200 })
    expect(await own('GET')).toMatchObject({
      status: 200,
      body: {
        id: owner.tenantId,
        name: 'Renamed',
        domain: 'xn--bcher-kva.example',
        settings: { locale: 'en', timeZone: 'Europe/Paris', contactEmail: 'hello@example.org' },
        version: 2,
      },
    })
    expect(await own('PATCH', { domain: null })).toMatchObject({ body: { domain: null, name: 'Renamed' } })
  })

  test('changes nothing that somebody else has changed meanwhile', async () => {
    const { etag } = (await own('GET')).headers
    const rename = (name: string) =>
      api.call({
        method: 'PATCH',
        path: '/tenants/me',
        body: { name },
        headers: { 'if-match': String(etag) },
        as: owner,
      })
    expect((await rename('First')).status).toBe(200)
    expect(await rename('Second')).toMatchObject({ status: 412, body: { code: 'version-stale' } })
    expect((await own('GET')).body.name).toBe('First')
  })

  test.each([
    ['their plan', { plan: 'enterprise' }, '/plan'],
    ['how many sites they may have', { maxSites: 1000 }, '/maxSites'],
    ['their short name', { slug: 'x' }, '/slug'],
    ['their state', { state: 'active' }, '/state'],
    ['a setting that nobody knows', { settings: { color: 'red' } }, '/settings/color'],
    ['a time zone that is none', { settings: { timeZone: 'Mars/Base' } }, '/settings/timeZone'],
    ['a domain that is none', { domain: 'https://example.org' }, '/domain'],
    ['an empty name', { name: '  ' }, '/name'],
  ])('cannot set %s', async (_what, body, pointer) => {
    const answer = await own('PATCH', body)
    expect(answer).toMatchObject({ status: 422, body: { code: 'request-invalid', errors: [{ pointer }] } })
  })

  test('with less than tenant.write reads only', async () => {
    const admin = await api.person({ role: 'admin', tenant: owner })
    expect((await own('GET', undefined, admin)).status).toBe(200)
    expect((await own('PATCH', { name: 'X' }, admin)).status).toBe(403)
  })
})
