import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { divideRounded, SCALE, toUnits } from './decimal.ts'
import { computeTotals, MAX_AMOUNT_CENTS, splitByLargestRemainder, type Basket, type Totals } from './totals.ts'
import { refuseVat, VAT_CATEGORIES, type VatCategory } from './vat.ts'

function aLine(unitPrice: string, rate: string, quantity = '1', discountPercent: string | null = null) {
  const category: VatCategory = rate === '0' ? 'Z' : 'S'
  return {
    quantity: toUnits(quantity, SCALE.quantity),
    unitPrice: toUnits(unitPrice, SCALE.unitPrice),
    discountPercent: discountPercent === null ? null : toUnits(discountPercent, SCALE.percent),
    vat: { category, rate: toUnits(rate, SCALE.percent) },
  }
}

function totalsOf(basket: Basket): Totals {
  const totals = computeTotals(basket)
  if ('code' in totals) throw new Error(totals.detail)
  return totals
}

describe('totals of a document', () => {
  it('T19: 164.02 at 2.6 % owes 4.26 of VAT', () => {
    expect(totalsOf({ lines: [aLine('164.02', '2.6')], discount: null }).vatTotalCents).toBe(426n)
  })

  it('T19: three lines of 1.03 at 5.5 % owe 0.17, not three times 0.06', () => {
    const lines = [aLine('1.03', '5.5'), aLine('1.03', '5.5'), aLine('1.03', '5.5')]
    expect(totalsOf({ lines, discount: null }).vatTotalCents).toBe(17n)
  })

  it('T20: 24.99 at 10.75 % and 6.44 untaxed make 34.12', () => {
    const lines = [aLine('24.99', '10.75'), aLine('6.44', '0')]
    expect(totalsOf({ lines, discount: null }).grossCents).toBe(3412n)
  })

  it('T22: 0.3333 x 12.345678 is a net of 4.11, and the base is the sum of such nets', () => {
    const lines = [aLine('12.345678', '20', '0.3333'), aLine('12.345678', '20', '0.3333')]
    const totals = totalsOf({ lines, discount: null })
    expect(totals.lineNetsCents).toEqual([411n, 411n])
    expect(totals.vat.map((row) => row.baseCents)).toEqual([822n])
  })

  it('T23: a discount of 10.00 over three rates takes exactly 10.00 off the bases', () => {
    const lines = [aLine('33.33', '20'), aLine('33.33', '10'), aLine('33.33', '5.5')]
    const totals = totalsOf({ lines, discount: { cents: 1000n } })
    expect(totals.vat.map((row) => row.discountCents)).toEqual([334n, 333n, 333n])
    expect(totals.vat.map((row) => row.baseCents)).toEqual([2999n, 3000n, 3000n])
    expect(totals.netCents).toBe(8999n)
  })

  it('rounds a discounted line once: half of 0.05 is 0.03', () => {
    expect(totalsOf({ lines: [aLine('0.05', '20', '1', '50')], discount: null }).netCents).toBe(3n)
  })

  it('takes a document percentage of the lines', () => {
    const totals = totalsOf({ lines: [aLine('99.99', '20'), aLine('0.01', '10')], discount: { percent: 1250n } })
    expect(totals.discountCents).toBe(1250n)
    expect(totals.netCents).toBe(8750n)
  })

  it('keeps category and rate apart and prints the highest rate first', () => {
    const exempt = { ...aLine('5', '0'), vat: { category: 'E' as const, rate: 0n } }
    const rows = totalsOf({ lines: [aLine('1', '0'), exempt, aLine('1', '20')], discount: null }).vat
    expect(rows.map((row) => `${row.category} ${row.rate}`)).toEqual(['S 2000', 'E 0', 'Z 0'])
  })

  it('an empty basket is worth nothing', () => {
    expect(totalsOf({ lines: [], discount: null })).toMatchObject({ netCents: 0n, grossCents: 0n, vat: [] })
  })

  it('refuses a discount above the lines, and any discount on nothing', () => {
    expect(computeTotals({ lines: [aLine('9.99', '20')], discount: { cents: 1000n } })).toMatchObject({
      code: 'discount-exceeds-total',
    })
    expect(computeTotals({ lines: [], discount: { cents: 1n } })).toMatchObject({ code: 'discount-exceeds-total' })
    expect(computeTotals({ lines: [aLine('9.99', '20')], discount: { cents: -1n } })).toMatchObject({
      code: 'discount-exceeds-total',
    })
  })

  it('refuses amounts that no column could hold', () => {
    const lines = [aLine('999999999', '20', '999999999')]
    expect(computeTotals({ lines, discount: null })).toMatchObject({ code: 'amount-too-large' })
    expect(MAX_AMOUNT_CENTS).toBeLessThan(2n ** 63n)
  })
})

