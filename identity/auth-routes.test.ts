import { createHttpServer, type HttpServer, type RoutePolicy } from '@platen/kit/http'
import { createLogger } from '@platen/kit/logging'
import { sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuthorizer, issueTicket, principalOf, registerAuthRoutes, registerTicketRoute } from './index.ts'
import { openTestIdentity, password, type Person, type TestIdentity } from './testing/identity.ts'

const host = 'anvil.test'
const own = { origin: `https://${host}` }
const policies: Record<string, RoutePolicy> = {
  public: { kind: 'public', reason: 'a test' },
  authenticated: { kind: 'authenticated' },
  permission: { kind: 'permission', permission: 'products.read' },
  'other-permission': { kind: 'permission', permission: 'products.write' },
  operator: { kind: 'operator' },
}

let home: TestIdentity
let app: HttpServer
let reader: Person

beforeAll(async () => {
  home = await openTestIdentity('site')
  reader = await home.aPerson({ role: 'lecture' })
  app = await createHttpServer({
    name: 'identity-test',
    version: '0',
    logger: createLogger({ name: 'identity-test', level: 'fatal' }),
    authorize: createAuthorizer(() => home.identity),
    openapi: { title: 'Identity', description: 'under test' },
    ready: async () => ({ ok: true, checks: {} }),
  })
  registerAuthRoutes(app, () => home.identity)
  registerTicketRoute(app, () => home.identity)
  for (const [name, policy] of Object.entries(policies)) {
    app.get(`/asked/${name}`, { config: { policy } }, async (request) => ({
      email: policy.kind === 'public' ? null : principalOf(request).email,
    }))
  }
  await app.ready()
})
afterAll(async () => {
  await app.close()
  await home.database.drop()
})

const send = (method: 'GET' | 'POST' | 'PUT', path: string, options: { body?: object; headers?: object } = {}) =>
  app.inject({
    method,
    url: path.startsWith('/asked') ? path : `/api/v1/auth${path}`,
    headers: { host, ...options.headers },
    ...(options.body === undefined ? {} : { payload: options.body }),
  })
const login = (email = reader.email, body: object = {}) =>
  send('POST', '/login', { body: { email, password, ...body }, headers: own })
const cookieOf = (answer: { headers: Record<string, unknown> }): string => String(answer.headers['set-cookie'])
const pairOf = (answer: { headers: Record<string, unknown> }): string => cookieOf(answer).split(';')[0] ?? ''
const tokenOf = async (email?: string): Promise<string> =>
  (await login(email)).json<{ accessToken: string }>().accessToken
const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

describe('the policy of a route', () => {
  test.each([
    ['lecture', false, { public: 200, authenticated: 200, permission: 200, 'other-permission': 403, operator: 403 }],
    ['gerant', false, { public: 200, authenticated: 200, permission: 200, 'other-permission': 200, operator: 403 }],
    ['lecture', true, { public: 200, authenticated: 200, permission: 200, 'other-permission': 403, operator: 200 }],
    [
      'role-that-is-gone',
      false,
      { public: 200, authenticated: 200, permission: 403, 'other-permission': 403, operator: 403 },
    ],
  ])('lets %s (operator: %s) in where it says so', async (role, operator, expected) => {
    const token = await tokenOf((await home.aPerson({ role, operator })).email)
    const statuses = Object.keys(policies).map(async (name) => [
      name,
      (await send('GET', `/asked/${name}`, as(token))).statusCode,
    ])
    expect(Object.fromEntries(await Promise.all(statuses))).toEqual(expected)
  })

  test.each([
    ['no header', {}, 'credentials-missing'],
    ['an empty header', { authorization: '' }, 'credentials-missing'],
    ['another scheme', { authorization: 'Basic YW5uZTp4' }, 'credentials-missing'],
    ['no token', { authorization: 'Bearer ' }, 'credentials-missing'],
    ['two tokens', { authorization: 'Bearer a b' }, 'credentials-missing'],
    ['something that is not a token', { authorization: 'Bearer abc' }, 'session-ended'],
  ])('refuses %s with 401', async (_what, headers, code) => {
    for (const name of Object.keys(policies).filter((policy) => policy !== 'public')) {
      const answer = await send('GET', `/asked/${name}`, { headers })
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([401, code])
    }
    expect((await send('GET', '/asked/public', { headers })).statusCode).toBe(200)
  })

  test('takes the scheme in any case (RFC 9110)', async () => {
    const headers = { authorization: `bearer ${await tokenOf()}` }
    expect((await send('GET', '/asked/authenticated', { headers })).json()).toEqual({ email: reader.email })
  })

  test('does not take the refresh cookie for an access token', async () => {
    const cookie = pairOf(await login())
    expect((await send('GET', '/asked/authenticated', { headers: { cookie } })).statusCode).toBe(401)
  })
})

