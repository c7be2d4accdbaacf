import { expect, test } from 'vitest'
import { daysLeft } from './days-left.ts'

const until = '2026-12-28T12:00:00Z'

test.each([
  ['2026-11-28T12:00:00Z', 30],
  ['2026-12-27T13:00:00Z', 1],
  ['2026-12-28T12:00:00Z', 0],
  ['2026-12-29T12:00:00Z', 0],
])('at %s there are %s days left', (now, days) => expect(daysLeft(until, Date.parse(now))).toBe(days))
