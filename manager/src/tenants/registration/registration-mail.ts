import { isDriverError } from '@platen/drivers/errors'
import type { Mailer } from '@platen/drivers/mail'
import { defineJob } from '@platen/kit/jobs'
import type { Vault } from '@platen/kit/secrets'
import { withScope, type Db } from '@platen/kit/sql'
import { z } from 'zod'
import {
  closeRegistration,
  findUnsent,
  forgetExpired,
  noteSent,
  registrationHours,
  type UnsentRegistration,
} from './registration-store.ts'

export interface RegistrationMailDeps {
  /** As the worker role. */
  db: Db
  mailer: Mailer
  vault: Vault
  consoleUrl: string
}

/** More than that to one address within an hour is somebody pestering its owner. */
const mailsPerHour = 3
const asPlatform = { operator: true } as const
const payload = z.strictObject({ registrationId: z.uuid() })

export const sealContext = (id: string): string => `manager.registrations/${id}`

/**
 * Writes to an address that somebody registered: the link that makes the account or, where there is one, that there is. Which of the
 * two is decided here, long after the request was answered.
 */
export const sendRegistrationMail = defineJob<typeof payload, RegistrationMailDeps>({
  name: 'send-registration-mail',
  payload,
  run: async ({ registrationId: id }, { deps, signal }) => {
    const { db, mailer, vault, consoleUrl } = deps
    const found = await withScope(db, asPlatform, async (tx) => {
      await forgetExpired(tx)
      return findUnsent(tx, id)
    })
    if (found === undefined) return
    if (found.earlier < mailsPerHour) {
      const token = vault.open(found.sealed_token, sealContext(id)).expose()
      const link = found.known ? consoleUrl : `${consoleUrl}/registration#token=${token}`
      const messageId = `registration.${id}@${new URL(consoleUrl).hostname}`
      await mailer
        .send({ to: found.email, messageId, tag: 'registration', ...textOf(found, link) }, { signal })
        .catch((error: unknown) => {
          // Either it will never go, so that nobody can use this registration; or another attempt sent it before the account was made.
          if (!isDriverError(error) || !['refused', 'already-exists'].includes(error.kind)) throw error
        })
    }
    await withScope(db, asPlatform, (tx) =>
      found.known || found.earlier >= mailsPerHour ? closeRegistration(tx, id) : noteSent(tx, id),
    )
  },
})

/** Nothing that the stranger typed is in it: a mail to somebody else's address must not carry their words. */
function textOf({ known, locale }: UnsentRegistration, link: string): { subject: string; text: string } {
  const host = new URL(link).host
  const { subject, paragraphs } = texts[locale === 'fr' ? 'fr' : 'en'][known ? 'known' : 'fresh'](host, link)
  return { subject, text: `${paragraphs.join('\n\n')}\n` }
}

type Text = (host: string, link: string) => { subject: string; paragraphs: string[] }

const texts: Record<'fr' | 'en', Record<'fresh' | 'known', Text>> = {
  fr: {
    fresh: (host, link) => ({
      subject: `Confirmez votre inscription sur ${host}`,
      paragraphs: [
        'Bonjour,',
        `Quelqu’un, sans doute vous, a demandé l’ouverture d’un compte sur ${host} avec cette adresse. Pour le créer, ouvrez ce lien :`,
        link,
        `Il fonctionne une seule fois, pendant ${registrationHours} heures.`,
        'Si vous n’avez rien demandé, ignorez ce message : aucun compte ne sera créé.',
      ],
    }),
    known: (host, link) => ({
      subject: `Vous avez déjà un compte sur ${host}`,
      paragraphs: [
        'Bonjour,',
        `Quelqu’un, sans doute vous, a demandé l’ouverture d’un compte sur ${host} avec cette adresse. Elle en a déjà un ; connectez-vous :`,
        link,
        'Si vous avez oublié votre mot de passe, vous pouvez en choisir un autre sur la page de connexion. Si vous n’avez rien demandé, ignorez ce message : rien n’a changé.',
      ],
    }),
  },
  en: {
    fresh: (host, link) => ({
      subject: `Confirm your registration at ${host}`,
      paragraphs: [
        'Hello,',
        `Somebody, probably you, asked for an account at ${host} with this address. To create it, open this link:`,
        link,
        `It works once, for ${registrationHours} hours.`,
        'If you asked for nothing, ignore this message: no account will be created.',
      ],
    }),
    known: (host, link) => ({
      subject: `You have an account at ${host}`,
      paragraphs: [
        'Hello,',
        `Somebody, probably you, asked for an account at ${host} with this address. It has one already; sign in:`,
        link,
        'If you forgot your password, you can choose another one from the sign-in page. If you asked for nothing, ignore this message: nothing has changed.',
      ],
    }),
  },
}