describe('the routes of signing in', () => {
  test('give the access token in the body and the refresh token in a cookie of this host alone', async () => {
    const answer = await login()
    expect(answer.statusCode).toBe(200)
    expect(Object.keys(answer.json())).toEqual(['accessToken', 'expiresInSeconds'])
    expect(cookieOf(answer)).toMatch(
      /^__Host-platen_refresh=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    expect(answer.body).not.toContain(pairOf(answer).split('=')[1])
  })

  test.each([
    ['an unknown field', { operator: true }, '/operator'],
    ['a password that is not text', { password: 5 }, '/password'],
    ['a password of 1025 characters', { password: 'a'.repeat(1025) }, '/password'],
    ['no e-mail', { email: '' }, '/email'],
  ])('refuse %s with its pointer', async (_what, body, pointer) => {
    const answer = await login(reader.email, body)
    expect([answer.statusCode, answer.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer]).toEqual([
      422,
      pointer,
    ])
  })

  test('refresh and sign out with the cookie, which is then cleared', async () => {
    const first = await login()
    const refreshed = await send('POST', '/refresh', { headers: { ...own, cookie: pairOf(first) } })
    expect(refreshed.statusCode).toBe(200)
    expect(pairOf(refreshed)).not.toBe(pairOf(first))
    const out = await send('POST', '/logout', { headers: { ...own, cookie: pairOf(refreshed) } })
    expect([out.statusCode, out.body]).toEqual([204, ''])
    expect(cookieOf(out)).toMatch(/^__Host-platen_refresh=; .*Path=\/; .*Secure/)
    const after = await send('POST', '/refresh', { headers: { ...own, cookie: pairOf(refreshed) } })
    expect([after.statusCode, after.json<{ code: string }>().code]).toEqual([401, 'session-ended'])
  })

  test('refuse to refresh without a cookie, and sign out without one quietly', async () => {
    expect((await send('POST', '/refresh', { headers: own })).statusCode).toBe(401)
    expect((await send('POST', '/logout', { headers: own })).statusCode).toBe(204)
  })

  test.each([
    ['another origin', { origin: 'https://evil.test' }],
    ['a sister site', { origin: 'https://other.anvil.test' }],
    ['a page without origin', { origin: 'null' }],
    ['plain HTTP', { origin: `http://${host}` }],
    ['another site, as the browser says', { ...own, 'sec-fetch-site': 'same-site' }],
    ['nobody who says', {}],
  ])('refuse a request with the cookie from %s', async (_what, headers) => {
    const cookie = pairOf(await login())
    for (const path of ['/refresh', '/logout']) {
      const answer = await send('POST', path, { headers: { ...headers, cookie } })
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([403, 'origin-refused'])
    }
    expect((await send('POST', '/refresh', { headers: { ...own, cookie } })).statusCode).toBe(200)
  })

  test('take credentials as JSON only, so no form of another page can send them', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const payload = JSON.stringify({ email: reader.email, password })
      const headers = { host, 'content-type': type, origin: 'https://evil.test' }
      const answer = await app.inject({ method: 'POST', url: '/api/v1/auth/login', headers, payload })
      expect(answer.statusCode).toBe(415)
    }
  })

  test('exchange a ticket for a session that must set a password', async () => {
    const person = await home.aPerson({ passwordHash: null })
    const { token } = await withScope(home.db, {}, (tx) =>
      issueTicket(tx, { ...person, tenantId: home.tenantId, requestedBy: 'op', expiresInSeconds: 60 }),
    )
    const answer = await send('POST', '/tickets', { body: { ticket: token } })
    expect(answer.json()).toMatchObject({ mustSetPassword: true })
    const headers = as(answer.json<{ accessToken: string }>().accessToken)
    const set = await send('PUT', '/password', { body: { newPassword: password }, ...headers })
    expect(set.statusCode).toBe(204)
    expect((await login(person.email)).statusCode).toBe(200)
    expect((await send('POST', '/tickets', { body: { ticket: token } })).statusCode).toBe(401)
  })

  test('note address and browser of a session, the latter cut to 300 characters', async () => {
    const person = await home.aPerson()
    const headers = { ...own, 'user-agent': 'x'.repeat(999) }
    await send('POST', '/login', { body: { email: person.email, password }, headers })
    const { rows } = await sql`SELECT ip, length(user_agent) AS length FROM identity.sessions
      WHERE account_id = ${person.accountId}`.execute(home.database.db)
    expect(rows).toEqual([{ ip: '127.0.0.1', length: 300 }])
  })
})
