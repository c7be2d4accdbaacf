import { expect, test } from 'vitest'
import { eventually } from '@platen/kit/testing'
import { SiteTurns } from './site-turns.ts'

const minuteMs = 60_000
const turns = (options = {}) =>
  new SiteTurns({ atOnce: 2, atOnceAlone: 4, sliceMs: minuteMs, presenceMs: minuteMs, maxWaiting: 3, ...options })

/** Takes a turn and notes in `order` when it has come. */
function asks(of: SiteTurns, site: string, name: string, order: string[], client = 'client') {
  return of.take(site, client).then((giveBack) => {
    order.push(giveBack === undefined ? `${name} refused` : name)
    return giveBack
  })
}

test('while others are at work few of a site run at once, the rest in the order they came; others do not wait', async () => {
  const of = turns()
  const order: string[] = []
  await asks(of, 'two', 'other', order)
  const [first] = await Promise.all([asks(of, 'one', 'a', order), asks(of, 'one', 'b', order)])
  const waiting = [asks(of, 'one', 'c', order), asks(of, 'one', 'd', order)]
  await asks(of, 'two', 'another', order)
  expect(order).toEqual(['other', 'a', 'b', 'another'])
  first?.()
  const third = await waiting[0]
  expect(order).toEqual(['other', 'a', 'b', 'another', 'c'])
  third?.()
  await waiting[1]
  expect(order.at(-1)).toBe('d')
})

test('a site that is alone has more turns at once', async () => {
  const of = turns()
  const order: string[] = []
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => asks(of, 'one', name, order)))
  expect(order).toEqual(['a', 'b', 'c', 'd'])
})

test('a turn that is given back twice counts once', async () => {
  const of = turns({ atOnceAlone: 1 })
  const order: string[] = []
  const first = await asks(of, 'one', 'a', order)
  const waiting = [asks(of, 'one', 'b', order), asks(of, 'one', 'c', order)]
  first?.()
  first?.()
  await waiting[0]
  expect(order).toEqual(['a', 'b'])
})

test('a request that takes long does not keep those behind it for longer than its slice', async () => {
  const of = turns({ atOnceAlone: 1, sliceMs: 5 })
  const order: string[] = []
  await asks(of, 'one', 'long', order)
  await asks(of, 'one', 'quick', order)
  expect(order).toEqual(['long', 'quick'])
})

test('while others are at work, a site with a line rests as long as its turn took', async () => {
  const of = turns({ atOnce: 1 })
  const order: string[] = []
  await asks(of, 'two', 'other', order)
  const first = await asks(of, 'one', 'a', order)
  const waiting = asks(of, 'one', 'b', order)
  const startedMs = performance.now()
  await eventually(() => (performance.now() - startedMs > 20 ? true : undefined), {
    describe: 'a turn that takes a while',
  })
  first?.()
  const gaveBackMs = performance.now()
  await waiting
  expect(performance.now() - gaveBackMs).toBeGreaterThan(15)
})

test('a line that is full refuses', async () => {
  const of = turns({ atOnceAlone: 1, maxWaiting: 1 })
  const order: string[] = []
  await asks(of, 'one', 'a', order)
  void asks(of, 'one', 'b', order)
  await asks(of, 'one', 'c', order)
  expect(order).toEqual(['a', 'c refused'])
})

test('a site that everybody has left has all its turns again', async () => {
  const of = turns({ atOnceAlone: 2 })
  const order: string[] = []
  for (let round = 0; round < 3; round += 1) {
    const taken = await Promise.all([asks(of, 'one', 'a', order), asks(of, 'one', 'b', order)])
    for (const giveBack of taken) giveBack?.()
  }
  expect(order.length).toBe(6)
})

test('who sends many requests keeps nobody else of the site waiting behind all of them', async () => {
  const of = turns({ atOnceAlone: 1, maxWaiting: 100 })
  const order: string[] = []
  const turn = await asks(of, 'one', 'a', order, 'flood')
  const waiting = ['b', 'c', 'd'].map((name) => asks(of, 'one', name, order, 'flood'))
  const visitors = ['first', 'second'].map((name) => asks(of, 'one', name, order, name))
  turn?.()
  for (const next of [waiting[0], ...visitors, waiting[1], waiting[2]]) (await next)?.()
  expect(order).toEqual(['a', 'b', 'first', 'second', 'c', 'd'])
})

test('a line that is full of one client has room for another', async () => {
  const of = turns({ atOnceAlone: 1, maxWaiting: 3 })
  const order: string[] = []
  const turn = await asks(of, 'one', 'a', order, 'flood')
  const [b, c, d] = ['b', 'c', 'd'].map((name) => asks(of, 'one', name, order, 'flood'))
  const visitor = asks(of, 'one', 'visitor', order, 'visitor')
  await d
  await asks(of, 'one', 'e', order, 'flood')
  turn?.()
  for (const next of [b, visitor, c]) (await next)?.()
  expect(order).toEqual(['a', 'd refused', 'e refused', 'b', 'visitor', 'c'])
})

test('a line that is full of as many clients refuses who comes last', async () => {
  const of = turns({ atOnceAlone: 1, maxWaiting: 2 })
  const order: string[] = []
  await asks(of, 'one', 'a', order)
  void asks(of, 'one', 'first', order, 'first')
  void asks(of, 'one', 'second', order, 'second')
  await asks(of, 'one', 'third', order, 'third')
  expect(order).toEqual(['a', 'third refused'])
})
