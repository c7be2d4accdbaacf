import { randomBytes } from 'node:crypto'
import { sealFor } from '@platen/drivers/snapshots'
import { sql } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestBench, type TestBench } from '../../testing/bench.ts'
import { openTestSite, type TestSite } from '../../testing/site.ts'

let a: TestSite
let b: TestSite
beforeAll(async () => {
  ;[a, b] = await Promise.all([openTestSite('anvil', { maxConnections: 3 }), openTestSite('bellows')])
})
afterAll(() => Promise.all([a.close(), b.close()]))

async function withBench(options: Parameters<typeof openTestBench>[0], work: (bench: TestBench) => Promise<void>) {
  const bench = await openTestBench(options)
  try {
    await work(bench)
  } finally {
    await bench.close()
  }
}

describe('a snapshot', () => {
  test('adds, changes and removes sites; what did not change keeps its pool', () =>
    withBench({}, async (bench) => {
      const [first, second] = [a.entry(bench.sealingKey), b.entry(bench.sealingKey)]
      bench.serve(first, second)
      const before = bench.registry.byId(a.id)
      expect((await bench.call(a, 'GET', '/status')).status).toBe(200)
      // Sealed anew, as every publication does.
      bench.serve(a.entry(bench.sealingKey), b.entry(bench.sealingKey, { name: 'renamed' }))
      expect(bench.registry.byId(a.id)).toBe(before)
      expect(bench.registry.byId(b.id)?.snapshot.name).toBe('renamed')
      bench.serve(second)
      expect((await bench.call(a, 'GET', '/status')).status).toBe(421)
      await eventually(async () => (await a.connections()) === 0, { timeoutMs: 3_000 })
    }))

  test('with a new generation closes the pool and forgets the caches', () =>
    withBench({}, async (bench) => {
      await eventually(async () => (await a.connections()) === 0)
      bench.serve(a.entry(bench.sealingKey))
      await bench.call(a, 'GET', '/status')
      const pids = () =>
        sql<{ pid: number }>`SELECT pid FROM pg_stat_activity WHERE usename = ${a.user}`.execute(a.database.db)
      const before = (await pids()).rows
      expect(before).toHaveLength(1)
      bench.serve(a.entry(bench.sealingKey, { generation: 2 }))
      await eventually(async () => (await a.connections()) === 0)
      expect((await bench.call(a, 'GET', '/status')).status).toBe(200)
      expect((await pids()).rows).not.toEqual(before)
    }))

  test('with a field that cannot be opened is reported, and the other sites are served', () =>
    withBench({}, async (bench) => {
      const wrong = a.entry(bench.sealingKey, { sealedDataKey: sealFor(randomBytes(32), randomBytes(32), 'x') })
      const problems = bench.serve(wrong, b.entry(bench.sealingKey))
      expect(problems).toEqual([expect.stringMatching(/^site anvil: .*cannot be opened/)])
      expect((await bench.call(b, 'GET', '/status')).status).toBe(200)
      expect((await bench.call(a, 'GET', '/status')).status).toBe(421)
      expect(bench.serve(a.entry(bench.sealingKey), b.entry(bench.sealingKey))).toEqual([])
      expect((await bench.call(a, 'GET', '/status')).status).toBe(200)
    }))

  test('with a field sealed for another site is not opened', () =>
    withBench({}, async (bench) => {
      const { database } = b.entry(bench.sealingKey)
      expect(bench.serve(a.entry(bench.sealingKey, { database }))).toHaveLength(1)
    }))
})

describe('the connections of a site', () => {
  test('are never more than the snapshot says, under a hundred requests at once', () =>
    withBench({}, async (bench) => {
      bench.serve(a.entry(bench.sealingKey))
      const token = await bench.tokenOf(a)
      await eventually(async () => (await a.connections()) <= 3)
      let most = 0
      let isOver = false
      const watching = (async () => {
        while (!isOver) most = Math.max(most, await a.connections())
      })()
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, n) => bench.call(a, 'GET', n % 2 ? '/products' : '/site', { token })),
      )
      isOver = true
      await watching
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      expect(most).toBeGreaterThan(1)
      expect(most).toBeLessThanOrEqual(3)
    }))

  test('are none a moment after the last request', () =>
    withBench({ idleConnectionMs: 100 }, async (bench) => {
      bench.serve(a.entry(bench.sealingKey))
      // A 200 means that the database was asked.
      const answers = await Promise.all([1, 2, 3].map(() => bench.call(a, 'GET', '/status')))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      await eventually(async () => (await a.connections()) === 0)
      expect((await bench.call(a, 'GET', '/status')).status).toBe(200)
    }))

  test('and the pool itself are given up by an idle site, and by no other', () =>
    withBench({ idleSiteMs: 50 }, async (bench) => {
      bench.serve(a.entry(bench.sealingKey))
      await bench.call(a, 'GET', '/status')
      const site = bench.registry.byId(a.id)
      const pool = site?.resources().db
      const leave = site?.enter('platform')
      await eventually(async () => {
        bench.registry.closeIdle()
        return site?.isIdle(0) === false
      })
      expect(site?.resources().db).toBe(pool)
      leave?.()
      await eventually(() => {
        bench.registry.closeIdle()
        return site?.resources().db !== pool
      })
      expect((await bench.call(a, 'GET', '/status')).status).toBe(200)
    }))

  test('are given up by the site that waits longest when more sites are open than may be', () =>
    withBench({ maxOpenSites: 1, idleConnectionMs: 60_000 }, async (bench) => {
      bench.serve(a.entry(bench.sealingKey), b.entry(bench.sealingKey))
      await bench.call(a, 'GET', '/status')
      expect(await a.connections()).toBe(1)
      await bench.call(b, 'GET', '/status')
      await eventually(async () => (await a.connections()) === 0)
      expect(await b.connections()).toBe(1)
      expect((await bench.call(a, 'GET', '/status')).status).toBe(200)
    }))

  test('stay open for requests that run while the site is restarted or removed', () =>
    withBench({}, async (bench) => {
      bench.serve(a.entry(bench.sealingKey))
      const token = await bench.tokenOf(a)
      const answers: Promise<number>[] = []
      for (let generation = 2; generation < 12; generation += 1) {
        for (const path of ['/site', '/products', '/auth/me'])
          answers.push(bench.call(a, 'GET', path, { token }).then(({ status }) => status))
        await Promise.resolve()
        bench.serve(a.entry(bench.sealingKey, { generation }))
      }
      expect(new Set(await Promise.all(answers))).toEqual(new Set([200]))
      bench.serve()
      await eventually(async () => (await a.connections()) === 0)
    }))
})
