import { sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Identity, IssuedSession } from '../index.ts'
import { auditOf, openTestIdentity, password, places, visitor, type TestIdentity } from '../testing/identity.ts'

const ended = { code: 'session-ended', status: 401 }

describe.each(Object.keys(places) as (keyof typeof places)[])('a spent refresh token (attack 16, %s)', (place) => {
  let home: TestIdentity
  let identity: Identity
  beforeAll(async () => {
    home = await openTestIdentity(place)
    identity = home.identity
  })
  afterAll(() => home.database.drop())

  const signIn = async (): Promise<IssuedSession> =>
    identity.signIn({ email: (await home.aPerson()).email, password }, visitor)
  const sessionOf = ({ accessToken }: IssuedSession) => identity.authenticate(accessToken)
  const idOf = async (session: IssuedSession): Promise<string> => (await sessionOf(session))?.sessionId ?? ''
  const spentLongAgo = (sessionId: string) =>
    sql`UPDATE identity.refresh_tokens SET used_at = used_at - interval '11 s' WHERE session_id = ${sessionId}`.execute(
      home.database.db,
    )

  test('may be used by two tabs within ten seconds', async () => {
    const first = await signIn()
    const tabs = [
      await identity.refresh(first.refreshToken, visitor),
      await identity.refresh(first.refreshToken, visitor),
    ]
    for (const tab of tabs) expect(await sessionOf(await identity.refresh(tab.refreshToken, visitor))).toBeDefined()
  })

  test('may be used by twenty requests at once', async () => {
    const first = await signIn()
    const sessions = await Promise.all(Array.from({ length: 20 }, () => identity.refresh(first.refreshToken, visitor)))
    expect(new Set(sessions.map(({ refreshToken }) => refreshToken)).size).toBe(20)
    expect(await sessionOf(first)).toBeDefined()
  })

  test.each(['the thief first', 'the owner first'])('used again later ends the whole family (%s)', async (order) => {
    const stolen = await signIn()
    const sessionId = await idOf(stolen)
    const first = await identity.refresh(stolen.refreshToken, visitor)
    const last = order === 'the owner first' ? await identity.refresh(first.refreshToken, visitor) : first
    await spentLongAgo(sessionId)
    await expect(identity.refresh(stolen.refreshToken, visitor)).rejects.toMatchObject(ended)
    await expect(identity.refresh(last.refreshToken, visitor)).rejects.toMatchObject(ended)
    expect(await sessionOf(last)).toBeUndefined()
    expect(await auditOf(home.database, sessionId)).toEqual(['session.opened', 'session.revoked-after-token-reuse'])
  })

  test('reused by many at once ends the session once and is audited once', async () => {
    const stolen = await signIn()
    const sessionId = await idOf(stolen)
    await identity.refresh(stolen.refreshToken, visitor)
    await spentLongAgo(sessionId)
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, () => identity.refresh(stolen.refreshToken, visitor)),
    )
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true)
    expect(await auditOf(home.database, sessionId)).toEqual(['session.opened', 'session.revoked-after-token-reuse'])
  })
})
