import { newId } from '@platen/kit/ids'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestIdentity, password, visitor, type TestIdentity } from '../testing/identity.ts'
import { phonesOf } from '../testing/second-factor.ts'

const tries = 10_000
/** As many as the hashing gate takes at once without sending anybody away. */
const atOnce = 20

let home: TestIdentity
beforeAll(async () => {
  home = await openTestIdentity('site')
})
afterAll(() => home.database.drop())

/** Sends all tries and counts the answers by code; '' is a success. */
async function outcomes(attempt: (n: number) => Promise<unknown>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let begin = 0; begin < tries; begin += atOnce) {
    const codes = Array.from({ length: atOnce }, (_, n) =>
      attempt(begin + n).then(
        () => '',
        (error: { code: string }) => error.code, // a ProblemError
      ),
    )
    for (const code of await Promise.all(codes)) counts[code] = (counts[code] ?? 0) + 1
  }
  return counts
}
const from = (ip: string) => ({ ...visitor, ip })
const oneOf500 = (n: number) => from(`198.51.${100 + Math.floor((n % 500) / 250)}.${n % 250}`)

describe('10,000 guesses (attack 26)', { timeout: 120_000 }, () => {
  test('at one account from one address: ten are tried', async () => {
    const { email } = await home.aPerson()
    const identity = home.another()
    const counts = await outcomes((n) =>
      identity.signIn({ email, password: `deviné au hasard ${n}` }, from('192.0.2.11')),
    )
    expect(counts).toEqual({ 'credentials-wrong': 10, 'sign-in-throttled': tries - 10 })
  })

  test('at as many accounts from one address: a hundred are tried', async () => {
    const identity = home.another()
    const counts = await outcomes((n) =>
      identity.signIn({ email: `person-${n}@example.org`, password: 'deviné au hasard' }, from('192.0.2.12')),
    )
    expect(counts).toEqual({ 'credentials-wrong': 100, 'sign-in-throttled': tries - 100 })
  })

  test('at one account from 500 addresses: a hundred are tried, and its owner still gets in', async () => {
    const { email } = await home.aPerson()
    const identity = home.another()
    await identity.signIn({ email, password }, from('192.0.2.13'))
    const counts = await outcomes((n) => identity.signIn({ email, password: `deviné au hasard ${n}` }, oneOf500(n)))
    expect(counts).toEqual({ 'credentials-wrong': 100, 'sign-in-throttled': tries - 100 })
    await identity.signIn({ email, password }, from('192.0.2.13'))
  })

  test('at a code by who knows the password, from 500 addresses: five are tried', async () => {
    const { identity, withDevice } = phonesOf(home)
    const { person } = await withDevice()
    const counts = await outcomes((n) =>
      identity.signIn({ email: person.email, password, code: String(n).padStart(6, '0') }, oneOf500(n)),
    )
    expect(counts['']).toBeUndefined()
    expect(counts['second-factor-wrong']).toBe(5)
    // Whoever guesses codes pays for a password each time, and that has its own limit.
    expect(counts['sign-in-throttled']).toBe(tries - 5)
  })

  test('at a reset of the password: five mails are sent, from wherever they are asked for', async () => {
    const { email } = await home.aPerson()
    let mails = 0
    const identity = home.another({ mailLater: async () => void (mails += 1) })
    const counts = await outcomes((n) => identity.links.requestReset(email, oneOf500(n)))
    expect([counts[''], mails]).toEqual([5, 5])
  })

  test('at links and tokens find nothing', async () => {
    const identity = home.another()
    const counts = await outcomes((n) =>
      identity.links.resetPassword(`${newId()}${n}`, 'une phrase assez longue', visitor),
    )
    expect(counts).toEqual({ 'link-invalid': tries })
    const found = await outcomes(async (n) => {
      if ((await identity.authenticate(`platen_${String(n).padStart(12, '0')}_${'A'.repeat(43)}`)) === undefined)
        throw Object.assign(new Error('nothing'), { code: 'nothing' })
    })
    expect(found).toEqual({ nothing: tries })
  })
})
