import { createHttpServer, listRoutes, type HttpServer } from '@platen/kit/http'
import { createLogger } from '@platen/kit/logging'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuthorizer, principalOf, registerAuthRoutes } from '../index.ts'
import { openTestIdentity, password, type TestIdentity } from '../testing/identity.ts'

const host = 'anvil.test'
let home: TestIdentity
let app: HttpServer
let session: string
let token: string

beforeAll(async () => {
  home = await openTestIdentity('site')
  app = await createHttpServer({
    name: 'tokens-test',
    version: '0',
    logger: createLogger({ name: 'tokens-test', level: 'fatal' }),
    authorize: createAuthorizer(() => home.identity),
    openapi: { title: 'Tokens', description: 'under test' },
    ready: async () => ({ ok: true, checks: {} }),
  })
  registerAuthRoutes(app, () => home.identity)
  for (const permission of ['products.read', 'products.write']) {
    const config = { policy: { kind: 'permission', permission } } as const
    app.get(`/asked/${permission}`, { config }, async (request) => ({ method: principalOf(request).method }))
  }
  await app.ready()
  const { email } = await home.aPerson()
  const login = await send('POST', '/api/v1/auth/login', { body: { email, password } })
  session = login.json<{ accessToken: string }>().accessToken
  const made = await send('POST', '/api/v1/auth/api-tokens', {
    body: { name: 'import', scopes: ['products.read'] },
    as: session,
  })
  expect(made.statusCode).toBe(201)
  token = made.json<{ token: string }>().token
})
afterAll(async () => {
  await app.close()
  await home.database.drop()
})

const send = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  { body, as }: { body?: object; as?: string } = {},
) =>
  app.inject({
    method,
    url,
    headers: { host, ...(as === undefined ? {} : { authorization: `Bearer ${as}` }) },
    ...(body === undefined ? {} : { payload: body }),
  })

describe('an API token in the Authorization header', () => {
  test('does what its scopes say, and nothing else that its user may do', async () => {
    expect((await send('GET', '/asked/products.read', { as: token })).json()).toEqual({ method: 'api-token' })
    expect((await send('GET', '/asked/products.write', { as: session })).statusCode).toBe(200)
    expect((await send('GET', '/asked/products.write', { as: token })).statusCode).toBe(403)
  })

  test('that is not known is refused like a session that ended', async () => {
    const answer = await send('GET', '/asked/products.read', { as: `platen_0123456789ab_${'A'.repeat(43)}` })
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([401, 'session-ended'])
  })

  test('changes no password, second factor, session or token: those routes want a person', async () => {
    const guarded = listRoutes(app).filter(({ method, config }) => config.sessionOnly === true && method !== 'HEAD')
    expect(guarded.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        '/api/v1/auth/password',
        '/api/v1/auth/second-factor',
        '/api/v1/auth/sessions/{id}',
        '/api/v1/auth/api-tokens',
      ]),
    )
    for (const { method, path } of guarded) {
      const answer = await send(method as 'GET', path.replace('{id}', 'x'), { as: token }) // one of the four, see `send`
      expect([path, answer.statusCode, answer.json<{ code: string }>().code]).toEqual([path, 403, 'session-needed'])
    }
  })

  test('lives a year unless it says otherwise, and two years at most', async () => {
    const make = async (fields: object) =>
      send('POST', '/api/v1/auth/api-tokens', {
        body: { name: 'a', scopes: ['products.read'], ...fields },
        as: session,
      })
    const days = (answer: Awaited<ReturnType<typeof make>>): number => {
      const { apiToken } = answer.json<{ apiToken: { createdAt: string; expiresAt: string } }>()
      return Math.round((Date.parse(apiToken.expiresAt) - Date.parse(apiToken.createdAt)) / 86_400_000)
    }
    expect(days(await make({}))).toBe(365)
    expect(days(await make({ expiresInDays: 730 }))).toBe(730)
    for (const fields of [{ expiresInDays: 731 }, { expiresInDays: 0 }, { scopes: [] }, { name: ' ' }]) {
      expect((await make(fields)).statusCode).toBe(422)
    }
  })

  test('is listed without its secret', async () => {
    const listed = await send('GET', '/api/v1/auth/api-tokens?limit=1', { as: session })
    expect(listed.json()).toMatchObject({
      items: [{ name: 'a', scopes: ['products.read'] }],
      nextCursor: expect.any(String),
    })
    expect(listed.body).not.toContain(token.slice(-43))
  })
})
