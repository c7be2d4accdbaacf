import { expect, test } from 'vitest'
import { createFormatter, isDecimalText, toDecimalText } from './format.ts'
import { preferredLanguage } from './i18n.ts'

/** Intl separates with no-break spaces of two kinds; the tests do not care which. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')

test('money is written as each language does', () => {
  const price = { amount: '1234.50', currency: 'EUR' }
  expect(plain(createFormatter('fr').money(price))).toBe('1 234,50 €')
  expect(plain(createFormatter('en').money(price))).toBe('€1,234.50')
})

test('unit prices keep up to six decimals and no digit is lost', () => {
  expect(plain(createFormatter('fr').money({ amount: '12.345678', currency: 'EUR' }))).toBe('12,345678 €')
  expect(plain(createFormatter('en').money({ amount: '9007199254740993.01', currency: 'EUR' }))).toBe(
    '€9,007,199,254,740,993.01',
  )
})

test('durations count in tenths up to ten seconds, then in seconds, then in minutes', () => {
  const { duration } = createFormatter('en')
  expect([duration(40), duration(9900), duration(12_400), duration(65_000)]).toEqual([
    '0.0 s',
    '9.9 s',
    '12 s',
    '1 min 05 s',
  ])
})

test.each([
  ['12,50', '12.50'],
  ['1 234,5', '1234.5'],
  ['1\u202f234.5', '1234.5'],
  [' 7 ', '7'],
])('%j typed is %j sent', (typed, sent) => expect(toDecimalText(typed)).toBe(sent))

test('decimal text is digits with a bounded number of decimals', () => {
  expect(['1', '1,5', '0.0001'].map((text) => isDecimalText(text, 4))).toEqual([true, true, true])
  expect(['', '-1', '1.00001', 'abc', '1e3'].map((text) => isDecimalText(text, 4))).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})

test('the first known language of the browser wins, English is the last resort', () => {
  expect(preferredLanguage(['de', 'fr-CA', 'en'])).toBe('fr')
  expect(preferredLanguage(['de'])).toBe('en')
})

test('days and months are written in full, weekdays from Monday on', () => {
  const { day, month, weekdays } = createFormatter('en')
  // Editions of the language data differ in the comma.
  expect([day('2026-11-28').replace(',', ''), month('2026-11'), weekdays()[0]]).toEqual([
    'Saturday 28 November 2026',
    'November 2026',
    { short: 'Mon', long: 'Monday' },
  ])
})
