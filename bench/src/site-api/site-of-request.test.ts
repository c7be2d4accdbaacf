import { createLogger } from '@platen/kit/logging'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestBench, type TestBench } from '../../testing/bench.ts'
import { openTestSite, password, type TestSite } from '../../testing/site.ts'

let bench: TestBench
let a: TestSite
let b: TestSite
let token: string

beforeAll(async () => {
  ;[a, b] = await Promise.all([openTestSite('anvil'), openTestSite('bellows')])
  bench = await openTestBench()
  bench.serve(a.entry(bench.sealingKey, { hosts: [a.host, 'www.Client.test'] }), b.entry(bench.sealingKey))
  token = await bench.tokenOf(a)
})
afterAll(async () => {
  await bench.close()
  await Promise.all([a.close(), b.close()])
})

const siteAt = async (host: string, headers: Record<string, string> = {}) => {
  const answer = await bench.call({ host }, 'GET', '/status', { headers })
  return [answer.status, (answer.body['site'] as { name: string } | undefined)?.name ?? answer.body['code']]
}

describe('the site of a request', () => {
  test.each([
    ['anvil.platen.test', 'anvil'],
    ['ANVIL.Platen.Test', 'anvil'],
    ['anvil.platen.test:32443', 'anvil'],
    ['anvil.platen.test.', 'anvil'],
    ['anvil.platen.test.:443', 'anvil'],
    ['www.client.test', 'anvil'],
    ['bellows.platen.test', 'bellows'],
  ])('of %s is %s', async (host, name) => {
    expect(await siteAt(host)).toEqual([200, name])
  })

  test.each([
    'unknown.platen.test',
    'platen.test',
    'x.anvil.platen.test',
    'anvil.platen.test.evil.test',
    'anvil.platen.test..',
    'аnvil.platen.test',
    '127.0.0.1',
    '[::1]:443',
    '__proto__',
  ])('of %s is none: 421', async (host) => {
    expect(await siteAt(host)).toEqual([421, 'misdirected-request'])
  })

  test('is not what X-Forwarded-Host or Forwarded say', async () => {
    const headers = { 'x-forwarded-host': b.host, forwarded: `host=${b.host}` }
    expect(await siteAt(a.host, headers)).toEqual([200, 'anvil'])
  })

  test('is asked for before the path: an unknown path of an unknown host is 421 too', async () => {
    expect((await bench.call({ host: 'x.test' }, 'GET', '/nothing')).status).toBe(421)
    expect((await bench.call(a, 'GET', '/nothing')).status).toBe(404)
  })

  test('that is suspended answers 503 with its state, to signed-in people too, until it is resumed', async () => {
    bench.serve(a.entry(bench.sealingKey, { state: 'suspended' }), b.entry(bench.sealingKey))
    for (const path of ['/status', '/products', '/auth/me']) {
      const answer = await bench.call(a, 'GET', path, { token })
      expect([answer.status, answer.body['code'], answer.headers['platen-site-state']]).toEqual([
        503,
        'site-suspended',
        'suspended',
      ])
    }
    expect(await siteAt(b.host)).toEqual([200, 'bellows'])
    bench.serve(a.entry(bench.sealingKey), b.entry(bench.sealingKey))
    expect((await bench.call(a, 'GET', '/auth/me', { token })).status).toBe(200)
  })
})

describe('credentials of one site', () => {
  test('are worth nothing on another: access token', async () => {
    expect((await bench.call(a, 'GET', '/auth/me', { token })).status).toBe(200)
    const answer = await bench.call(b, 'GET', '/auth/me', { token })
    expect([answer.status, answer.body['code']]).toEqual([401, 'session-ended'])
  })

  test('are worth nothing on another: refresh cookie, which is set for one host', async () => {
    const credentials = { email: await a.aPerson('lecture'), password }
    const answer = await bench.call(a, 'POST', '/auth/login', { body: credentials })
    const cookie = String(answer.headers['set-cookie'])
    expect(cookie).toMatch(/^__Host-/)
    expect(cookie).not.toMatch(/domain/i)
    const headers = { cookie: cookie.split(';')[0] ?? '', origin: `https://${b.host}` }
    expect((await bench.call(b, 'POST', '/auth/refresh', { headers })).status).toBe(401)
  })

  test('are worth nothing on another: e-mail and password', async () => {
    const credentials = { email: await a.aPerson('lecture'), password }
    expect((await bench.call(b, 'POST', '/auth/login', { body: credentials })).status).toBe(401)
    expect((await bench.call(a, 'POST', '/auth/login', { body: credentials })).status).toBe(200)
  })
})

test('what is logged of a request is marked with its site and user, as far as there are any', async () => {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>)
  const logger = createLogger({ name: 'bench-test-1', level: 'info', destination: { write } })
  const logging = await openTestBench({ logger })
  logging.serve(a.entry(logging.sealingKey), b.entry(logging.sealingKey, { state: 'suspended' }))
  await logging.call(a, 'GET', '/status')
  await logging.call(a, 'GET', '/auth/me', { token: await logging.tokenOf(a) })
  await logging.call(b, 'GET', '/status')
  await logging.call({ host: 'x.test' }, 'GET', '/status', { headers: { 'x-site': a.id } })
  await logging.close()
  const requests = lines.filter(({ msg }) => msg === 'request')
  expect(requests.map(({ status, site, user }) => [status, site, user])).toEqual([
    [200, a.id, undefined],
    [200, a.id, undefined],
    [200, a.id, expect.any(String)],
    [503, b.id, undefined],
    [421, undefined, undefined],
  ])
})
