import { maybe, sql } from '@platen/kit/sql'
import type { MailComposer } from './mail.ts'

/** Greets a new user; the mail's id is that of the account. */
export const welcomeMail: MailComposer = {
  async draft({ tx, issuer, placeName }, { id, tenantId }) {
    const user = await maybe(
      tx,
      sql<{ id: string; email: string; name: string; locale: string | null }>`SELECT u.id, a.email, u.name, a.locale
        FROM identity.users u JOIN identity.accounts a ON a.id = u.account_id AND a.state = 'active'
        WHERE u.tenant_id = ${tenantId} AND u.account_id = ${id} AND u.state = 'active'`,
    )
    if (user === undefined) return undefined
    return {
      to: user.email,
      locale: user.locale,
      mark: user.id,
      texts: {
        fr: {
          subject: `Bienvenue dans ${placeName}`,
          paragraphs: [
            `Bonjour ${user.name},`,
            `Votre compte dans ${placeName} est prêt. Vous vous y connectez avec l’adresse ${user.email} :`,
            issuer,
            'Gardez cette adresse dans vos favoris.',
          ],
        },
        en: {
          subject: `Welcome to ${placeName}`,
          paragraphs: [
            `Hello ${user.name},`,
            `Your account in ${placeName} is ready. You sign in with the address ${user.email} at:`,
            issuer,
            'Keep this address among your bookmarks.',
          ],
        },
      },
    }
  },
}
