import { newId } from '@platen/kit/ids'
import { Secret } from '@platen/kit/secrets'
import { maybe, sql, withScope, type Tx } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashToken, newToken } from '../sessions.ts'
import { openTestIdentity, type TestIdentity } from '../testing/identity.ts'
import { composeIdentityMail, linkContext, noteMailSent, type ComposedMail, type IdentityMail } from './index.ts'

const place = { issuer: 'https://anvil.test:32443', placeName: 'Forge\r\nBcc: eve@example.org' }

let home: TestIdentity
beforeAll(async () => {
  home = await openTestIdentity('site')
})
afterAll(() => home.database.drop())

const inTenant = <T>(work: (tx: Tx) => Promise<T>) => withScope(home.db, { tenantId: home.tenantId }, work)
const compose = (mail: IdentityMail) => inTenant((tx) => composeIdentityMail(tx, home.vault, mail, place))
const sent = (mail: IdentityMail, { messageId }: ComposedMail) =>
  inTenant((tx) => noteMailSent(tx, mail, { messageId }))

async function anInvitation(locale: string | null = 'fr'): Promise<{ mail: IdentityMail; token: string }> {
  const mail: IdentityMail = { kind: 'invitation', id: newId(), tenantId: home.tenantId }
  const token = newToken()
  await inTenant((tx) =>
    sql`INSERT INTO identity.invitations (id, tenant_id, email, name, roles, locale, token_hash, invited_by, expires_at, sealed_token)
      VALUES (${mail.id}, ${mail.tenantId}, ${`${mail.id}@example.fr`}, 'Zoé', '{lecture}', ${locale}, ${hashToken(token)},
        'anne@example.fr', '2100-01-31', ${sealed(mail.id, token)})`.execute(tx),
  )
  return { mail, token }
}
const sealed = (id: string, token: string) => home.vault.seal(new Secret(token), linkContext('invitations', id))
const change = ({ id }: IdentityMail, set: ReturnType<typeof sql>) =>
  inTenant((tx) => sql`UPDATE identity.invitations SET ${set} WHERE id = ${id}`.execute(tx))

describe('an invitation', () => {
  test('is written in the language of who gets it, with a link whose token reaches no log', async () => {
    const french = await anInvitation()
    const mail = await compose(french.mail)
    expect(mail).toMatchObject({ to: `${french.mail.id}@example.fr` })
    expect(mail?.text).toContain('Bonjour Zoé,')
    expect(mail?.text).toContain(`${place.issuer}/invitation#token=${french.token}\n`)
    expect(mail?.text).toContain('jusqu’au 31 janvier 2100')
    for (const locale of ['en', 'de', null]) {
      expect((await compose((await anInvitation(locale)).mail))?.text).toContain('Hello Zoé,')
    }
  })

  test('keeps its subject on one line, whatever the place is called', async () => {
    const { mail } = await anInvitation()
    expect((await compose(mail))?.subject).toBe('Votre invitation à rejoindre Forge Bcc: eve@example.org')
  })

  test('has the same id each time it is composed, and none of its token in it', async () => {
    const { mail, token } = await anInvitation()
    const [first, second] = [await compose(mail), await compose(mail)]
    expect(second).toEqual(first)
    expect(first?.messageId).toMatch(new RegExp(`^invitation\\.${mail.id}\\.[0-9a-f]{16}@anvil\\.test$`))
    expect(first?.messageId).not.toContain(token)
  })

  test('that has left is not written again, and its sealed token is gone', async () => {
    const { mail } = await anInvitation()
    const composed = await compose(mail)
    if (composed === undefined) throw new Error('there was nothing to send')
    await sent(mail, composed)
    expect(await compose(mail)).toBeUndefined()
    const row = await inTenant((tx) =>
      maybe(tx, sql`SELECT sealed_token, sent_at IS NOT NULL AS sent FROM identity.invitations WHERE id = ${mail.id}`),
    )
    expect(row).toEqual({ sealed_token: null, sent: true })
  })

  test('with a new link is a new mail, and noting the old one as sent does not lose it', async () => {
    const { mail } = await anInvitation()
    const old = await compose(mail)
    if (old === undefined) throw new Error('there was nothing to send')
    const token = newToken()
    await change(mail, sql`token_hash = ${hashToken(token)}, sealed_token = ${sealed(mail.id, token)}`)
    await sent(mail, old)
    const renewed = await compose(mail)
    expect(renewed?.text).toContain(token)
    expect(renewed?.messageId).not.toBe(old.messageId)
  })

  test.each([
    ['accepted', sql`accepted_at = now()`],
    ['withdrawn', sql`revoked_at = now()`],
    ['too old', sql`expires_at = now()`],
  ])('that is %s is not sent', async (_what, set) => {
    const { mail } = await anInvitation()
    await change(mail, set)
    expect(await compose(mail)).toBeUndefined()
  })
})

describe('a welcome', () => {
  test('tells a new user where to sign in, as long as they may', async () => {
    const { accountId: id, email } = await home.aPerson()
    const mail: IdentityMail = { kind: 'welcome', id, tenantId: home.tenantId }
    const written = await compose(mail)
    expect(written?.to).toBe(email)
    expect(written?.text).toContain(`${place.issuer}\n`)
    await inTenant((tx) => sql`UPDATE identity.users SET state = 'disabled' WHERE account_id = ${id}`.execute(tx))
    expect(await compose(mail)).toBeUndefined()
  })
})
