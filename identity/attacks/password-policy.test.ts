import { hash } from '@node-rs/argon2'
import { one, sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword, passwordObjection } from '../index.ts'
import { verifyPassword } from '../passwords.ts'
import { openTestIdentity, visitor, type TestIdentity } from '../testing/identity.ts'

const long = 'Le vent se lève, il faut'

describe('a new password (attack 29, NIST SP 800-63B-4 section 3.1.1.2)', () => {
  test.each([
    ['15 characters', 'abcdefghijklmno'],
    ['no digit, no capital, no sign', 'sentier bleu vers la mer'],
    ['spaces only between words', 'a b c d e f g h'],
    ['64 characters', 'abcdefgh'.repeat(8)],
    ['512 characters', 'abcdefgh'.repeat(64)],
    ['emoji, counted as characters', '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤🦆'],
    ['Cyrillic', 'съешь ещё этих булок'],
    ['a common word among others', 'bonjour petit rossignol'],
    ['an e-mail with more around it', 'anne@example.fr et plus'],
  ])('may be %s', (_what, password) => {
    expect(passwordObjection(password, ['anne@example.fr', 'Anne'])).toBeUndefined()
  })

  test.each([
    ['14 characters', 'abcdefghijklmn', 'at least 15'],
    ['14 emoji of 28 code units', '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤', 'at least 15'],
    ['15 code points that are 14 in NFC', 'abcdefghijklme\u0301', 'at least 15'],
    ['513 characters', `${'abcdefgh'.repeat(64)}a`, 'longer than 512'],
    ['on the list', 'correcthorsebatterystaple', 'try first'],
    ['on the list in capitals', '1QAZ2wsx3EDC4rfv', 'try first'],
    ['a common word twice', 'MotDePasseMotDePasse', 'try first'],
    ['a common word, a year and signs', 'Motdepasse2026!!', 'try first'],
    ['two common words', 'bonjour.soleil.123', 'try first'],
    ['four characters repeated', 'abcdabcdabcdabcd', 'repeats'],
    ['the e-mail', 'Anne.Martin@example.fr', 'your e-mail'],
  ])('may not be %s', (_what, password, objection) => {
    expect(passwordObjection(password, ['anne.martin@example.fr', 'Anne'])).toContain(objection)
  })

  test('that may not be used is refused with the pointer of its field', async () => {
    await expect(hashPassword('court', [], '/newPassword')).rejects.toMatchObject({
      code: 'password-unsuitable',
      status: 422,
      errors: [{ pointer: '/newPassword' }],
    })
  })
})

describe('a stored password (attack 29)', () => {
  test('is argon2id with 19 MiB, two passes and a salt of its own', async () => {
    const [one, other] = await Promise.all([hashPassword(long, []), hashPassword(long, [])])
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(one).not.toBe(other)
  })

  test('matches in any Unicode form of the same text, and in no other case', async () => {
    const stored = await hashPassword(long.normalize('NFC'), [])
    expect(await verifyPassword(stored, long.normalize('NFD'))).toBe(true)
    expect(await verifyPassword(stored, long.toUpperCase())).toBe(false)
  })

  test('is compared whole: a difference after byte 72 is seen', async () => {
    const head = 'abcdefgh'.repeat(9)
    const stored = await hashPassword(`${head} queue`, [])
    expect(await verifyPassword(stored, `${head} autre`)).toBe(false)
    expect(await verifyPassword(stored, head)).toBe(false)
    expect(await verifyPassword(stored, `${head} queue`)).toBe(true)
  })

  test.each([null, undefined, '', 'not a hash'])('%j matches nothing, not even the dummy', async (stored) => {
    expect(await verifyPassword(stored, 'a password that nobody has')).toBe(false)
    expect(await verifyPassword(stored, '')).toBe(false)
  })
})

describe('a hash with the parameters of yesterday (attack 29)', () => {
  let home: TestIdentity
  beforeAll(async () => {
    home = await openTestIdentity('site')
  })
  afterAll(() => home.database.drop())

  test('is renewed at the next sign-in, by the right password only', async () => {
    const weak = await hash(long, { memoryCost: 1024, timeCost: 1, parallelism: 1 })
    const { email, accountId } = await home.aPerson({ passwordHash: weak })
    const stored = async () =>
      (
        await one(
          home.database.db,
          sql<{ hash: string }>`SELECT password_hash AS hash FROM identity.accounts WHERE id = ${accountId}`,
        )
      ).hash
    const signIn = (password: string) => home.identity.signIn({ email, password }, visitor)
    await expect(signIn(`${long} !`)).rejects.toMatchObject({ code: 'credentials-wrong' })
    expect(await stored()).toBe(weak)
    await signIn(long)
    const renewed = await stored()
    expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    await signIn(long)
    expect(await stored()).toBe(renewed)
  })
})
