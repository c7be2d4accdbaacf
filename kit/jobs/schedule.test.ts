import { describe, expect, test } from 'vitest'
import { parseSchedule } from './schedule.ts'

const paris = (cron: string): ReturnType<typeof parseSchedule> => parseSchedule(cron, 'Europe/Paris')

/** All due minutes of a day of UTC. */
function dueOn(day: string, schedule: ReturnType<typeof parseSchedule>): string[] {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  return Array.from({ length: 1_440 }, (_, minute) => new Date(midnight + minute * 60_000))
    .filter((minute) => schedule.isDue(minute))
    .map((minute) => minute.toISOString().slice(11, 16))
}

test.each([
  ['in winter', '2026-01-15', ['01:30']],
  ['in summer', '2026-07-15', ['00:30']],
  ['when the clock falls back: once, at the first of the two', '2026-10-25', ['00:30']],
  ['when the clock jumps ahead over it: at the jump', '2026-03-29', ['01:00']],
])('half past two in Paris is due %s', (_title, day, expected) => {
  expect(dueOn(day, paris('30 2 * * *'))).toEqual(expected)
})

test('every fifteen minutes goes on through both changes of the clock', () => {
  expect(dueOn('2026-10-25', paris('*/15 * * * *'))).toHaveLength(96)
  expect(dueOn('2026-03-29', paris('*/15 * * * *'))).toHaveLength(96)
})

test('weekdays and days of the month are those of the zone', () => {
  // Monday in Auckland begins on Sunday noon of UTC.
  expect(dueOn('2026-11-22', parseSchedule('0 1 * * 1', 'Pacific/Auckland'))).toEqual(['12:00'])
  expect(dueOn('2026-11-30', parseSchedule('0 1 1 * *', 'Pacific/Auckland'))).toEqual(['12:00'])
})

describe('the last due minute', () => {
  const nightly = parseSchedule('0 3 * * *', 'UTC')
  const at = (text: string): Date => new Date(`2026-05-${text}Z`)

  test.each([
    ['is the minute itself', at('10T02:59:30'), at('10T03:00:10'), at('10T03:00:00')],
    ['is found after a long absence, once', at('07T03:00:00'), at('10T09:00:00'), at('10T03:00:00')],
    ['does not come again', at('10T03:00:00'), at('10T09:00:00'), undefined],
  ])('%s', (_title, after, until, expected) => expect(nightly.lastDue(after, until)).toEqual(expected))
})

test('a bad line and an unknown zone are refused', () => {
  expect(() => parseSchedule('61 * * * *', 'UTC')).toThrow(/61/)
  expect(() => parseSchedule('* * * * *', 'Europe/Nowhere')).toThrow(RangeError)
})
