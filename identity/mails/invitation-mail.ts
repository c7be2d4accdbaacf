import { maybe, sql, type Tx } from '@platen/kit/sql'
import { linkContext, linkTo, markOf } from './link.ts'
import type { IdentityMail, MailComposer, MailLocale, MailText } from './mail.ts'

interface InvitationRow {
  id: string
  email: string
  name: string
  locale: string | null
  invited_by: string
  token_hash: Buffer
  sealed_token: string
  expires_at: Date
}

/** The link by which somebody comes in. */
export const invitationMail: MailComposer = {
  async draft(source, mail) {
    const invitation = await findUnsent(source.tx, mail)
    if (invitation === undefined) return undefined
    const { id, email: to, locale, token_hash: tokenHash, sealed_token: token } = invitation
    const link = linkTo(source, 'invitation', { token, context: linkContext('invitations', id) })
    return { to, locale, mark: markOf(tokenHash), texts: textsOf(invitation, source.placeName, link) }
  },
  async noteSent(tx, { id, tenantId }, mark) {
    await sql`UPDATE identity.invitations SET sent_at = now(), sealed_token = NULL
      WHERE tenant_id = ${tenantId} AND id = ${id} AND encode(token_hash, 'hex') LIKE ${`${mark}%`}`.execute(tx)
  },
}

const findUnsent = (tx: Tx, { id, tenantId }: IdentityMail): Promise<InvitationRow | undefined> =>
  maybe(
    tx,
    sql<InvitationRow>`SELECT id, email, name, locale, invited_by, token_hash, sealed_token, expires_at FROM identity.invitations
      WHERE tenant_id = ${tenantId} AND id = ${id} AND sealed_token IS NOT NULL
        AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()`,
  )

function textsOf(invitation: InvitationRow, placeName: string, link: string): Record<MailLocale, MailText> {
  const { name, invited_by: inviter, expires_at: expiresAt } = invitation
  const until = (locale: string) =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(expiresAt)
  return {
    fr: {
      subject: `Votre invitation à rejoindre ${placeName}`,
      paragraphs: [
        name === '' ? 'Bonjour,' : `Bonjour ${name},`,
        `${inviter} vous invite à rejoindre ${placeName}. Pour accepter, ouvrez ce lien :`,
        link,
        `Il fonctionne une seule fois, jusqu’au ${until('fr')}.`,
        'Si vous n’attendiez pas cette invitation, ignorez ce message : rien ne se passera.',
      ],
    },
    en: {
      subject: `Your invitation to join ${placeName}`,
      paragraphs: [
        name === '' ? 'Hello,' : `Hello ${name},`,
        `${inviter} invites you to join ${placeName}. To accept, open this link:`,
        link,
        `It works once, until ${until('en-GB')}.`,
        'If you did not expect this invitation, ignore this message: nothing will happen.',
      ],
    },
  }
}
