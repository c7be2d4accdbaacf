import { maybe, sql, type Tx } from '@platen/kit/sql'
import { linkContext, linkTo, markOf } from './link.ts'
import type { IdentityMail, MailComposer, MailLocale, MailText } from './mail.ts'

interface LinkRow {
  id: string
  email: string
  name: string
  locale: string | null
  token_hash: Buffer
  sealed_token: string
}

/** A mail around a link into one's own account; its id is that of the link. */
const linkMail = (
  purpose: 'reset-password' | 'verify-address',
  textsOf: (row: LinkRow, placeName: string, link: string) => Record<MailLocale, MailText>,
): MailComposer => ({
  async draft(source, { id }) {
    const row = await findUnsent(source.tx, { id, purpose })
    if (row === undefined) return undefined
    const link = linkTo(source, purpose, { token: row.sealed_token, context: linkContext('email_links', id) })
    return {
      to: row.email,
      locale: row.locale,
      mark: markOf(row.token_hash),
      texts: textsOf(row, source.placeName, link),
    }
  },
  async noteSent(tx, { id }, mark) {
    await sql`UPDATE identity.email_links SET sent_at = now(), sealed_token = NULL
      WHERE id = ${id} AND encode(token_hash, 'hex') LIKE ${`${mark}%`}`.execute(tx)
  },
})

const findUnsent = (
  tx: Tx,
  { id, purpose }: Pick<IdentityMail, 'id'> & { purpose: string },
): Promise<LinkRow | undefined> =>
  maybe(
    tx,
    sql<LinkRow>`SELECT l.id, l.email, a.name, a.locale, l.token_hash, l.sealed_token
      FROM identity.email_links l JOIN identity.accounts a ON a.id = l.account_id AND a.state = 'active' AND a.email = l.email
      WHERE l.id = ${id} AND l.purpose = ${purpose} AND l.sealed_token IS NOT NULL AND l.used_at IS NULL AND l.expires_at > now()`,
  )

/** For who forgot their password. */
export const resetPasswordMail = linkMail('reset-password', ({ name }, placeName, link) => ({
  fr: {
    subject: `Choisissez un nouveau mot de passe pour ${placeName}`,
    paragraphs: [
      `Bonjour ${name},`,
      `Quelqu’un, vous sans doute, a demandé un nouveau mot de passe pour ${placeName}. Pour le choisir, ouvrez ce lien :`,
      link,
      'Il fonctionne une seule fois, pendant une heure. Toutes vos sessions prendront fin.',
      'Si vous n’avez rien demandé, ignorez ce message : votre mot de passe reste le même.',
    ],
  },
  en: {
    subject: `Choose a new password for ${placeName}`,
    paragraphs: [
      `Hello ${name},`,
      `Somebody, probably you, asked for a new password for ${placeName}. To choose it, open this link:`,
      link,
      'It works once, for an hour. All your sessions will end.',
      'If you did not ask for it, ignore this message: your password stays as it is.',
    ],
  },
}))

/** Proves that an address is read by whom it belongs to. */
export const verifyAddressMail = linkMail('verify-address', ({ name, email }, placeName, link) => ({
  fr: {
    subject: `Confirmez votre adresse pour ${placeName}`,
    paragraphs: [
      `Bonjour ${name},`,
      `Pour confirmer que l’adresse ${email} est bien la vôtre, ouvrez ce lien :`,
      link,
      'Il fonctionne une seule fois, pendant 24 heures.',
      'Si vous n’attendiez pas ce message, ignorez-le : rien ne se passera.',
    ],
  },
  en: {
    subject: `Confirm your address for ${placeName}`,
    paragraphs: [
      `Hello ${name},`,
      `To confirm that ${email} is your address, open this link:`,
      link,
      'It works once, for 24 hours.',
      'If you did not expect this message, ignore it: nothing will happen.',
    ],
  },
}))
