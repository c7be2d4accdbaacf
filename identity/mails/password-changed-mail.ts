import { maybe, sql } from '@platen/kit/sql'
import type { MailComposer } from './mail.ts'

/** Tells somebody that their password is another one now, in case it was not them; the mail's id is that of the account. */
export const passwordChangedMail: MailComposer = {
  async draft({ tx, issuer, placeName }, { id }) {
    const account = await maybe(
      tx,
      sql<{
        email: string
        name: string
        locale: string | null
        mark: string
      }>`SELECT email, name, locale, substr(md5(password_hash), 1, 16) AS mark FROM identity.accounts
        WHERE id = ${id} AND state = 'active' AND password_hash IS NOT NULL`,
    )
    if (account === undefined) return undefined
    const { email, name, locale } = account
    return {
      to: email,
      locale,
      mark: account.mark,
      texts: {
        fr: {
          subject: `Votre mot de passe pour ${placeName} a été changé`,
          paragraphs: [
            `Bonjour ${name},`,
            `Le mot de passe de votre compte dans ${placeName} vient d’être changé. Si c’était vous, il n’y a rien à faire.`,
            'Sinon, choisissez-en un autre tout de suite par « Mot de passe oublié » et prévenez qui vous administre :',
            issuer,
          ],
        },
        en: {
          subject: `Your password for ${placeName} was changed`,
          paragraphs: [
            `Hello ${name},`,
            `The password of your account in ${placeName} has just been changed. If that was you, there is nothing to do.`,
            'If not, choose another one at once by “Forgotten password”, and tell whoever administers the place:',
            issuer,
          ],
        },
      },
    }
  },
}
