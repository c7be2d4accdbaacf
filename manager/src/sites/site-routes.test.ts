import { one, rows, sql } from '@platen/kit/sql'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { badNames } from '../../testing/bad-names.ts'
import { aSite, aTenant, type TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'

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
afterEach(() => void (api.disk.freeBytes = 1024 ** 4))

let names = 0
const aName = (): string => `shop-${(names += 1)}`
const create = (body: object, more: { as?: TestPerson; key?: string } = {}) =>
  api.call({
    method: 'POST',
    path: '/sites',
    body: { adminEmail: 'Boss@Example.org', ...body },
    as: more.as ?? owner,
    headers: more.key === undefined ? {} : { 'idempotency-key': more.key },
  })
const read = (path: string, as: TestPerson = owner) => api.call({ method: 'GET', path, as })
const sitesOf = ({ tenantId }: TestPerson) =>
  rows(platform.database.db, sql<{ name: string }>`SELECT name FROM manager.sites WHERE tenant_id = ${tenantId}`)
const pointers = (body: { errors?: { pointer: string }[] }) => body.errors?.map(({ pointer }) => pointer)

test('a request is logged with tenant, user and the operation it began', async () => {
  const { body, headers } = await create({ name: aName() })
  const line = api.logged.find((text) => text.includes(String(headers['x-request-id'])) && text.includes('"request"'))
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    tenant: owner.tenantId,
    user: expect.any(String),
    operation: body.operation.id,
    route: '/api/v1/sites',
    status: 202,
  })
})

describe('creating a site', () => {
  test('reserves the name and answers with site and operation', async () => {
    const name = aName()
    const { status, body } = await create({ name, plan: 'business' })
    expect(status).toBe(202)
    expect(body.site).toMatchObject({
      name,
      host: `${name}.platen.localhost`,
      url: `https://${name}.platen.localhost:32443`,
      state: 'pending',
      plan: { name: 'business' },
      bench: null,
      adminEmail: 'boss@example.org',
      probe: null,
      operation: { id: body.operation.id, type: 'create-site', state: 'pending' },
    })
    expect(body.operation).toMatchObject({
      type: 'create-site',
      subject: { kind: 'site', id: body.site.id, label: name },
    })
    expect(body.operation.steps.map(({ name: step }) => step).join(' ')).toBe(
      'reserve create-database create-administrator create-storage place-on-bench ensure-certificate publish-route probe activate',
    )
    expect((await read(`/sites/${body.site.id}`)).body).toEqual(body.site)
    const audit = await rows(
      platform.database.db,
      sql`SELECT action, actor_label, tenant_id, changes, operation_id FROM identity.audit_entries WHERE resource_id = ${body.site.id}`,
    )
    expect(audit).toEqual([
      {
        action: 'site.requested',
        actor_label: owner.email,
        tenant_id: owner.tenantId,
        changes: { name, plan: 'business' },
        operation_id: body.operation.id,
      },
    ])
  })

  test('takes the first plan when none is named', async () => {
    expect((await create({ name: aName() })).body.site.plan.name).toBe('starter')
  })

  test('keeps no secret of the site in clear', async () => {
    const { body } = await create({ name: aName() })
    const row = await one(
      platform.database.db,
      sql<{ sealed_secret: string; input: object }>`SELECT s.sealed_secret, o.input FROM manager.sites s
        JOIN operations.operations o ON o.subject_id = s.id::text WHERE s.id = ${body.site.id}`,
    )
    expect(row.sealed_secret).toMatch(/^v1\./)
    expect(row.input).toEqual({ siteId: body.site.id })
  })

  test.each(badNames)('under a name with %s is refused with a pointer', async (_what, name) => {
    const answer = await create({ name })
    expect(answer).toMatchObject({ status: 422, body: { code: 'site-name-invalid' } })
    expect(pointers(answer.body)).toEqual(['/name'])
  })

  test('under a reserved name is refused with a pointer', async () => {
    const answer = await create({ name: 'console' })
    expect(answer).toMatchObject({ status: 422, body: { code: 'site-name-reserved' } })
    expect(pointers(answer.body)).toEqual(['/name'])
  })

  test.each([
    ['an unknown field', { name: 'fine', colour: 'red' }, 422, ['/colour']],
    ['a name of 301 characters', { name: 'a'.repeat(301) }, 422, ['/name']],
    ['no name', {}, 422, ['/name']],
    ['a number as name', { name: 5 }, 422, ['/name']],
    ['an address that is none', { name: 'fine', adminEmail: 'boss' }, 422, ['/adminEmail']],
    ['several mistakes', { name: 1, adminEmail: 2, x: 3 }, 422, ['/name', '/adminEmail', '/x']],
  ])('with %s is refused with pointers', async (_what, body, status, places) => {
    const answer = await create(body)
    expect(answer).toMatchObject({ status, body: { code: 'request-invalid' } })
    expect(pointers(answer.body)?.toSorted()).toEqual(places.toSorted())
  })

  test('with a plan that does not exist is refused', async () => {
    const answer = await create({ name: aName(), plan: 'gold' })
    expect(answer).toMatchObject({ status: 422, body: { code: 'plan-unknown' } })
    expect(pointers(answer.body)).toEqual(['/plan'])
  })

  test('is refused while the disk is nearly full, and nothing is created', async () => {
    const before = await sitesOf(owner)
    api.disk.freeBytes = 1024 ** 3 - 1
    expect(await create({ name: aName() })).toMatchObject({
      status: 507,
      body: { code: 'disk-space-low', freeBytes: 1024 ** 3 - 1, floorBytes: 1024 ** 3, retryable: true },
    })
    expect(await sitesOf(owner)).toEqual(before)
  })
})

