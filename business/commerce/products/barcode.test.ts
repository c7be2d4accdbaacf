import { describe, expect, it } from 'vitest'
import { isBarcode } from './barcode.ts'
import { isUnit, UNITS } from './units.ts'

describe('barcodes', () => {
  it.each(['96385074', '036000291452', '4006381333931', '3017620422003', '10614141000415'])('%s is a GTIN', (text) => {
    expect(isBarcode(text)).toBe(true)
  })

  it.each(['4006381333932', '400638133393', '', '40063813339311234', '400638133393A', ' 4006381333931'])(
    '"%s" is not',
    (text) => {
      expect(isBarcode(text)).toBe(false)
    },
  )
})

describe('units', () => {
  it('are listed once, in two languages', () => {
    expect(new Set(UNITS.map(({ code }) => code)).size).toBe(UNITS.length)
    for (const { en, fr } of UNITS) expect(Math.min(en.length, fr.length)).toBeGreaterThan(0)
    expect([isUnit('C62'), isUnit('c62'), isUnit('XYZ')]).toEqual([true, false, false])
  })
})
