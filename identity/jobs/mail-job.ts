import { z } from 'zod'
import { defineJob, enqueueJob } from '@platen/kit/jobs'
import type { Vault } from '@platen/kit/secrets'
import { withScope, type Db, type Tx } from '@platen/kit/sql'
import { composeIdentityMail, noteMailSent, type MailLater } from '../mails/index.ts'

/** A mail as a mailer takes it. */
export interface OutgoingMail {
  to: string
  subject: string
  text: string
  /** What makes it one mail however often it is sent. */
  messageId: string
  tag: string
}

/** Gives a mail to somebody who keeps it. @throws FinalFailure when it will never be taken, anything else when it may be later. */
export type SendMail = (mail: OutgoingMail, options: { signal: AbortSignal }) => Promise<void>

/** What jobs that write to people work with, in the control plane or in a site. */
export interface MailJobDeps {
  /** As a role that may work in the scope of any tenant. */
  db: Db
  vault: Vault
  /** Origin of the links. */
  issuer: string
  sendMail: SendMail
  /** Name of the organisation (console) or of the site, as people know it; `tx` is in the scope of the tenant. */
  placeName(tx: Tx, tenantId: string): Promise<string>
}

const payload = z.strictObject({
  kind: z.enum(['invitation', 'verify-address', 'reset-password', 'welcome', 'password-changed']),
  id: z.uuid(),
  tenantId: z.uuid(),
})

/** Writes a mail of identity when it is its turn and sends it; a mail that is not wanted any more is not sent. */
export const sendIdentityMail = defineJob<typeof payload, MailJobDeps>({
  name: 'send-identity-mail',
  payload,
  // Somebody waits for the link.
  queue: 'high',
  timeoutMs: 60_000,
  run: async (mail, { deps, signal }) => {
    const { db, vault, issuer, sendMail } = deps
    const scope = { tenantId: mail.tenantId }
    const composed = await withScope(db, scope, async (tx) =>
      composeIdentityMail(tx, vault, mail, { issuer, placeName: await deps.placeName(tx, mail.tenantId) }),
    )
    if (composed === undefined) return
    await sendMail({ ...composed, tag: `identity:${mail.kind}` }, { signal })
    await withScope(db, scope, (tx) => noteMailSent(tx, mail, composed))
  },
})

/** The port `mailLater` of identity, on jobs. Without a key: a reminder while the mail before it is being sent is another mail. */
export const mailByJob: MailLater = async (tx, mail) => {
  await enqueueJob(tx, sendIdentityMail, mail, { tenantId: mail.tenantId })
}
