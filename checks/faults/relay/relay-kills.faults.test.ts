import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DeliveryPoint } from '../../../kit/outbox/index.ts'
import { endOf, isDone, relayWorld, seenIn, type RelayWorld } from './relay-world.ts'

const leaseMs = 500
const events = 60
const points: DeliveryPoint[] = [
  'distributing',
  'claiming',
  'claimed',
  'handled',
  'undone',
  'sent',
  'marking',
  'marked',
]
/** How often each point is reached before it kills: the first time, and later, of effects in the middle of a batch. */
const times = (point: DeliveryPoint): number[] =>
  point === 'distributing' ? [1] : point === 'handled' ? [1, 25] : [1, 4]
/** One batch has sound effects before and after failed ones. */
const failFirst = [3]

let world: RelayWorld
beforeEach(async () => {
  world = await relayWorld()
})
afterEach(() => world.close())

test.each(points.flatMap((point) => times(point).map((time) => [point, time] as const)))(
  'a relay that is killed with -9 at "%s", time %i: effects once, order kept, nothing lost',
  async (point, time) => {
    await world.append(events, 7)
    expect(await endOf(world.startWorker({ leaseMs, failFirst, killAt: { point, time } }))).toBe('SIGKILL')
    expect(await isDone(world.app)).toBe(false)
    expect(await endOf(world.startWorker({ leaseMs, failFirst }))).toBe('0')
    expect(await seenIn(world, 'effects')).toEqual({ events, again: 0, outOfOrder: 0 })
    expect(await seenIn(world, 'books')).toEqual({ events, again: 0, outOfOrder: 0 })
    // At least once, and twice only where it was killed.
    const outside = await seenIn(world, 'receipts')
    expect(outside).toMatchObject({ events, outOfOrder: 0 })
    expect(outside.again).toBeLessThanOrEqual(1)
  },
  60_000,
)