describe('a name', () => {
  test('that is taken is refused, whoever has it', async () => {
    const name = aName()
    await create({ name })
    const taken = { status: 409, body: { code: 'site-name-taken' } }
    expect(await create({ name })).toMatchObject(taken)
    expect(await create({ name }, { as: await api.person({ role: 'owner' }) })).toMatchObject(taken)
  })

  test('is given to exactly one of fifty who want it at once', async () => {
    const name = aName()
    const tenants = await Promise.all(Array.from({ length: 5 }, () => api.person({ role: 'owner' })))
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => create({ name }, { as: tenants[index % 5] ?? owner })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, ...Array.from({ length: 49 }, () => 409)])
    expect(new Set(answers.filter(({ status }) => status === 409).map(({ body }) => body.code))).toEqual(
      new Set(['site-name-taken']),
    )
    expect(await rows(platform.database.db, sql`SELECT id FROM manager.sites WHERE name = ${name}`)).toHaveLength(1)
    expect(
      await rows(platform.database.db, sql`SELECT id FROM operations.operations WHERE subject_label = ${name}`),
    ).toHaveLength(1)
  })

  test('of a dropped site can be taken again', async () => {
    const { name, siteId } = await aSite(platform, owner)
    await sql`DELETE FROM manager.hosts WHERE site_id = ${siteId}`.execute(platform.database.db)
    await sql`UPDATE manager.sites SET state = 'dropped' WHERE id = ${siteId}`.execute(platform.database.db)
    expect((await create({ name })).status).toBe(202)
  })
})

describe('the quota', () => {
  const limited = async (maxSites: number) =>
    api.person({ role: 'owner', tenant: await aTenant(platform, { maxSites }) })

  test('refuses with the numbers', async () => {
    const small = await limited(1)
    expect((await create({ name: aName() }, { as: small })).status).toBe(202)
    expect(await create({ name: aName() }, { as: small })).toMatchObject({
      status: 409,
      body: { code: 'site-quota-reached', limit: 1, used: 1, detail: expect.stringContaining('1 of 1') },
    })
  })

  test('holds when many ask at once', async () => {
    const small = await limited(3)
    const answers = await Promise.all(Array.from({ length: 20 }, () => create({ name: aName() }, { as: small })))
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(3)
    expect(await sitesOf(small)).toHaveLength(3)
  })

  test('counts no dropped sites', async () => {
    const small = await limited(1)
    await aSite(platform, small, 'dropped')
    expect((await create({ name: aName() }, { as: small })).status).toBe(202)
  })
})

