import type { Mailer } from './contract.ts'
import type { MailConfig } from './config.ts'
import { InboxMailer } from './inbox/driver.ts'
import { SmtpMailer } from './smtp/driver.ts'

/** The mailer that the settings ask for; `inbox` only when mails stay here, so that the console knows what to show. */
export function createMailer(
  { from, relay, authorityPem }: MailConfig,
  { inboxDirectory }: { inboxDirectory: string },
): { mailer: Mailer; inbox: InboxMailer | undefined } {
  if (relay === undefined) {
    const inbox = new InboxMailer({ directory: inboxDirectory, from })
    return { mailer: inbox, inbox }
  }
  const mailer = new SmtpMailer({ relay, from, ...(authorityPem === undefined ? {} : { authorityPem }) })
  return { mailer, inbox: undefined }
}
