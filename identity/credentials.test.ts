import { one, sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issueTicket, type Identity, type IssuedSession } from './index.ts'
import { auditOf, openTestIdentity, password, places, visitor, type TestIdentity } from './testing/identity.ts'

const nextPassword = 'une autre phrase, plus longue'
const refused = { code: 'credentials-wrong', status: 401 }
const ended = { code: 'session-ended', status: 401 }

describe.each(Object.keys(places) as (keyof typeof places)[])('credentials as the role of a %s', (place) => {
  let home: TestIdentity
  let identity: Identity
  beforeAll(async () => {
    home = await openTestIdentity(place)
    identity = home.identity
  })
  afterAll(() => home.database.drop())

  const signIn = async (email?: string): Promise<IssuedSession> =>
    identity.signIn({ email: email ?? (await home.aPerson()).email, password }, visitor)
  const sessionOf = async ({ accessToken }: IssuedSession, by = identity) => by.authenticate(accessToken)
  const idOf = async (session: IssuedSession): Promise<string> => {
    const principal = await sessionOf(session)
    if (principal === undefined) throw new Error('the session is over')
    return principal.sessionId
  }
  const pretend = (change: ReturnType<typeof sql>) => change.execute(home.database.db)

  describe('a ticket', () => {
    const aTicket = async (fields: { expiresInSeconds?: number } = {}) => {
      const person = await home.aPerson({ passwordHash: null })
      const { accountId } = person
      const { token } = await home.db.transaction().execute((tx) =>
        issueTicket(tx, {
          accountId,
          tenantId: home.tenantId,
          requestedBy: 'op@example.fr',
          expiresInSeconds: 60,
          ...fields,
        }),
      )
      return { token, person }
    }
    const invalid = { code: 'ticket-invalid', status: 401 }

    test('opens a session once; the audit trail names who asked for it', async () => {
      const { token, person } = await aTicket()
      const session = await identity.redeem(token, visitor)
      expect(session.passwordMissing).toBe(true)
      expect(await sessionOf(session)).toMatchObject({ email: person.email, method: 'ticket' })
      const row = await one(
        home.database.db,
        sql`SELECT action, actor_label FROM identity.audit_entries WHERE resource_id = ${await idOf(session)}`,
      )
      expect(row).toEqual({ action: 'session.opened-by-ticket', actor_label: 'op@example.fr' })
      await expect(identity.redeem(token, visitor)).rejects.toMatchObject(invalid)
    })

    test('redeemed by fifty at once lets exactly one in', async () => {
      const { token } = await aTicket()
      const answers = await Promise.allSettled(Array.from({ length: 50 }, () => identity.redeem(token, visitor)))
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    })

    test('is refused when it is unknown or has expired', async () => {
      const { token } = await aTicket()
      await pretend(sql`UPDATE identity.tickets SET expires_at = now()`)
      await expect(identity.redeem(token, visitor)).rejects.toMatchObject(invalid)
      await expect(identity.redeem('unknown', visitor)).rejects.toMatchObject(invalid)
    })

    test('is refused when its account was disabled meanwhile', async () => {
      const { token, person } = await aTicket()
      await pretend(sql`UPDATE identity.accounts SET state = 'disabled' WHERE id = ${person.accountId}`)
      await expect(identity.redeem(token, visitor)).rejects.toMatchObject(invalid)
    })

    test('is kept only as a hash', async () => {
      const { token } = await aTicket()
      const { text } = await one(
        home.database.db,
        sql<{ text: string }>`SELECT string_agg(t::text, '') AS text FROM identity.tickets t`,
      )
      expect(text).not.toContain(token)
    })

    test('session of an account without a password may set one, and the second time must know it', async () => {
      const { token, person } = await aTicket()
      const session = await identity.redeem(token, visitor)
      const change = async (currentPassword: string | undefined, newPassword: string) => {
        const principal = await sessionOf(session)
        if (principal === undefined) throw new Error('the session is over')
        await identity.changePassword(principal, { currentPassword, newPassword }, visitor)
      }
      await change(undefined, password)
      expect(await sessionOf(await signIn(person.email))).toMatchObject({ passwordMissing: false })
      await expect(change(undefined, nextPassword)).rejects.toMatchObject({ code: 'password-wrong' })
      await expect(change('pas le bon, mais long', nextPassword)).rejects.toMatchObject({
        code: 'password-wrong',
        errors: [{ pointer: '/currentPassword' }],
      })
      await change(password, nextPassword)
    })

    test('session of an account with a password cannot set another without knowing it', async () => {
      const person = await home.aPerson()
      const { token } = await home.db.transaction().execute((tx) =>
        issueTicket(tx, {
          accountId: person.accountId,
          tenantId: home.tenantId,
          requestedBy: 'op',
          expiresInSeconds: 60,
        }),
      )
      const principal = await sessionOf(await identity.redeem(token, visitor))
      if (principal === undefined) throw new Error('the session is over')
      await expect(identity.changePassword(principal, { newPassword: nextPassword }, visitor)).rejects.toMatchObject({
        code: 'password-wrong',
      })
    })

    test('sessions that set the first password at once: one of them does', async () => {
      const { token } = await aTicket()
      const principal = await sessionOf(await identity.redeem(token, visitor))
      if (principal === undefined) throw new Error('the session is over')
      const answers = await Promise.allSettled(
        ['a', 'b', 'c'].map((letter) =>
          identity.changePassword(principal, { newPassword: `${nextPassword} ${letter}` }, visitor),
        ),
      )
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    })
  })

  describe('changing the password', () => {
    test('ends every other session of the account, keeps this one, and is audited', async () => {
      const { email, accountId } = await home.aPerson()
      const [mine, other] = [await signIn(email), await signIn(email)]
      const principal = await sessionOf(mine)
      if (principal === undefined) throw new Error('the session is over')
      await identity.changePassword(principal, { currentPassword: password, newPassword: nextPassword }, visitor)
      expect(await sessionOf(mine)).toBeDefined()
      expect(await sessionOf(other)).toBeUndefined()
      await expect(identity.refresh(other.refreshToken, visitor)).rejects.toMatchObject(ended)
      await expect(signIn(email)).rejects.toMatchObject(refused)
      await identity.signIn({ email, password: nextPassword }, visitor)
      expect(await auditOf(home.database, accountId)).toEqual(['password.changed'])
    })

    test('to one that may not be used names the field and changes nothing', async () => {
      const { email } = await home.aPerson()
      const principal = await sessionOf(await signIn(email))
      if (principal === undefined) throw new Error('the session is over')
      await expect(
        identity.changePassword(principal, { currentPassword: password, newPassword: email }, visitor),
      ).rejects.toMatchObject({ code: 'password-unsuitable', errors: [{ pointer: '/newPassword' }] })
      await signIn(email)
    })

    test('cannot be used to guess the current one', async () => {
      const principal = await sessionOf(await signIn())
      if (principal === undefined) throw new Error('the session is over')
      const guess = (n: number) =>
        identity
          .changePassword(principal, { currentPassword: `deviné au hasard ${n}`, newPassword: nextPassword }, visitor)
          .catch((error: unknown) => (error as { code: string }).code) // a ProblemError
      const codes = await Promise.all(Array.from({ length: 12 }, (_, n) => guess(n)))
      expect(codes.filter((code) => code === 'password-wrong')).toHaveLength(10)
      expect(codes.filter((code) => code === 'sign-in-throttled')).toHaveLength(2)
    })
  })
})
