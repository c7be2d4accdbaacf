import { one, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditOf, openTestIdentity, password, places, visitor, type TestIdentity } from '../testing/identity.ts'
import { mailboxOf, type Mailbox } from '../testing/mailbox.ts'

const nextPassword = 'une autre phrase, plus longue'
const invalid = { code: 'link-invalid', status: 401 }

describe.each(Object.keys(places) as (keyof typeof places)[])('links by mail as the role of a %s', (place) => {
  let home: TestIdentity
  let box: Mailbox
  beforeAll(async () => {
    home = await openTestIdentity(place)
  })
  beforeEach(() => {
    box = mailboxOf(home)
  })
  afterAll(() => home.database.drop())

  const change = (statement: ReturnType<typeof sql>) => statement.execute(home.database.db)
  const signIn = (email: string, secret = password) => box.identity.signIn({ email, password: secret }, visitor)
  const asks = async (email: string) => {
    const principal = await box.identity.authenticate((await signIn(email)).accessToken)
    if (principal === undefined) throw new Error('the session is over')
    return principal
  }
  const reset = async (token: string, secret = nextPassword) => box.identity.links.resetPassword(token, secret, visitor)

  describe('a reset of the password', () => {
    test('sets the new one, ends every session, keeps API tokens, is audited and told by mail', async () => {
      const { email, accountId } = await home.aPerson()
      const principal = await asks(email)
      const session = await signIn(email)
      const wanted = { name: 'a', scopes: ['products.read'], expiresInDays: 9 }
      const { token: apiToken } = await box.identity.apiTokens.create(principal, wanted, visitor)
      await box.identity.links.requestReset(email.toUpperCase(), visitor)
      await reset(await box.token())
      expect(await box.identity.authenticate(session.accessToken)).toBeUndefined()
      await expect(box.identity.refresh(session.refreshToken, visitor)).rejects.toMatchObject({ code: 'session-ended' })
      await expect(signIn(email)).rejects.toMatchObject({ code: 'credentials-wrong' })
      await signIn(email, nextPassword)
      expect(await box.identity.authenticate(apiToken)).toMatchObject({ accountId })
      expect(await auditOf(home.database, accountId)).toEqual(['password-reset.requested', 'password.reset'])
      expect(box.queued.map(({ kind }) => kind)).toEqual(['reset-password', 'password-changed'])
      expect(await box.last()).toMatchObject({ to: email, subject: 'Your password for Forge was changed' })
    })

    test('leaves the second factor on: the link alone is no way in', async () => {
      const { email, accountId } = await home.aPerson()
      await change(
        sql`UPDATE identity.accounts SET sealed_totp_secret = 'x', totp_since = now() WHERE id = ${accountId}`,
      )
      await box.identity.links.requestReset(email, visitor)
      await reset(await box.token())
      await expect(signIn(email, nextPassword)).rejects.toMatchObject({ code: 'second-factor-needed' })
    })

    test('works once, also for fifty at the same time', async () => {
      const { email } = await home.aPerson()
      await box.identity.links.requestReset(email, visitor)
      const token = await box.token()
      const answers = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => reset(token, `${nextPassword} numéro ${n}`)),
      )
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      await expect(reset(token)).rejects.toMatchObject(invalid)
    })

    test('with an unsuitable password is refused, and the link still works', async () => {
      const { email } = await home.aPerson()
      await box.identity.links.requestReset(email, visitor)
      const token = await box.token()
      await expect(reset(token, email)).rejects.toMatchObject({
        code: 'password-unsuitable',
        errors: [{ pointer: '/newPassword' }],
      })
      await reset(token)
    })

    test('lets in who mistyped too often before', async () => {
      const { email } = await home.aPerson()
      for (let n = 0; n < 10; n += 1) await signIn(email, `deviné au hasard ${n}`).catch(() => undefined)
      await expect(signIn(email)).rejects.toMatchObject({ code: 'sign-in-throttled' })
      await box.identity.links.requestReset(email, visitor)
      await reset(await box.token())
      await signIn(email, nextPassword)
    })

    test.each([
      [
        'an hour old',
        sql`UPDATE identity.email_links SET created_at = created_at - interval '1 hour', expires_at = expires_at - interval '1 hour'`,
      ],
      ['of another address than the account has now', sql`UPDATE identity.email_links SET email = 'old@example.fr'`],
      ['made for another purpose', sql`UPDATE identity.email_links SET purpose = 'verify-address'`],
      ['of a disabled account', sql`UPDATE identity.accounts SET state = 'disabled'`],
      ['of somebody who is a user nowhere', sql`UPDATE identity.users SET state = 'disabled'`],
    ])('is refused with a link that is %s', async (_what, happens) => {
      const alone = await openTestIdentity(place)
      const letters = mailboxOf(alone)
      const { email } = await alone.aPerson()
      await letters.identity.links.requestReset(email, visitor)
      const token = await letters.token()
      await happens.execute(alone.database.db)
      await expect(letters.identity.links.resetPassword(token, nextPassword, visitor)).rejects.toMatchObject(invalid)
      await alone.database.drop()
    })

    test('is asked for again: the newest link works, the one before does not', async () => {
      const { email } = await home.aPerson()
      await box.identity.links.requestReset(email, visitor)
      const older = await box.token()
      await box.identity.links.requestReset(email, visitor)
      await expect(reset(older)).rejects.toMatchObject(invalid)
      await reset(await box.token())
    })

    test('for an unknown, a disabled or a shut-out account sends nothing, and says so in the audit trail alone', async () => {
      const disabled = await home.aPerson()
      await change(sql`UPDATE identity.accounts SET state = 'disabled' WHERE id = ${disabled.accountId}`)
      for (const email of ['nobody@example.fr', disabled.email]) {
        await box.identity.links.requestReset(email, visitor)
        const row = await one(
          home.database.db,
          sql`SELECT action, tenant_id FROM identity.audit_entries WHERE actor_label = ${email} ORDER BY at DESC LIMIT 1`,
        )
        expect(row).toEqual({ action: 'password-reset.refused', tenant_id: null })
      }
      expect(box.queued).toEqual([])
    })

    test('is throttled by address and by who asks, whether or not there is an account', async () => {
      const { email } = await home.aPerson()
      const ask = (whom: string, ip: string) =>
        box.identity.links.requestReset(whom, { ...visitor, ip }).then(
          () => 202,
          (error: { status: number }) => error.status, // a ProblemError
        )
      for (const whom of [email, 'nobody@example.fr']) {
        const answers = []
        for (let n = 0; n < 5; n += 1) answers.push(await ask(whom, '192.0.2.1'))
        expect(answers).toEqual([202, 202, 202, 429, 429])
      }
      const many = []
      for (let n = 0; n < 25; n += 1) many.push(ask(`person-${n}@example.org`, '192.0.2.2'))
      expect((await Promise.all(many)).filter((status) => status === 202)).toHaveLength(20)
    })
  })

  describe('a verification of the address', () => {
    const isVerified = async (accountId: string) =>
      (
        await one(
          home.database.db,
          sql<{ yes: boolean }>`SELECT verified_at IS NOT NULL AS yes FROM identity.accounts WHERE id = ${accountId}`,
        )
      ).yes

    test('is asked for by its owner, proved by the link once, and audited', async () => {
      const { email, accountId } = await home.aPerson()
      const principal = await asks(email)
      await box.identity.links.requestVerification(principal, visitor)
      const token = await box.token()
      expect(await isVerified(accountId)).toBe(false)
      await box.identity.links.verifyAddress(token, visitor)
      expect(await isVerified(accountId)).toBe(true)
      await expect(box.identity.links.verifyAddress(token, visitor)).rejects.toMatchObject(invalid)
      await expect(box.identity.links.requestVerification(principal, visitor)).rejects.toMatchObject({
        code: 'address-verified',
      })
      expect(await auditOf(home.database, accountId)).toEqual(['address-verification.requested', 'address.verified'])
    })

    test('cannot set a password', async () => {
      const { email } = await home.aPerson()
      await box.identity.links.requestVerification(await asks(email), visitor)
      await expect(reset(await box.token())).rejects.toMatchObject(invalid)
    })

    test('comes with the reset of a password: who used that link reads the mailbox', async () => {
      const { email, accountId } = await home.aPerson()
      await box.identity.links.requestReset(email, visitor)
      await reset(await box.token())
      expect(await isVerified(accountId)).toBe(true)
    })
  })

  test('a change of the password is told by mail', async () => {
    const { email } = await home.aPerson()
    const change = { currentPassword: password, newPassword: nextPassword }
    await box.identity.changePassword(await asks(email), change, visitor)
    expect(box.queued.map(({ kind }) => kind)).toEqual(['password-changed'])
  })

  test.each(['fr', 'en'])('the mails are written in the language of who gets them (%s)', async (locale) => {
    const { email, accountId } = await home.aPerson()
    await change(sql`UPDATE identity.accounts SET locale = ${locale} WHERE id = ${accountId}`)
    await box.identity.links.requestReset(email, visitor)
    const mail = await box.last()
    expect(mail?.text).toContain(locale === 'fr' ? 'Bonjour Anne,' : 'Hello Anne,')
    expect(mail?.text).toMatch(/https:\/\/anvil\.test\/reset-password#token=[\w-]{43}\n/)
  })

  test('a token is kept as a hash, and sealed until it was used; it is in no audit row', async () => {
    const { email } = await home.aPerson()
    await box.identity.links.requestReset(email, visitor)
    const token = await box.token()
    const stored = () =>
      withScope(home.db, { operator: true }, (tx) =>
        one(
          tx,
          sql<{ text: string }>`SELECT (SELECT string_agg(l::text, '') FROM identity.email_links l) ||
            (SELECT string_agg(e::text, '') FROM identity.audit_entries e) AS text`,
        ),
      )
    expect((await stored()).text).not.toContain(token)
    await reset(token)
    expect(
      await box.identity.links.resetPassword(token, nextPassword, visitor).catch((error: unknown) => error),
    ).toMatchObject(invalid)
  })
})
