// Static stability (architecture.md): what the manager published last is served without it, across the bench's own kill -9.
import { PlatenRuntime } from '@platen/drivers/runtimes'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { releaseName } from './src/release.ts'
import { aSnapshot } from './testing/bench.ts'
import { callSocket, consumer, openBenchHome, type BenchHome } from './testing/bench-process.ts'
import { openTestSite, password, type TestSite } from './testing/site.ts'

const startMs = 60_000

describe('a bench process', { timeout: 2 * startMs }, () => {
  let home: BenchHome
  let site: TestSite
  let email: string

  beforeAll(async () => {
    ;[home, site] = await Promise.all([openBenchHome(), openTestSite('anvil')])
    email = await site.aPerson('gerant')
    await home.publisher.start()
  })
  afterAll(async () => {
    await home.close()
    await site.close()
  })

  const call = (path: string, more: { method?: string; token?: string; body?: object } = {}) =>
    callSocket(home.publicSocket, { path: `/api/v1${path}`, host: site.host, ...more })
  const serves = (status = 200) =>
    eventually(async () => (await call('/status')).status === status, {
      timeoutMs: startMs,
      describe: `status ${status}`,
    })
  const signIn = async (): Promise<string> => {
    const answer = await call('/auth/login', { method: 'POST', body: { email, password } })
    expect(answer.status).toBe(200)
    return String(answer.body['accessToken'])
  }
  const names = async (token: string): Promise<string[]> => {
    const answer = await call('/products', { token })
    expect(answer.status).toBe(200)
    return (answer.body['items'] as { name: string }[]).map(({ name }) => name) // a page of products
  }
  const sell = async (token: string, sku: string) => {
    const body = { sku, name: sku, unitPrice: { amount: '1.00', currency: 'EUR' } }
    expect((await call('/products', { method: 'POST', token, body })).status).toBe(201)
  }

  test('builds templates before any site is published, and says that it is not ready', async () => {
    home.start()
    const runtime = new PlatenRuntime([home.privateSocket])
    const { release } = await eventually(() => runtime.describe(), { timeoutMs: startMs })
    expect(release).toBe(releaseName)
    await eventually(async () => (await callSocket(home.publicSocket, { path: '/live', host: 'x' })).status === 200)
    expect((await callSocket(home.publicSocket, { path: '/ready', host: 'x' })).status).toBe(503)
    expect((await call('/status')).status).toBe(421)
  })

  test('serves what is published, and acknowledges it', async () => {
    home.publisher.publish(consumer, aSnapshot(site.entry(home.sealingKey)))
    await eventually(() => home.publisher.acknowledgement(consumer)?.version === 1, { timeoutMs: startMs })
    expect(home.publisher.acknowledgement(consumer)?.problems).toEqual([])
    expect((await callSocket(home.publicSocket, { path: '/ready', host: 'x' })).status).toBe(200)
    await sell(await signIn(), 'before')
  })

  test('serves reads, writes and sign-in while the manager is away', async () => {
    await home.publisher.stop()
    const token = await signIn()
    await sell(token, 'without-manager')
    expect(await names(token)).toEqual(['without-manager', 'before'])
  })

  test('serves after kill -9 while the manager is away: old tokens, sign-in, reads and writes', async () => {
    const before = await signIn()
    await home.end('SIGKILL')
    await expect(call('/status')).rejects.toThrow('ECONNREFUSED')
    home.start()
    await serves()
    expect((await call('/auth/me', { token: before })).body).toMatchObject({ user: { email } })
    const token = await signIn()
    await sell(token, 'after-kill')
    expect(await names(token)).toContain('after-kill')
  })

  test('follows the manager again when that is back', async () => {
    await home.publisher.start()
    home.publisher.publish(consumer, aSnapshot(site.entry(home.sealingKey, { state: 'suspended' })))
    await serves(503)
    home.publisher.publish(consumer, aSnapshot(site.entry(home.sealingKey)))
    await serves(200)
  })

  test('keeps to what was published last when it is killed: a suspended site stays suspended', async () => {
    home.publisher.publish(consumer, aSnapshot(site.entry(home.sealingKey, { state: 'suspended' })))
    await eventually(() => home.publisher.acknowledgement(consumer)?.version === 4, { timeoutMs: startMs })
    await home.publisher.stop()
    await home.end('SIGKILL')
    home.start()
    await serves(503)
  })

  test('ends with 0 on SIGTERM and leaves no connection behind', async () => {
    expect(await home.end('SIGTERM')).toBe(0)
    await eventually(async () => (await site.connections()) === 0)
  })
})
