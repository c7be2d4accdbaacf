import { sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Identity, IssuedSession, Principal } from '../index.ts'
import { openTestIdentity, password, places, visitor, type Person, type TestIdentity } from '../testing/identity.ts'

interface Entered {
  person: Person
  session: IssuedSession
  principal: Principal
}

/** What ends or narrows access, in the process or behind its back. */
const ends: Record<string, (home: TestIdentity, entered: Entered) => Promise<unknown>> = {
  'signing out': (home, { session }) => home.identity.signOut(session.refreshToken, visitor),
  'ending the session from another one': (home, { principal }) =>
    home.identity.sessions.end({ ...principal, sessionId: 'another' }, principal.sessionId, visitor),
  'disabling the account': ({ database }, { person }) =>
    sql`UPDATE identity.accounts SET state = 'disabled' WHERE id = ${person.accountId}`.execute(database.db),
  'disabling the user': ({ database }, { person }) =>
    sql`UPDATE identity.users SET state = 'disabled' WHERE account_id = ${person.accountId}`.execute(database.db),
  'removing the user': ({ database }, { person }) =>
    sql`DELETE FROM identity.users WHERE account_id = ${person.accountId}`.execute(database.db),
  'taking the role away': ({ database }, { principal }) =>
    sql`DELETE FROM identity.user_roles WHERE user_id = ${principal.userId}`.execute(database.db),
}

// Each case waits for caches of five seconds to run out, so all of them wait at the same time.
describe.each(Object.keys(places) as (keyof typeof places)[])('revoked access (attack 17, %s)', (place) => {
  let home: TestIdentity
  let processes: Identity[]
  let isOpen = true
  beforeAll(async () => {
    home = await openTestIdentity(place)
    processes = [home.identity, ...[1, 2].map(() => home.another({ isTenantOpen: async () => isOpen }))]
  })
  afterAll(() => home.database.drop())

  async function enter(): Promise<Entered> {
    const person = await home.aPerson()
    const session = await home.identity.signIn({ email: person.email, password }, visitor)
    const principal = await home.identity.authenticate(session.accessToken)
    if (principal === undefined) throw new Error('the session is over')
    return { person, session, principal }
  }
  const mayRead = async (process: Identity, { session }: Entered): Promise<boolean> =>
    (await process.authenticate(session.accessToken))?.permissions.has('*') === true

  /** Asks all the time, as a page does, so that nothing is asked anew by chance. */
  async function millisecondsUntilOut(process: Identity, entered: Entered): Promise<number> {
    const since = performance.now()
    while ((await mayRead(process, entered)) && performance.now() - since < 20_000) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return performance.now() - since
  }

  test('is gone from every process within 5 seconds, however it was revoked', { timeout: 60_000 }, async () => {
    const cases = await Promise.all(Object.keys(ends).map(async (name) => ({ name, entered: await enter() })))
    for (const { entered } of cases) for (const process of processes) expect(await mayRead(process, entered)).toBe(true)
    const slow = cases.map(async ({ name, entered }) => {
      await ends[name]?.(home, entered)
      const took = await Promise.all(processes.map((process) => millisecondsUntilOut(process, entered)))
      return took.filter((ms) => ms > 5_500).map((ms) => `${name}: ${Math.round(ms)} ms`)
    })
    expect((await Promise.all(slow)).flat()).toEqual([])
  })

  test('of a suspended tenant is gone within 5 seconds, and comes back with it', { timeout: 60_000 }, async () => {
    const entered = await enter()
    const [, process] = processes
    if (process === undefined) throw new Error('there are three')
    expect(await mayRead(process, entered)).toBe(true)
    isOpen = false
    expect(await millisecondsUntilOut(process, entered)).toBeLessThan(5_500)
    await expect(process.refresh(entered.session.refreshToken, visitor)).rejects.toMatchObject({
      code: 'session-ended',
    })
    isOpen = true
    await expect.poll(() => mayRead(process, entered), { timeout: 5_500 }).toBe(true)
  })
})
