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