describe('an Idempotency-Key', () => {
  test('with the same body gives the same answer, or to come back while the first still runs', async () => {
    const body = { name: aName() }
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(body, { key: 'k-1' })))
    const again = await create({ adminEmail: 'Boss@Example.org', ...body }, { key: 'k-1' })
    const told = [...answers, again].filter(({ status }) => status === 202)
    expect(new Set(told.map((answer) => JSON.stringify(answer.body))).size).toBe(1)
    const others = answers.filter(({ status }) => status !== 202)
    for (const other of others) expect(other).toMatchObject({ status: 409, body: { code: 'idempotency-key-in-use' } })
    expect((await sitesOf(owner)).filter(({ name }) => name === body.name)).toHaveLength(1)
  })

  test('with another body is refused', async () => {
    const name = aName()
    await create({ name }, { key: 'k-2' })
    expect(await create({ name, plan: 'business' }, { key: 'k-2' })).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    })
  })

  test('of a request that was refused may be used again', async () => {
    expect((await create({ name: aName(), plan: 'gold' }, { key: 'k-3' })).status).toBe(422)
    expect((await create({ name: aName() }, { key: 'k-3' })).status).toBe(202)
  })

  test('still gives its answer when the disk is full meanwhile', async () => {
    const body = { name: aName() }
    const first = await create(body, { key: 'k-4' })
    api.disk.freeBytes = 0
    expect(await create(body, { key: 'k-4' })).toMatchObject({ status: 202, body: first.body })
  })

  test('belongs to its sender', async () => {
    const other = await api.person({ role: 'owner' })
    const first = await create({ name: aName() }, { key: 'k-5' })
    const second = await create({ name: aName() }, { key: 'k-5', as: other })
    expect([first.status, second.status]).toEqual([202, 202])
    expect(second.body.site.id).not.toBe(first.body.site.id)
  })

  test('with blanks in it is refused', async () => {
    expect(await create({ name: aName() }, { key: 'not a key' })).toMatchObject({
      status: 422,
      body: { code: 'request-invalid', errors: [{ pointer: '/headers/idempotency-key' }] },
    })
  })
})

describe('listing sites', () => {
  let lister: TestPerson
  beforeAll(async () => {
    lister = await api.person({ role: 'owner' })
    for (let count = 0; count < 5; count += 1) await aSite(platform, lister)
    await aSite(platform, lister, 'suspended')
    await aSite(platform, lister, 'dropped')
  })
  const list = (query = '') => read(`/sites${query}`, lister)
  const found = async (query?: string): Promise<string[]> => (await list(query)).body.items.map(({ id }) => id)

  test('shows the newest first, page by page, and no dropped ones', async () => {
    const all = await found()
    expect(all).toHaveLength(6)
    expect(all).toEqual(all.toSorted().toReversed())
    const pages: string[] = []
    for (let cursor = ''; ;) {
      const { body } = await list(`?limit=2${cursor && `&cursor=${cursor}`}`)
      pages.push(...body.items.map(({ id }) => id))
      if (body.nextCursor === null) break
      cursor = body.nextCursor
    }
    expect(pages).toEqual(all)
  })

  test('filters by state and by part of the name', async () => {
    expect(await found('?filter[state]=suspended')).toHaveLength(1)
    expect(await found('?filter[state]=dropped')).toHaveLength(1)
    const name = (await list()).body.items[0]?.name ?? ''
    expect(await found(`?search=${name.slice(3, 30).toUpperCase()}`)).toHaveLength(1)
    expect(await found('?search=%25')).toEqual([])
    expect(await found('?search=_')).toEqual([])
  })

  test.each(['?filter[state]=happy', '?state=active', '?limit=0', '?limit=1000', '?cursor=x', '?colour=red'])(
    '%s is refused',
    async (query) => {
      expect(await list(query)).toMatchObject({ status: 400, body: { code: 'list-query-invalid' } })
    },
  )

  test('a character that cannot be stored finds nothing and breaks nothing', async () => {
    expect((await list('?search=%00')).status).toBeLessThan(500)
  })
})

describe('reading a site', () => {
  test.each([
    ['a site that does not exist', '0198c5a0-0000-7000-8000-000000000000', 404, 'site-not-found'],
    ['what is no id', 'acme', 422, 'request-invalid'],
  ])('%s is refused', async (_what, id, status, code) => {
    expect(await read(`/sites/${id}`)).toMatchObject({ status, body: { code } })
  })
})

test('plans are listed, cheapest first, with prices in decimals', async () => {
  const { status, body } = await read('/plans')
  expect(status).toBe(200)
  expect(body.items.map((plan) => [plan.name, plan.price])).toEqual([
    ['starter', { amount: '0.00', currency: 'EUR' }],
    ['business', { amount: '29.00', currency: 'EUR' }],
    ['enterprise', { amount: '99.00', currency: 'EUR' }],
  ])
})
