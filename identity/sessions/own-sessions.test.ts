import { newId } from '@platen/kit/ids'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Identity, Principal } from '../index.ts'
import { auditOf, openTestIdentity, password, places, visitor, type TestIdentity } from '../testing/identity.ts'

const firstPage = { beforeId: undefined, limit: 50 }

describe.each(Object.keys(places) as (keyof typeof places)[])('own sessions as the role of a %s', (place) => {
  let home: TestIdentity
  let identity: Identity
  beforeAll(async () => {
    home = await openTestIdentity(place)
    identity = home.identity
  })
  afterAll(() => home.database.drop())

  async function signIn(email: string, from = visitor): Promise<{ token: string; principal: Principal }> {
    const { accessToken } = await identity.signIn({ email, password }, from)
    const principal = await identity.authenticate(accessToken)
    if (principal === undefined) throw new Error('the session is over')
    return { token: accessToken, principal }
  }

  test('are listed newest first with where they come from, those of others and ended ones are not', async () => {
    const { email } = await home.aPerson()
    await signIn((await home.aPerson()).email)
    const first = await signIn(email, { ...visitor, ip: '192.0.2.7', userAgent: 'a phone' })
    const ended = await identity.signIn({ email, password }, visitor)
    await identity.signOut(ended.refreshToken, visitor)
    const last = await signIn(email)
    const listed = await identity.sessions.list(last.principal, firstPage)
    expect(listed.map(({ id }) => id)).toEqual([last.principal.sessionId, first.principal.sessionId])
    expect(listed[1]).toMatchObject({ method: 'password', secondFactor: null, ip: '192.0.2.7', userAgent: 'a phone' })
    const next = await identity.sessions.list(last.principal, { beforeId: last.principal.sessionId, limit: 1 })
    expect(next.map(({ id }) => id)).toEqual([first.principal.sessionId])
  })

  test('end one by one, at once here and within 5 seconds elsewhere', { timeout: 20_000 }, async () => {
    const { email } = await home.aPerson()
    const other = home.another()
    const [mine, lost] = [await signIn(email), await signIn(email)]
    expect(await other.authenticate(lost.token)).toBeDefined()
    await identity.sessions.end(mine.principal, lost.principal.sessionId, visitor)
    expect(await identity.authenticate(lost.token)).toBeUndefined()
    expect(await identity.authenticate(mine.token)).toBeDefined()
    expect(await auditOf(home.database, lost.principal.sessionId)).toEqual(['session.opened', 'session.revoked'])
    await eventually(async () => (await other.authenticate(lost.token)) === undefined, { timeoutMs: 5_500 })
  })

  test('end all together but for the one that asks', async () => {
    const { email } = await home.aPerson()
    const sessions = [await signIn(email), await signIn(email), await signIn(email)]
    const [, asking] = sessions
    if (asking === undefined) throw new Error('three were opened')
    expect(await identity.sessions.endOthers(asking.principal, visitor)).toBe(2)
    const stay = await Promise.all(sessions.map(({ token }) => identity.authenticate(token)))
    expect(stay.map((principal) => principal !== undefined)).toEqual([false, true, false])
    expect(await identity.sessions.endOthers(asking.principal, visitor)).toBe(0)
  })

  test('of somebody else, ended ones and such as never were are not found', async () => {
    const mine = await signIn((await home.aPerson()).email)
    const theirs = await signIn((await home.aPerson()).email)
    const answers = await Promise.all(
      [theirs.principal.sessionId, newId()].map((id) =>
        identity.sessions.end(mine.principal, id, visitor).catch((error: unknown) => error),
      ),
    )
    for (const answer of answers) expect(answer).toMatchObject({ code: 'session-not-found', status: 404 })
    expect(JSON.stringify(answers[0])).toBe(JSON.stringify(answers[1]))
    expect(await identity.authenticate(theirs.token)).toBeDefined()
  })
})
