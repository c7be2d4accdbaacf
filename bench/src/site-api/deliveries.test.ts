import { commerceHandlers } from '@platen/commerce'
import { newId } from '@platen/kit/ids'
import { appendEvent, defineEvent, type EventHandler } from '@platen/kit/outbox'
import { withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestBench, type TestBench } from '../../testing/bench.ts'
import { openTestSite, type TestSite } from '../../testing/site.ts'

let a: TestSite
let b: TestSite
beforeAll(async () => {
  ;[a, b] = await Promise.all([openTestSite('anvil'), openTestSite('bellows')])
})
afterAll(() => Promise.all([a.close(), b.close()]))

const png = (size: number) =>
  Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex'), Buffer.alloc(size)])

const ThingHappened = defineEvent({
  type: 'ThingHappened',
  version: 1,
  aggregate: 'thing',
  description: 'Only here.',
  payload: z.strictObject({}),
})

/** Remembers what it was given. */
function aRecorder(name: string): { handler: EventHandler; seen: string[] } {
  const seen: string[] = []
  return {
    handler: { name, types: ['ThingHappened'], send: async ({ aggregateId }) => void seen.push(aggregateId) },
    seen,
  }
}

/** As a process that died after its commit and before its nudge. */
async function commitAndDie(site: TestSite, count = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, newId)
  for (const aggregateId of ids) {
    const event = ThingHappened.of(aggregateId, {})
    await withScope(site.database.db, { tenantId: site.id }, (tx) => appendEvent(tx, site.id, event))
  }
  return ids
}

async function withBench(options: Parameters<typeof openTestBench>[0], work: (bench: TestBench) => Promise<void>) {
  const bench = await openTestBench(options)
  try {
    await work(bench)
  } finally {
    await bench.close()
  }
}

describe('what a request appended', () => {
  test('is delivered by its own process at once, without a sweep: the replaced picture is removed', () =>
    withBench({ handlersOf: (site) => commerceHandlers(site.resources().objects) }, async (bench) => {
      bench.serve(a.entry(bench.sealingKey))
      const token = await bench.tokenOf(a)
      const body = { sku: 'LAMPE', name: 'Lampe', unitPrice: { amount: '1.00', currency: 'EUR' } }
      const { id } = (await bench.call(a, 'POST', '/products', { token, body })).body
      const upload = (size: number) =>
        bench.call(a, 'PUT', `/products/${String(id)}/picture`, {
          token,
          body: png(size),
          headers: { 'content-type': 'image/png' },
        })
      expect((await upload(50)).status).toBe(200)
      const [first] = await bench.objects.list(`sites/${a.id}`)
      const answer = await upload(60)
      expect(answer.status).toBe(200)
      await eventually(async () => {
        const keys = (await bench.objects.list(`sites/${a.id}`)).map(({ key }) => key)
        expect(keys).toHaveLength(1)
        expect(keys).not.toContain(first?.key)
        return true
      })
      // The link in the answer is for the host of the site and shows the picture.
      const { url } = answer.body['picture'] as { url: string }
      expect(url).toMatch(/^https:\/\/anvil\.platen\.test:32443\/api\/v1\/files\//)
      expect((await bench.call(a, 'GET', url.replace(/^https:\/\/[^/]+/, ''))).status).toBe(200)
    }))
})

describe('what a dead process left behind', () => {
  test('is delivered by the sweep, to sites with visitors and to those without', async () => {
    const recorder = aRecorder('test.sweep')
    await withBench({ handlersOf: () => [recorder.handler], sweepMs: 20 }, async (bench) => {
      bench.serve(a.entry(bench.sealingKey), b.entry(bench.sealingKey))
      await bench.call(a, 'GET', '/status')
      const ids = [...(await commitAndDie(a)), ...(await commitAndDie(b, 2))]
      bench.deliveries.start()
      await eventually(() => recorder.seen.length >= ids.length)
      expect(recorder.seen.toSorted()).toEqual(ids.toSorted())
    })
  })

  test('of a suspended site waits until it is resumed', async () => {
    const recorder = aRecorder('test.suspended')
    await withBench({ handlersOf: () => [recorder.handler], sweepMs: 20 }, async (bench) => {
      bench.serve(a.entry(bench.sealingKey, { state: 'suspended' }), b.entry(bench.sealingKey))
      const [waiting] = await commitAndDie(a)
      const [other] = await commitAndDie(b)
      bench.deliveries.start()
      await eventually(() => recorder.seen.includes(other ?? ''))
      expect(recorder.seen).not.toContain(waiting)
      bench.serve(a.entry(bench.sealingKey), b.entry(bench.sealingKey))
      await eventually(() => recorder.seen.includes(waiting ?? ''))
    })
  })

  test('is delivered once by two processes that sweep the same site', async () => {
    const recorder = aRecorder('test.two-processes')
    const options = { handlersOf: () => [recorder.handler], sweepMs: 10 }
    await withBench(options, (one) =>
      withBench(options, async (other) => {
        for (const bench of [one, other]) bench.serve(a.entry(bench.sealingKey))
        const ids = await commitAndDie(a, 30)
        for (const bench of [one, other]) bench.deliveries.start()
        await eventually(() => recorder.seen.length >= 30, { timeoutMs: 15_000 })
        expect(recorder.seen.toSorted()).toEqual(ids.toSorted())
      }),
    )
  })
})

test('nudges during a delivery are not lost and do not run beside it', async () => {
  let [running, most] = [0, 0]
  const seen: string[] = []
  const handler: EventHandler = {
    name: 'test.beside',
    types: ['ThingHappened'],
    async send({ aggregateId }) {
      running += 1
      most = Math.max(most, running)
      await Promise.resolve()
      seen.push(aggregateId)
      running -= 1
    },
  }
  await withBench({ handlersOf: () => [handler] }, async (bench) => {
    bench.serve(a.entry(bench.sealingKey))
    const site = bench.registry.byId(a.id)
    if (site === undefined) throw new Error('the site is not served')
    const ids: string[] = []
    for (let n = 0; n < 5; n += 1) {
      ids.push(...(await commitAndDie(a)))
      bench.deliveries.nudge(site)
    }
    await eventually(() => ids.every((id) => seen.includes(id)))
    expect(most).toBe(1)
  })
})

test('a site whose database is gone does not stop the deliveries of its neighbour', async () => {
  const recorder = aRecorder('test.neighbour')
  await withBench({ handlersOf: () => [recorder.handler], sweepMs: 20 }, async (bench) => {
    const entry = a.entry(bench.sealingKey)
    bench.serve({ ...entry, database: { ...entry.database, host: '/nowhere' } }, b.entry(bench.sealingKey))
    const [id] = await commitAndDie(b)
    bench.deliveries.start()
    await eventually(() => recorder.seen.includes(id ?? ''))
  })
})
