import { writeOrCompareOpenApi } from '@platen/kit/http'
import { sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestBench, type TestBench } from '../../testing/bench.ts'
import { openTestSite, type TestSite } from '../../testing/site.ts'

let bench: TestBench
let site: TestSite
let other: TestSite
let token: string

beforeAll(async () => {
  ;[site, other] = await Promise.all([openTestSite('anvil'), openTestSite('bellows')])
  bench = await openTestBench({ idleConnectionMs: 100 })
  bench.serve(site.entry(bench.sealingKey), other.entry(bench.sealingKey))
  token = await bench.tokenOf(site)
})
afterAll(async () => {
  await bench.close()
  await Promise.all([site.close(), other.close()])
})

test('openapi/site.json is what the routes say', async () => {
  await writeOrCompareOpenApi(bench.server, new URL('../../../openapi/site.json', import.meta.url))
})

describe('the status of a site', () => {
  test('says which site and release answers', async () => {
    const { status, body } = await bench.call(site, 'GET', '/status')
    expect([status, body]).toEqual([
      200,
      { site: { id: site.id, name: 'anvil' }, release: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ])
  })

  test('is 503 while its database does not answer, and its neighbour is not concerned', async () => {
    const entry = site.entry(bench.sealingKey)
    const lost = { ...entry, database: { ...entry.database, host: '/nowhere' } }
    const neighbour = other.entry(bench.sealingKey)
    bench.serve(lost, neighbour)
    const answer = await bench.call(site, 'GET', '/status')
    expect([answer.status, answer.body['code']]).toEqual([503, 'dependency-unavailable'])
    // A token cannot be checked now; that is not a reason to sign anybody out.
    expect((await bench.call(site, 'GET', '/auth/me', { token })).status).toBe(503)
    expect((await bench.call(other, 'GET', '/status')).status).toBe(200)
    bench.serve(entry, neighbour)
    expect((await bench.call(site, 'GET', '/status')).status).toBe(200)
  })
})

test.each([
  ['/invitations', { email: 'zoe@example.fr', roles: ['lecture'] }, { email: 'max@example.fr', roles: ['lecture'] }],
  ['/roles', { name: 'Quai', permissions: ['products.read'] }, { name: 'Quai 2', permissions: ['products.read'] }],
])('POST %s with an Idempotency-Key is done once, and audited once', async (path, body, different) => {
  const headers = { 'idempotency-key': `once ${path}`.replace(' ', '-') }
  const send = (what: object) => bench.call(site, 'POST', path, { token, body: what, headers })
  const audited = async () => {
    const { rows } =
      await sql`SELECT FROM identity.audit_entries WHERE action IN ('invitation.created', 'role.created')`.execute(
        site.database.db,
      )
    return rows.length
  }
  const first = await send(body)
  const afterFirst = await audited()
  const again = await send(body)
  expect([first.status, again.status, again.body]).toEqual([201, 201, first.body])
  expect(await audited()).toBe(afterFirst)
  expect(await send(different)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
})

describe('what a site tells about itself and who asks', () => {
  test('is plan and usage: people and bytes', async () => {
    const before = await bench.call(site, 'GET', '/site', { token })
    expect(before.body).toEqual({
      id: site.id,
      name: 'anvil',
      host: site.host,
      plan: { title: 'Essai', maxStorageBytes: 1_000_000, maxUsers: 5 },
      usage: { storageBytes: 0, users: 1 },
    })
    await site.aPerson('lecture')
    await bench.objects
      .scoped(`sites/${site.id}`)
      .put('a/b', Buffer.alloc(1234), { contentType: 'image/png', maxBytes: 9_999 })
    const after = await bench.call(site, 'GET', '/site', { token })
    expect(after.body['usage']).toEqual({ storageBytes: 1234, users: 2 })
    expect((await bench.call(other, 'GET', '/site', { token: await bench.tokenOf(other) })).body['usage']).toEqual({
      storageBytes: 0,
      users: 1,
    })
  })

  test('is name, role and permissions', async () => {
    const reader = await bench.tokenOf(site, 'comptable')
    const { body } = await bench.call(site, 'GET', '/auth/me', { token: reader })
    expect(body).toMatchObject({
      user: { roles: [{ name: 'comptable' }], name: 'comptable' },
      site: { id: site.id, name: 'anvil', host: site.host },
      permissions: ['products.read', 'customers.read', 'orders.read', 'stock.read'],
    })
  })
})

describe('a file', () => {
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(92)])
  const baseUrl = '/api/v1/files'
  const objectsOf = (of: TestSite) => {
    const served = bench.registry.byId(of.id)
    if (served === undefined) throw new Error('the site is not served')
    return served.resources().objects
  }
  const put = (key: string, contentType = 'image/png', of = site) =>
    objectsOf(of).put(key, png, { contentType, maxBytes: 1_000 })
  const linkTo = (key: string, { of = site, expiresInSeconds = 60 } = {}) =>
    objectsOf(of).signedUrl({ key, method: 'GET', expiresInSeconds, baseUrl })
  const read = (url: string, of = site) => bench.call(of, 'GET', url)

  test.each([
    ['image/png', 'inline'],
    ['image/webp', 'inline'],
    ['image/svg+xml', 'attachment'],
    ['text/html', 'attachment'],
    ['application/pdf', 'attachment'],
  ])('of type %s is read by its link alone, %s', async (type, disposition) => {
    await put('files/one', type)
    const { status, headers, text } = await read(linkTo('files/one'))
    expect([status, headers['content-type'], headers['content-length'], headers['content-disposition']]).toEqual([
      200,
      type,
      '100',
      disposition,
    ])
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox")
    expect(text.length).toBeGreaterThan(0)
  })

  const refusals: Record<string, (link: string) => string> = {
    'no signature': (link) => link.split('?')[0] ?? '',
    'a changed signature': (link) =>
      link.replace(/signature=./, (c) => (c.endsWith('A') ? 'signature=B' : 'signature=A')),
    'a later expiry': (link) => link.replace(/expires=\d+/, (c) => `${c}9`),
    'another key': (link) => link.replace('files/two', 'files/one'),
    'a key one folder up': (link) => link.replace('files/two', 'files/../files/two/../one'),
    'a key out of the site': (link) => link.replace('files/two', '../../etc/passwd'),
    'an encoded way up': (link) => link.replace('files/two', 'files/%2e%2e/%2e%2e/x'),
    'an encoded slash': (link) => link.replace('files/two', 'files%2ftwo'),
    'a further parameter': (link) => `${link}&x=1`,
    'a parameter twice': (link) => `${link}&expires=99999999999`,
    'an absolute key': (link) => link.replace('files/two', '/etc/passwd'),
    'a NUL': (link) => link.replace('files/two', 'files/two%00'),
  }
  test.each(Object.entries(refusals))('is not found by a link with %s', async (_what, change) => {
    await Promise.all([put('files/one'), put('files/two')])
    const { status, text } = await read(change(linkTo('files/two')))
    expect([400, 404]).toContain(status)
    expect(text).not.toContain('IHDR')
  })

  test('is not found when it is absent, in the same words as by a wrong signature', async () => {
    const ids = { instance: '' }
    const absent = await read(linkTo('files/absent'))
    const wrong = await read(linkTo('files/absent').replace(/.$/, 'x'))
    expect({ ...absent.body, ...ids }).toEqual({ ...wrong.body, ...ids })
    expect(absent.status).toBe(404)
  })

  test('is not found after its link has expired', async () => {
    await put('files/one')
    const link = linkTo('files/one', { expiresInSeconds: 1 })
    expect((await read(link)).status).toBe(200)
    await expect.poll(async () => (await read(link)).status, { timeout: 5_000, interval: 100 }).toBe(404)
  })

  test('of another site is not found by its own link on this host, nor by a link of this site for its key', async () => {
    await put('files/theirs', 'image/png', other)
    const theirs = linkTo('files/theirs', { of: other })
    expect((await read(theirs, other)).status).toBe(200)
    expect((await read(theirs)).status).toBe(404)
    expect((await read(linkTo('files/theirs'))).status).toBe(404)
  })

  test('answers HEAD without a body', async () => {
    await put('files/one')
    const answer = await bench.server.inject({ method: 'HEAD', url: linkTo('files/one'), headers: { host: site.host } })
    expect([answer.statusCode, answer.headers['content-length'], answer.body]).toEqual([200, '100', ''])
  })
})
