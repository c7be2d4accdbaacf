/** Identification numbers, checked offline: a wrong digit is found while typing, a directory being down stops nobody. */

const LA_POSTE_SIREN = '356000000'
const VAT_KEY_ALPHABET = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'

export function isSiren(text: string): boolean {
  return /^\d{9}$/.test(text) && luhnSum(text) % 10 === 0
}

/** La Poste has more establishments than Luhn numbers: its SIRETs pass when their digits sum to a multiple of 5. */
export function isSiret(text: string): boolean {
  if (!/^\d{14}$/.test(text) || !isSiren(text.slice(0, 9))) return false
  if (luhnSum(text) % 10 === 0) return true
  return text.startsWith(LA_POSTE_SIREN) && text.split('').reduce((sum, digit) => sum + Number(digit), 0) % 5 === 0
}

/** True for a well-formed VAT number of the EU or Northern Ireland; for France the key is checked too. */
export function isVatNumber(text: string): boolean {
  const country = text.slice(0, 2)
  if (country === 'FR') return isFrenchVatNumber(text)
  return EU_VAT_FORMATS.get(country)?.test(text.slice(2)) ?? false
}

/** The SIREN inside a French VAT number. */
export function sirenOfVatNumber(vatNumber: string): string | undefined {
  return vatNumber.startsWith('FR') ? vatNumber.slice(4) : undefined
}

function isFrenchVatNumber(text: string): boolean {
  const match = /^FR([0-9A-HJ-NP-Z]{2})(\d{9})$/.exec(text)
  if (!match) return false
  const [, key = '', siren = ''] = match
  // Monaco's companies are in the French VAT area without a SIREN: their numbers start with 000.
  if (!siren.startsWith('000') && !isSiren(siren)) return false
  return /^\d\d$/.test(key) ? Number(key) === Number(`${siren}12`) % 97 : hasLetterKey(key, siren)
}

// The key with a letter, for the day numbers run out; rule as in python-stdnum (stdnum.fr.tva).
function hasLetterKey(key: string, siren: string): boolean {
  const first = VAT_KEY_ALPHABET.indexOf(key.charAt(0))
  const second = VAT_KEY_ALPHABET.indexOf(key.charAt(1))
  const check = /^\d/.test(key) ? first * 24 + second - 10 : first * 34 + second - 100
  return (Number(siren) + 1 + Math.floor(check / 11)) % 11 === check % 11
}

// Every second digit from the right counts double, digit by digit.
function luhnSum(digits: string): number {
  return digits
    .split('')
    .toReversed()
    .reduce((sum, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2)
      return sum + (value > 9 ? value - 9 : value)
    }, 0)
}

// Structures published for VIES (ec.europa.eu/taxation_customs/vies, FAQ 11); check digits are left to VIES itself.
const EU_VAT_FORMATS: ReadonlyMap<string, RegExp> = new Map([
  ['AT', /^U\d{8}$/],
  ['BE', /^[01]\d{9}$/],
  ['BG', /^\d{9,10}$/],
  ['CY', /^\d{8}[A-Z]$/],
  ['CZ', /^\d{8,10}$/],
  ['DE', /^\d{9}$/],
  ['DK', /^\d{8}$/],
  ['EE', /^\d{9}$/],
  ['EL', /^\d{9}$/],
  ['ES', /^([A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z])$/],
  ['FI', /^\d{8}$/],
  ['HR', /^\d{11}$/],
  ['HU', /^\d{8}$/],
  ['IE', /^(\d[0-9A-Z+*]\d{5}[A-Z]|\d{7}[A-W][A-I]?)$/],
  ['IT', /^\d{11}$/],
  ['LT', /^(\d{9}|\d{12})$/],
  ['LU', /^\d{8}$/],
  ['LV', /^\d{11}$/],
  ['MT', /^\d{8}$/],
  ['NL', /^[A-Z0-9+*]{9}B[A-Z0-9+*]{2}$/],
  ['PL', /^\d{10}$/],
  ['PT', /^\d{9}$/],
  ['RO', /^\d{2,10}$/],
  ['SE', /^\d{10}01$/],
  ['SI', /^\d{8}$/],
  ['SK', /^\d{10}$/],
  ['XI', /^(\d{9}|\d{12}|GD\d{3}|HA\d{3})$/],
])
