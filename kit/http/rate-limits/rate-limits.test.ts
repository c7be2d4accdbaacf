import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { exampleServer, type ExampleServer } from '../example-server.ts'
import { networkOf, type RateLimits } from './limit-rates.ts'
import { TokenBuckets } from './token-buckets.ts'

describe('a bucket', () => {
  test('gives a minute’s allowance at once and the same again within a minute', () => {
    const buckets = new TokenBuckets(60)
    for (let count = 0; count < 60; count += 1) expect(buckets.take('a', 1, 0).allowed).toBe(true)
    expect(buckets.take('a', 1, 0)).toEqual({ allowed: false, remaining: 0, resetSeconds: 60, retryAfterSeconds: 1 })
    expect(buckets.take('a', 1, 1000).allowed).toBe(true)
    expect(buckets.take('a', 5, 1000)).toMatchObject({ allowed: false, retryAfterSeconds: 5 })
    expect(buckets.take('b', 1, 1000)).toEqual({ allowed: true, remaining: 59, resetSeconds: 1, retryAfterSeconds: 0 })
  })

  test('never gives more than the allowance and what has come since, whatever is asked when', () => {
    const asks = fc.array(
      fc.record({ cost: fc.integer({ min: 1, max: 40 }), waitMs: fc.integer({ min: 0, max: 20_000 }) }),
    )
    fc.assert(
      fc.property(asks, (all) => {
        const buckets = new TokenBuckets(30)
        let [atMs, given] = [0, 0]
        for (const { cost, waitMs } of all) {
          atMs += waitMs
          const { allowed, retryAfterSeconds } = buckets.take('a', cost, atMs)
          if (allowed) given += Math.min(cost, 30)
          expect(given).toBeLessThanOrEqual(30 + (atMs / 60_000) * 30 + 1e-6)
          if (!allowed) expect(retryAfterSeconds).toBeGreaterThan(0)
        }
      }),
    )
  })

  test('is forgotten when too many others were used since', () => {
    const buckets = new TokenBuckets(1, { mostKeys: 2 })
    expect(buckets.take('a', 1, 0).allowed).toBe(true)
    for (const other of ['b', 'c']) buckets.take(other, 1, 0)
    expect(buckets.take('a', 1, 0).allowed).toBe(true)
    expect(buckets.take('c', 1, 0).allowed).toBe(false)
  })
})

test.each([
  [undefined, undefined],
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:1:2::9', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
])('the network of %s is %s', (ip, network) => expect(networkOf(ip)).toBe(network))

describe('a server', () => {
  let server: ExampleServer
  afterEach(() => server.close())
  const open = async (limits: Partial<RateLimits>) => {
    const callerOf = ({ headers }: { headers: Record<string, unknown> }) => ({
      tenantId: headers['tenant'] as string | undefined,
      accountId: headers['account'] as string | undefined,
    })
    server = await exampleServer(
      { rateLimits: { limits: { ip: 0, account: 0, tenant: 0, ...limits }, callerOf, now: () => 0 } },
      (app) => {
        const config = { policy: { kind: 'public', reason: 'test' } } as const
        app.get('/thing', { config }, async () => ({}))
        app.get('/costly', { config: { ...config, cost: 5 } }, async () => ({}))
      },
    )
    return (headers: Record<string, string> = {}, url = '/thing', remoteAddress = '192.0.2.1') =>
      server.app.inject({ url, headers, remoteAddress })
  }

  test('tells the limits and what is left, and refuses with the time to wait', async () => {
    const get = await open({ account: 6, tenant: 100 })
    const who = { tenant: 't1', account: 'a1' }
    const first = await get(who, '/costly')
    expect(first.headers['ratelimit-policy']).toBe('"account";q=6;w=60, "tenant";q=100;w=60')
    expect(first.headers['ratelimit']).toBe('"account";r=1;t=50, "tenant";r=95;t=3')
    await get(who)
    const refused = await get(who)
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '10'])
    expect(refused.json()).toMatchObject({ code: 'rate-limited', limitedBy: 'account', retryable: true })
  })

  test('takes nothing of one tenant for another, nor of a tenant for who has used up their own', async () => {
    const get = await open({ account: 2, tenant: 3 })
    for (let count = 0; count < 50; count += 1) await get({ tenant: 't1', account: 'a1' })
    expect((await get({ tenant: 't1', account: 'a2' })).statusCode).toBe(200)
    expect((await get({ tenant: 't1', account: 'a2' })).json()).toMatchObject({ limitedBy: 'tenant' })
    expect((await get({ tenant: 't2', account: 'a1' })).statusCode).toBe(200)
  })

  test('limits addresses, what is not there included, and never probes', async () => {
    const get = await open({ ip: 2 })
    expect((await get()).statusCode).toBe(200)
    expect((await get({}, '/nothing')).statusCode).toBe(404)
    expect((await get({}, '/nothing')).statusCode).toBe(429)
    expect((await get({}, '/live')).statusCode).toBe(200)
    expect((await get({}, '/thing', '192.0.2.2')).statusCode).toBe(200)
  })
})
