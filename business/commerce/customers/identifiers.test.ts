import { describe, expect, it } from 'vitest'
import { isSiren, isSiret, isVatNumber } from './identifiers.ts'

describe('SIREN and SIRET', () => {
  it.each(['732829320', '552100554', '356000000', '443061841'])('%s is a SIREN', (text) =>
    expect(isSiren(text)).toBe(true),
  )

  it.each(['732829321', '73282932', '7328293200', 'ABCDEFGHI', ''])('"%s" is not', (text) =>
    expect(isSiren(text)).toBe(false),
  )

  it.each(['73282932000074', '35600000000048', '35600000049837'])('%s is a SIRET', (text) =>
    expect(isSiret(text)).toBe(true),
  )

  it.each(['73282932000075', '35600000049838', '7328293200007', '73282932100074'])('"%s" is not', (text) =>
    expect(isSiret(text)).toBe(false),
  )
})

describe('VAT numbers', () => {
  it.each([
    'FR40303265045',
    'FR23334175221',
    'FR44732829320',
    'FRK7399859412',
    'DE136695976',
    'BE0123456749',
    'EL094259216',
    'ATU12345678',
    'NL123456789B01',
    'XI123456789',
    'ESX1234567X',
    'IE6433435F',
  ])('%s is well-formed', (text) => expect(isVatNumber(text)).toBe(true))

  it.each([
    'FR41303265045',
    'FR44732829321',
    'FRO0732829320',
    'GB123456789',
    'GR094259216',
    'DE12345678',
    'US123456789',
    '',
    'FR',
  ])('"%s" is not', (text) => expect(isVatNumber(text)).toBe(false))
})
