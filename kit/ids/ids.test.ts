import { describe, expect, test } from 'vitest'
import { isId, newId, opaqueName } from './index.ts'

describe('newId', () => {
  test('is a version 7 uuid of the current time', () => {
    const beforeMs = Date.now()
    const id = newId()
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const timeMs = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
    expect(timeMs).toBeGreaterThanOrEqual(beforeMs)
    expect(timeMs).toBeLessThan(beforeMs + 1_000)
  })

  test('ids sort in the order in which they were made, many within one millisecond', () => {
    const ids = Array.from({ length: 20_000 }, newId)
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('isId', () => {
  test.each([
    '',
    'abc',
    '0190A1B2-0000-7000-8000-000000000000',
    "0190a1b2-0000-7000-8000-000000000000'",
    '0190a1b2000070008000000000000000',
  ])('refuses "%s"', (text) => {
    expect(isId(text)).toBe(false)
  })
})

describe('opaqueName', () => {
  test('is 26 characters of base32 that carry all bits', () => {
    expect(opaqueName('00000000-0000-0000-0000-000000000000')).toBe('0'.repeat(26))
    expect(opaqueName('ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe(`7${'z'.repeat(25)}`)
    expect(opaqueName('00000000-0000-0000-0000-000000000021')).toBe(`${'0'.repeat(24)}11`)
  })

  test('sorts like the ids and differs where they differ', () => {
    const names = Array.from({ length: 1_000 }, () => opaqueName(newId()))
    expect(names.toSorted()).toEqual(names)
    expect(new Set(names).size).toBe(1_000)
  })

  test('refuses what is not an id', () => {
    expect(() => opaqueName('x"; drop database platen')).toThrow(RangeError)
  })
})
