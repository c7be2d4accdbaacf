import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { divideRounded, formatUnits, parseDecimal, toUnits } from './decimal.ts'

describe('decimals', () => {
  it.each([
    ['12.345678', 6, 12_345_678n],
    ['0.3333', 4, 3_333n],
    ['-7', 2, -700n],
    ['100', 0, 100n],
  ])('reads %s at scale %d', (text, scale, units) => {
    expect(parseDecimal(text, scale)).toBe(units)
  })

  it.each(['', '-', '.5', '5.', '1e3', '0x10', '1,5', '+1', ' 1', '1.234', 'NaN', '1_000'])(
    'does not take "%s" for an amount',
    (text) => {
      expect(parseDecimal(text, 2)).toBeUndefined()
      expect(() => toUnits(text, 2)).toThrow(RangeError)
    },
  )

  it('writes no useless zeros but keeps the decimals asked for', () => {
    expect(formatUnits(12_500_000n, 6, 2)).toBe('12.50')
    expect(formatUnits(123_456n, 6, 2)).toBe('0.123456')
    expect(formatUnits(30_000n, 4)).toBe('3')
    expect(formatUnits(-5n, 2, 2)).toBe('-0.05')
  })

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 17n), 10n ** 17n), fc.nat(6), (units, scale) => {
        expect(parseDecimal(formatUnits(units, scale), scale)).toBe(units)
      }),
    )
  })

  it('rounds half away from zero on both sides', () => {
    expect(divideRounded(25n, 10n)).toBe(3n)
    expect(divideRounded(-25n, 10n)).toBe(-3n)
    expect(divideRounded(25n, -10n)).toBe(-3n)
    expect(divideRounded(24n, 10n)).toBe(2n)
  })
})
