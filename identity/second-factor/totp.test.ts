import { describe, expect, test } from 'vitest'
import { base32 } from './base32.ts'
import { hotp, matchingStep, otpauthUrl, stepAt } from './totp.ts'

/** The key of the RFCs' test vectors. */
const key = Buffer.from('12345678901234567890')

describe('one-time codes', () => {
  test.each(
    '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'
      .split(' ')
      .map((code, counter) => [counter, code]),
  )('are those of RFC 4226 appendix D for counter %i', (counter, code) => {
    expect(hotp(key, Number(counter))).toBe(code)
  })

  // Appendix B has eight digits; ours are the last six of them.
  test.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('are those of RFC 6238 appendix B at second %i', (second, code) => {
    expect(hotp(key, stepAt(second * 1000))).toBe(code.slice(2))
  })

  test('count in their step and in the one before and after, and in no other', () => {
    const nowMs = 1_800_000_000_000
    const present = stepAt(nowMs)
    const accepted = [-2, -1, 0, 1, 2].filter(
      (away) => matchingStep(key, hotp(key, present + away), nowMs) === present + away,
    )
    expect(accepted).toEqual([-1, 0, 1])
    for (const code of ['', '000', '0000000', 'abcdef']) expect(matchingStep(key, code, nowMs)).toBeUndefined()
  })
})

test('the secret is written as in RFC 4648, for apps that take it by hand or from a URL', () => {
  expect(base32(Buffer.from('fooba'))).toBe('MZXW6YTB')
  expect(base32(key)).toHaveLength(32)
  expect(otpauthUrl(key, { place: 'console.platen.test', email: 'anne+b@example.fr' })).toBe(
    `otpauth://totp/console.platen.test:anne%2Bb%40example.fr?secret=${base32(key)}&issuer=console.platen.test&algorithm=SHA1&digits=6&period=30`,
  )
})
