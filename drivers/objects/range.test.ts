import { expect, test } from 'vitest'
import { parseRangeHeader } from './range.ts'

test.each([
  ['bytes=0-3', { start: 0, end: 3 }],
  ['bytes=4-', { start: 4, end: 9 }],
  ['bytes=-3', { start: 7, end: 9 }],
  ['bytes=-300', { start: 0, end: 9 }],
  ['bytes=5-99', { start: 5, end: 9 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-2', undefined],
  ['bytes=0-1,3-4', undefined],
  ['bytes=-', undefined],
  ['lines=0-3', undefined],
  [undefined, undefined],
])('Range %s of ten bytes is %o', (header, expected) => {
  expect(parseRangeHeader(header, 10)).toEqual(expected)
})
