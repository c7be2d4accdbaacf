import { describe, expect, test } from 'vitest'
import { queues, queuesInTurn, type Queue } from './queues.ts'

const nothing = { high: 0, default: 0, low: 0 }

test('high comes before default before low', () => {
  expect(queuesInTurn(0, nothing, 5)).toEqual(['high', 'default', 'low'])
})

test('every queue is first once in eight turns, high in most', () => {
  const first = Array.from({ length: 8 }, (_, turn) => queuesInTurn(turn, nothing, 5)[0])
  const times = (queue: Queue) => first.filter((one) => one === queue).length
  expect([times('high'), times('default'), times('low')]).toEqual([5, 2, 1])
})

describe('of five places', () => {
  test.each([
    ['low ones take two at most', { high: 0, default: 0, low: 2 }, ['high', 'default']],
    ['default and low leave one to high', { high: 0, default: 2, low: 2 }, ['high']],
    ['high ones may take all', { high: 4, default: 0, low: 0 }, ['high', 'default', 'low']],
    ['none is left when five run', { high: 3, default: 1, low: 1 }, []],
  ])('%s', (_what, running, expected) => expect(queuesInTurn(0, running, 5)).toEqual(expected))
})

test('a single place is open to all', () => {
  expect(queuesInTurn(0, nothing, 1)).toEqual([...queues])
  expect(queuesInTurn(0, { ...nothing, low: 1 }, 1)).toEqual([])
})
