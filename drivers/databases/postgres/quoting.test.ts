import { expect, test } from 'vitest'
import { Secret } from '@platen/kit/secrets'
import { count, ident, literal } from './quoting.ts'
import { scramVerifier } from './scram.ts'

test.each(['a', 's_0abc', 'platen_site_owner', `a${'b'.repeat(62)}`])('%s is a name', (name) => {
  expect(ident(name)).toBe(name)
})

test.each(['', 'A', '_a', '1', 'a.b', 'a"', "a'", 'a--', 'a;', 'a\n', 'ä', `a${'b'.repeat(63)}`])(
  '%j is no name',
  (name) => {
    expect(() => ident(name)).toThrow('not a database or role name')
  },
)

test('a text literal cannot be left', () => {
  expect(literal("it's")).toBe("'it''s'")
  expect(literal(String.raw`\'; drop`)).toBe(String.raw` E'\\''; drop'`)
  expect(() => literal('a\0b')).toThrow('NUL')
})

test.each([1.5, Number.NaN, -2, Number.POSITIVE_INFINITY])('%d is no limit', (value) => {
  expect(() => count(value)).toThrow('not a limit')
})

// Test vector of RFC 7677: user, pencil, the salt and iterations of the RFC.
test('the SCRAM verifier is what RFC 7677 computes', async () => {
  const verifier = await scramVerifier(new Secret('pencil'), Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))
  expect(verifier).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  )
})
