import { newId } from '@platen/kit/ids'
import { one, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccount, ensureUser, type Identity, type IssuedSession } from './index.ts'
import { auditOf, openTestIdentity, password, places, visitor, type TestIdentity } from './testing/identity.ts'

const refused = { code: 'credentials-wrong', status: 401 }
const ended = { code: 'session-ended', status: 401 }

// A site serves as platen_site_app, the control plane as platen_api: the same must work as both.
describe.each(Object.keys(places) as (keyof typeof places)[])('identity as the role of a %s', (place) => {
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
  /** Lets the time since tokens were spent, or anything else was written, pass. */
  const pretend = (change: ReturnType<typeof sql>) => change.execute(home.database.db)

  describe('signing in', () => {
    test('takes the e-mail in any case and with spaces around it', async () => {
      const { email } = await home.aPerson()
      const session = await signIn(` ${email.toUpperCase()} `)
      expect(await sessionOf(session)).toMatchObject({ email, passwordMissing: false })
      expect(await auditOf(home.database, await idOf(session))).toEqual(['session.opened'])
    })

    test('is refused alike for a wrong password, an unknown, a disabled and a passwordless account', async () => {
      const known = await home.aPerson()
      const disabled = await home.aPerson()
      await pretend(sql`UPDATE identity.accounts SET state = 'disabled' WHERE id = ${disabled.accountId}`)
      const passwordless = await home.aPerson({ passwordHash: null })
      const answers = await Promise.all(
        [
          { email: known.email, password: 'ceci est un autre mot' },
          { email: 'nobody@example.fr', password },
          { email: disabled.email, password },
          { email: passwordless.email, password },
        ].map((credentials) => identity.signIn(credentials, visitor).catch((error: unknown) => error)),
      )
      for (const answer of answers) expect(answer).toMatchObject(refused)
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    })

    test('is refused for an account that is a user nowhere, or whose user is disabled', async () => {
      const stray = await home.aPerson()
      await pretend(sql`UPDATE identity.users SET state = 'disabled' WHERE account_id = ${stray.accountId}`)
      await expect(signIn(stray.email)).rejects.toMatchObject(refused)
      await pretend(sql`DELETE FROM identity.users WHERE account_id = ${stray.accountId}`)
      await expect(signIn(stray.email)).rejects.toMatchObject(refused)
    })

    test('that is refused leaves an audit row with the address', async () => {
      const email = 'audited@example.fr'
      await expect(identity.signIn({ email, password }, { ...visitor, ip: '192.0.2.7' })).rejects.toMatchObject(refused)
      const row = await one(
        home.database.db,
        sql`SELECT action, ip, tenant_id FROM identity.audit_entries WHERE actor_label = ${email}`,
      )
      expect(row).toEqual({ action: 'session.refused', ip: '192.0.2.7', tenant_id: null })
    })

    test('is throttled after ten failures of an account, sent one by one or all at once', async () => {
      const { email } = await home.aPerson()
      const guess = () => identity.signIn({ email, password: 'deviné au hasard 1' }, visitor).catch((e: unknown) => e)
      const answers = await Promise.all(Array.from({ length: 15 }, guess))
      const codes = answers.map((answer) => (answer as { code: string }).code) // each is a ProblemError
      expect(codes.filter((code) => code === 'credentials-wrong')).toHaveLength(10)
      expect(await guess()).toMatchObject({ code: 'sign-in-throttled', status: 429 })
      // The right password waits too: otherwise the answer would tell the guesser that it is right.
      await expect(signIn(email)).rejects.toMatchObject({ code: 'sign-in-throttled' })
    })

    test('is not stopped by one account typing in an address where others fail', async () => {
      const { email } = await home.aPerson()
      for (let day = 0; day < 12; day += 1) await signIn(email)
    })
  })

  describe('a refresh token', () => {
    test('is exchanged for another, and the session goes on', async () => {
      const first = await signIn()
      const second = await identity.refresh(first.refreshToken, visitor)
      expect(second.refreshToken).not.toBe(first.refreshToken)
      expect(await idOf(second)).toBe(await idOf(first))
    })

    test.each([
      ['unknown', async () => 'never issued'],
      ['empty', async () => ''],
    ])('that is %s is refused', async (_what, token) => {
      await expect(identity.refresh(await token(), visitor)).rejects.toMatchObject(ended)
    })

    test.each([
      ['its session has expired', sql`UPDATE identity.sessions SET expires_at = now()`],
      [
        'it lay unused for a week while another tab went on',
        sql`UPDATE identity.refresh_tokens SET issued_at = now() - interval '7 days 1 s'`,
      ],
      ['the account is disabled', sql`UPDATE identity.accounts SET state = 'disabled'`],
      ['the user is removed from the tenant', sql`DELETE FROM identity.users`],
    ])('is refused when %s', async (_what, change) => {
      const alone = await openTestIdentity(place)
      const { email } = await alone.aPerson()
      const session = await alone.identity.signIn({ email, password }, visitor)
      await change.execute(alone.database.db)
      await expect(alone.identity.refresh(session.refreshToken, visitor)).rejects.toMatchObject(ended)
      await alone.database.drop()
    })
  })

  describe('signing out', () => {
    test('ends the session at once in this process, refresh token included, and is audited', async () => {
      const session = await signIn()
      const sessionId = await idOf(session)
      await identity.signOut(session.refreshToken, visitor)
      expect(await sessionOf(session)).toBeUndefined()
      await expect(identity.refresh(session.refreshToken, visitor)).rejects.toMatchObject(ended)
      await identity.signOut(session.refreshToken, visitor)
      expect(await auditOf(home.database, sessionId)).toEqual(['session.opened', 'session.closed'])
    })

    test('by several tabs at once is audited once', async () => {
      const session = await signIn()
      const sessionId = await idOf(session)
      await Promise.all([1, 2, 3].map(() => identity.signOut(session.refreshToken, visitor)))
      expect(await auditOf(home.database, sessionId)).toEqual(['session.opened', 'session.closed'])
    })

    test('holds although requests keep asking while it happens', async () => {
      const session = await signIn()
      let isOver = false
      const asking = (async () => {
        while (!isOver) await sessionOf(session)
      })()
      await identity.signOut(session.refreshToken, visitor)
      const after = await sessionOf(session)
      isOver = true
      await asking
      expect(after).toBeUndefined()
    })
  })

  test('the first session is opened inside the transaction that makes the account, on a pool of one connection', async () => {
    const fresh = await openTestIdentity(place)
    const narrow = fresh.database.connect(places[place].app, { max: 1 })
    const first = fresh.another({ db: narrow })
    const [accountId, tenantId] = [newId(), fresh.tenantId]
    const session = await withScope(narrow, { tenantId, operator: true }, async (tx) => {
      const person = { email: 'owner@example.fr', name: 'Owner' }
      await createAccount(tx, { id: accountId, ...person, passwordHash: null })
      await ensureUser(tx, { accountId, tenantId, ...person, role: 'gerant' })
      return first.openFirstSession(tx, { accountId, tenantId }, visitor)
    })
    expect(await sessionOf(session, first)).toMatchObject({ accountId, method: 'setup' })
    await fresh.database.drop()
  })
})
