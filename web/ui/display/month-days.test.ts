import { expect, test } from 'vitest'
import { addMonths, dayOf, monthOf, noonOf, weeksOf } from './month-days.ts'

test('a month is weeks that begin on Monday, and nothing of its neighbours', () => {
  const weeks = weeksOf('2026-11')
  expect(weeks).toHaveLength(6)
  expect(weeks[0]).toEqual([null, null, null, null, null, null, '2026-11-01'])
  expect(weeks[1]?.[0]).toBe('2026-11-02')
  expect(weeks[5]).toEqual(['2026-11-30', null, null, null, null, null, null])
})

test('a February of 28 days that begins on Monday is four weeks', () => {
  expect(weeksOf('2027-02')).toHaveLength(4)
  expect(weeksOf('2028-02').flat()).toContain('2028-02-29')
})

test('months follow each other over the end of a year', () => {
  expect([addMonths('2026-12', 1), addMonths('2026-01', -1), addMonths('2026-03', 0)]).toEqual([
    '2027-01',
    '2025-12',
    '2026-03',
  ])
})

test('a moment falls on the day that the reader has', () => {
  const evening = new Date(2026, 10, 28, 23, 59)
  expect([dayOf(evening), monthOf(evening), dayOf(noonOf('2026-11-28'))]).toEqual([
    '2026-11-28',
    '2026-11',
    '2026-11-28',
  ])
})
