import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleServer, type ExampleServer } from '../example-server.ts'
import { readAllowedOrigins } from './config.ts'

const shop = 'https://shop.example'
const setting = `api.test=${shop} api.test=https://tools.example:8443, other.test=https://other.example`
let server: ExampleServer
beforeAll(async () => {
  server = await exampleServer({ allowedOrigins: readAllowedOrigins({ PLATEN_ALLOWED_ORIGINS: setting }) })
})
afterAll(() => server.close())

const url = '/api/v1/things'
const ask = (origin: string, host = 'api.test') => server.app.inject({ url, headers: { host, origin } })
const preflight = (origin: string, path = url, host = 'api.test') =>
  server.app.inject({
    method: 'OPTIONS',
    url: path,
    headers: {
      host,
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    },
  })

describe('row 20: an origin that may call', () => {
  test.each([
    [shop, 'api.test'],
    ['https://tools.example:8443', 'API.test:32443'],
    ['https://other.example', 'other.test'],
  ])('%s of %s is told so, and never that cookies are taken', async (origin, host) => {
    const { headers, statusCode } = await ask(origin, host)
    expect([statusCode, headers['access-control-allow-origin'], headers['vary']]).toEqual([200, origin, 'origin'])
    expect(headers['access-control-expose-headers']).toContain('etag')
    expect(headers).not.toHaveProperty('access-control-allow-credentials')
  })

  test('reads refusals as well', async () => {
    const path = `${url}/0199c0de-0000-7000-8000-000000000000`
    const refused = await server.app.inject({ method: 'PUT', url: path, headers: { host: 'api.test', origin: shop } })
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([401, shop])
  })

  test('is told what it may send before it sends it', async () => {
    const { headers, statusCode, body } = await preflight(shop)
    expect([statusCode, body]).toEqual([204, ''])
    expect(headers).toMatchObject({
      'access-control-allow-origin': shop,
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': expect.stringContaining('authorization, content-type, idempotency-key, if-match'),
      'access-control-max-age': '600',
      vary: 'origin',
    })
    expect(headers).not.toHaveProperty('access-control-allow-credentials')
  })

  test('finds nothing where there is nothing', async () => {
    expect((await preflight(shop, '/api/v1/nothing')).statusCode).toBe(404)
  })

  test('may still not do what takes a cookie', async () => {
    const headers = { host: 'api.test', origin: shop, 'sec-fetch-site': 'cross-site' }
    const answer = await server.app.inject({ method: 'POST', url: '/api/v1/sessions', headers })
    expect(answer.json()).toMatchObject({ status: 403, code: 'origin-refused' })
  })
})

const strangers = [
  'null',
  '*',
  'https://shop.example.evil.test',
  'https://evil-shop.example',
  'https://evil.test/https://shop.example',
  'https://www.shop.example',
  'http://shop.example',
  'https://shop.example:8443',
  'https://shop.example:443',
  'https://shop.example/',
  'https://shop.example.',
  'https://SHOP.example',
  'https://shop.example, https://evil.test',
  'https://shop.example https://evil.test',
  'https://shop.example%00.evil.test',
  'https://shop_example',
  'https://other.example',
  'https://api.test',
  'https://bellows.platen.test',
  '__proto__',
]
test.each(strangers)('row 20: %s is answered as if there were no CORS', async (origin) => {
  const answer = await ask(origin)
  expect([answer.statusCode, answer.headers['vary']]).toEqual([200, 'origin'])
  const before = await preflight(origin)
  expect(before.statusCode).toBe(405)
  for (const { headers } of [answer, before])
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
})

test('row 20: an origin of one host may not call another', async () => {
  expect((await ask(shop, 'other.test')).headers).not.toHaveProperty('access-control-allow-origin')
  expect((await preflight(shop, url, 'other.test')).statusCode).toBe(405)
})

test('row 20: where nothing is set nobody may', async () => {
  expect(readAllowedOrigins({}).size).toBe(0)
})

test.each([
  'api.test=*',
  'api.test=null',
  'api.test=https://*.example',
  'api.test=https://shop.example/',
  'api.test=https://shop.example:443',
  'api.test=HTTPS://shop.example',
  'api.test=https://user@shop.example',
  'api.test=file:///tmp',
  'api.test',
  'https://shop.example',
  '*=https://shop.example',
])('row 20: %s cannot be set', (text) => {
  expect(() => readAllowedOrigins({ PLATEN_ALLOWED_ORIGINS: text })).toThrow('PLATEN_ALLOWED_ORIGINS is wrong')
})
