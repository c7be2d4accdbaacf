import type { Vault } from '@platen/kit/secrets'
import type { Tx } from '@platen/kit/sql'

/** What identity writes to people. */
export type IdentityMailKind = 'invitation' | 'verify-address' | 'reset-password' | 'welcome' | 'password-changed'

/** A mail to be written and sent later. It carries references only: the link's token is opened when the mail is written. */
export interface IdentityMail {
  kind: IdentityMailKind
  /** Of the invitation, the link or the account. */
  id: string
  tenantId: string
}

/** Hands a mail over in the caller's transaction: it leaves after the commit, at least once, or not at all. */
export type MailLater = (tx: Tx, mail: IdentityMail) => Promise<void>

/** What a mail is written from. */
export interface MailSource {
  /** In the scope of the mail's tenant. */
  tx: Tx
  /** Opens the sealed tokens of links. */
  vault: Vault
  /** Origin of the links, for example `https://console.example.org`. */
  issuer: string
  /** Name of the organisation (console) or of the site, as people know it. */
  placeName: string
}

/** One language's text of a mail. */
export interface MailText {
  subject: string
  /** Paragraphs; empty lines are put between them. */
  paragraphs: readonly string[]
}

/** What is left to do for a mail: to whom, in which language, and what makes this sending differ from the one before. */
export interface MailDraft {
  to: string
  locale: string | null
  /** Of what the mail carries: a new link is a new mail, the same link sent again is the same. */
  mark: string
  texts: Readonly<Record<MailLocale, MailText>>
}

/** Languages that mails are written in. */
export const mailLocales = ['fr', 'en'] as const
export type MailLocale = (typeof mailLocales)[number]

/** One kind of mail. */
export interface MailComposer {
  /** Undefined when there is nothing to say any more: the link was used, withdrawn, replaced or has left already. */
  draft(source: MailSource, mail: IdentityMail): Promise<MailDraft | undefined>
  /** The mail with this mark has left: what was sealed for it goes. */
  noteSent?(tx: Tx, mail: IdentityMail, mark: string): Promise<void>
}