const vatArbitrary = fc.oneof(
  fc.bigInt(1n, 10_000n).map((rate) => ({ category: 'S' as const, rate })),
  fc.constantFrom(2000n, 1000n, 550n, 210n).map((rate) => ({ category: 'S' as const, rate })),
  fc.constantFrom(...VAT_CATEGORIES.filter((category) => category !== 'S')).map((category) => ({ category, rate: 0n })),
)
const lineArbitrary = fc.record({
  quantity: fc.bigInt(1n, 10_000_000n),
  unitPrice: fc.bigInt(0n, 10_000_000_000n),
  discountPercent: fc.option(fc.bigInt(0n, 10_000n)),
  vat: vatArbitrary,
})
const basketArbitrary = fc
  .record({
    lines: fc.array(lineArbitrary, { maxLength: 12 }),
    percent: fc.bigInt(0n, 10_000n),
    kind: fc.constantFrom('none', 'percent', 'amount'),
  })
  .map(({ lines, percent, kind }): Basket => {
    if (kind === 'none') return { lines, discount: null }
    if (kind === 'percent') return { lines, discount: { percent } }
    const { linesNetCents } = totalsOf({ lines, discount: null })
    return { lines, discount: { cents: (linesNetCents * percent) / 10_000n } }
  })

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n)

describe('10,000 random baskets', () => {
  it('every total is the sum of its parts, every base the exact sum of its lines less its part of the discount', () => {
    fc.assert(
      fc.property(basketArbitrary, (basket) => {
        const totals = totalsOf(basket)
        expect(sum(totals.lineNetsCents)).toBe(totals.linesNetCents)
        expect(sum(totals.vat.map((row) => row.discountCents))).toBe(totals.discountCents)
        expect(sum(totals.vat.map((row) => row.baseCents))).toBe(totals.netCents)
        expect(sum(totals.vat.map((row) => row.amountCents))).toBe(totals.vatTotalCents)
        expect(totals.netCents + totals.vatTotalCents).toBe(totals.grossCents)
        for (const row of totals.vat) {
          const nets = totals.lineNetsCents.filter((_, index) => {
            const vat = basket.lines[index]?.vat
            return vat?.category === row.category && vat.rate === row.rate
          })
          expect(row.baseCents).toBe(sum(nets) - row.discountCents)
          expect(row.baseCents).toBeGreaterThanOrEqual(0n)
          expect(row.amountCents).toBe(divideRounded(row.baseCents * row.rate, 10_000n))
        }
      }),
      { numRuns: 10_000 },
    )
  }, 60_000)

  it('T21: the mirror basket has exactly the opposite of every row and total', () => {
    fc.assert(
      fc.property(basketArbitrary, (basket) => {
        const totals = totalsOf(basket)
        const mirror = totalsOf({
          lines: basket.lines.map((line) => ({ ...line, quantity: -line.quantity })),
          discount: basket.discount && 'cents' in basket.discount ? { cents: -basket.discount.cents } : basket.discount,
        })
        expect(mirror).toEqual({
          ...totals,
          lineNetsCents: totals.lineNetsCents.map((cents) => -cents),
          linesNetCents: -totals.linesNetCents,
          discountCents: -totals.discountCents,
          netCents: -totals.netCents,
          vatTotalCents: -totals.vatTotalCents,
          grossCents: -totals.grossCents,
          vat: totals.vat.map((row) => ({
            ...row,
            discountCents: -row.discountCents,
            baseCents: -row.baseCents,
            amountCents: -row.amountCents,
          })),
        })
      }),
      { numRuns: 10_000 },
    )
  }, 60_000)

  it('the parts of a split sum to the amount whatever the signs of the weights', () => {
    const weights = fc.array(fc.bigInt(-100_000n, 100_000n), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.bigInt(-1_000_000n, 1_000_000n), weights, (amount, shares) => {
        fc.pre(sum(shares) !== 0n)
        const parts = splitByLargestRemainder(amount, shares)
        expect(sum(parts)).toBe(amount)
        expect(splitByLargestRemainder(-amount, shares)).toEqual(parts.map((part) => -part))
      }),
      { numRuns: 10_000 },
    )
  }, 60_000)
})

describe('VAT categories', () => {
  it.each([
    ['S', 2000n, true],
    ['S', 10_000n, true],
    ['S', 0n, false],
    ['S', 10_001n, false],
    ['S', -1n, false],
    ['E', 0n, true],
    ['AE', 0n, true],
    ['K', 0n, true],
    ['G', 0n, true],
    ['O', 0n, true],
    ['Z', 0n, true],
    ['Z', 1n, false],
    ['AE', 2000n, false],
  ] as const)('%s at %d hundredths of a percent: allowed is %s', (category, rate, allowed) => {
    expect(refuseVat({ category, rate }) === undefined).toBe(allowed)
  })
})
