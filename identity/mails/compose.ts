import type { Vault } from '@platen/kit/secrets'
import type { Tx } from '@platen/kit/sql'
import { invitationMail } from './invitation-mail.ts'
import { mailLocales, type IdentityMail, type IdentityMailKind, type MailComposer, type MailLocale } from './mail.ts'
import { passwordChangedMail } from './password-changed-mail.ts'
import { resetPasswordMail, verifyAddressMail } from './link-mails.ts'
import { welcomeMail } from './welcome-mail.ts'

/** Who writes which kind. A new kind is a file of its own and a line here. */
const composers: Partial<Record<IdentityMailKind, MailComposer>> = {
  invitation: invitationMail,
  welcome: welcomeMail,
  'reset-password': resetPasswordMail,
  'verify-address': verifyAddressMail,
  'password-changed': passwordChangedMail,
}

/** A mail as a mailer takes it. */
export interface ComposedMail {
  to: string
  subject: string
  text: string
  /** The same for the same link, however often it is composed; another one for a new link. */
  messageId: string
}

/**
 * Writes a mail that was handed over by `mailLater`, in the language of who gets it.
 * @param tx in the scope of the mail's tenant.
 * @returns undefined when it is not to be sent any more.
 */
export async function composeIdentityMail(
  tx: Tx,
  vault: Vault,
  mail: IdentityMail,
  { issuer, placeName }: { issuer: string; placeName: string },
): Promise<ComposedMail | undefined> {
  const draft = await composerOf(mail).draft({ tx, vault, issuer, placeName: oneLine(placeName) }, mail)
  if (draft === undefined) return undefined
  const { subject, paragraphs } = draft.texts[localeOf(draft.locale)]
  return {
    to: draft.to,
    subject: oneLine(subject).slice(0, longestSubject).toWellFormed(),
    text: `${paragraphs.join('\n\n')}\n`,
    messageId: `${mail.kind}.${mail.id}.${draft.mark}@${new URL(issuer).hostname}`,
  }
}

/** To be called once a mailer has taken the mail: the sealed copy of its link is dropped, unless a newer link waits to be sent. */
export async function noteMailSent(
  tx: Tx,
  mail: IdentityMail,
  { messageId }: Pick<ComposedMail, 'messageId'>,
): Promise<void> {
  const [mark = ''] = messageId.slice(`${mail.kind}.${mail.id}.`.length).split('@')
  await composerOf(mail).noteSent?.(tx, mail, mark)
}

const longestSubject = 200

function composerOf({ kind }: IdentityMail): MailComposer {
  const composer = composers[kind]
  if (composer === undefined) throw new Error(`nobody writes mails of the kind ${kind}`)
  return composer
}

/** English is the last resort, as in the web apps. */
const localeOf = (wanted: string | null): MailLocale => mailLocales.find((locale) => locale === wanted) ?? 'en'

/** Names are typed by people; in a subject they must stay on its line. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
