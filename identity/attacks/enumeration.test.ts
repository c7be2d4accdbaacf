import { sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestIdentity, visitor, type Person, type TestIdentity } from '../testing/identity.ts'
import { areToldApart, timesInTurns } from '../testing/told-apart.ts'

const rounds = 40
const wrong = 'ceci est un autre mot'

let home: TestIdentity
let people: Person[]
beforeAll(async () => {
  home = await openTestIdentity('site')
  people = await Promise.all(Array.from({ length: rounds }, () => home.aPerson()))
})
afterAll(() => home.database.drop())

const known = (round: number): string => people[round]?.email ?? ''
const unknown = (round: number): string => `nobody-${round}@example.fr`
const answerOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'accepted',
    (error: unknown) => JSON.stringify(error),
  )
/** One address per try: who looks for accounts has many. */
const from = (round: number) => ({ ...visitor, ip: `203.0.113.${round}` })

describe('who has an account (attack 27)', { timeout: 120_000 }, () => {
  test('is not told by the answer to a sign-in, nor by its time', async () => {
    const identity = home.another()
    const signIn = (email: string, round: number) => identity.signIn({ email, password: wrong }, from(round))
    expect(await answerOf(signIn(known(0), 0))).toBe(await answerOf(signIn(unknown(0), 0)))
    const [ours, theirs] = await timesInTurns(
      rounds,
      (round) => signIn(known(round), round),
      (round) => signIn(unknown(round), round),
    )
    expect(areToldApart(ours, theirs)).toBe(false)
  })

  test.each([
    ['is disabled', (id: string) => sql`UPDATE identity.accounts SET state = 'disabled' WHERE id = ${id}`],
    ['has no password', (id: string) => sql`UPDATE identity.accounts SET password_hash = NULL WHERE id = ${id}`],
  ])('is not told by the time of a sign-in when it %s', async (_what, happens) => {
    const identity = home.another()
    const { email, accountId } = await home.aPerson()
    await happens(accountId).execute(home.database.db)
    const [ours, theirs] = await timesInTurns(
      rounds,
      (round) => identity.signIn({ email, password: wrong }, { ...visitor, ip: `198.51.100.${round}` }),
      (round) => identity.signIn({ email: unknown(round), password: wrong }, { ...visitor, ip: `198.51.100.${round}` }),
    )
    expect(areToldApart(ours, theirs)).toBe(false)
  })

  test('is not told by the answer to a reset of the password, nor by its time', async () => {
    let mails = 0
    const identity = home.another({ mailLater: async () => void (mails += 1) })
    const reset = (email: string, round: number) => identity.links.requestReset(email, from(round))
    expect(await answerOf(reset(known(0), 250))).toBe(await answerOf(reset(unknown(0), 250)))
    const [ours, theirs] = await timesInTurns(
      rounds,
      (round) => reset(known(round), round),
      (round) => reset(unknown(round), round),
    )
    expect(mails).toBe(rounds + 1)
    expect(areToldApart(ours, theirs)).toBe(false)
  })
})

describe('the measure itself', () => {
  const around = (ms: number) => Array.from({ length: rounds }, (_, n) => ms + ((n * 7) % 11) / 5)

  test('tells times apart that differ by 3 ms, and not those that differ by 1', () => {
    expect(areToldApart(around(50), around(53))).toBe(true)
    expect(areToldApart(around(50), around(51))).toBe(false)
    expect(areToldApart(around(50), around(50))).toBe(false)
  })
})
