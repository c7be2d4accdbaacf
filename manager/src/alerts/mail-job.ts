import { isDriverError } from '@platen/drivers/errors'
import type { Mailer } from '@platen/drivers/mail'
import { defineJob } from '@platen/kit/jobs'
import { maybe, sql, withScope, type Db } from '@platen/kit/sql'
import { z } from 'zod'

export interface AlertMailDeps {
  /** As the worker role. */
  db: Db
  mailer: Mailer
  consoleUrl: string
}

interface MailRow {
  id: string
  alert_id: string
  kind: string
  recipient: string
  message_id: string
  subject: string
  text: string
}

const payload = z.strictObject({ mailId: z.uuid() })

/** Sends one mail of an alert. A relay that is down is asked again later; what a relay refuses for good is recorded and left. */
export const sendAlertMail = defineJob<typeof payload, AlertMailDeps>({
  name: 'send-alert-mail',
  payload,
  run: async ({ mailId }, { deps, signal }) => {
    const { db, mailer, consoleUrl } = deps
    const mail = await inScope(db, (tx) =>
      maybe(
        tx,
        sql<MailRow>`SELECT m.id, m.alert_id, a.kind, m.recipient, m.message_id, m.subject, m.text
          FROM manager.alert_mails m JOIN manager.alerts a ON a.id = m.alert_id
          WHERE m.id = ${mailId} AND m.sent_at IS NULL AND m.refused IS NULL`,
      ),
    )
    if (mail === undefined) return
    const refused = await send(mailer, mail, `${consoleUrl}/alerts`, signal)
    await inScope(db, async (tx) => {
      if (refused !== undefined) {
        await sql`UPDATE manager.alert_mails SET refused = ${refused} WHERE id = ${mail.id}`.execute(tx)
        return
      }
      await sql`UPDATE manager.alert_mails SET sent_at = now() WHERE id = ${mail.id}`.execute(tx)
      await sql`UPDATE manager.alerts SET mailed_at = now(), message_id = ${mail.message_id}
        WHERE id = ${mail.alert_id} AND mailed_at IS NULL`.execute(tx)
    })
  },
})

/** Undefined once somebody keeps the mail, else why it never will be. @throws DriverError where sending again may help. */
async function send(mailer: Mailer, mail: MailRow, link: string, signal: AbortSignal): Promise<string | undefined> {
  const { recipient: to, message_id: messageId, subject, kind } = mail
  try {
    await mailer.send({ to, subject, messageId, text: `${mail.text}${link}\n`, tag: `alert:${kind}` }, { signal })
    return undefined
  } catch (error) {
    // It went before under this id, then the platform's address changed.
    if (isDriverError(error) && error.kind === 'already-exists') return undefined
    if (isDriverError(error) && error.kind === 'refused') return error.message
    throw error
  }
}

const inScope = <T>(db: Db, work: Parameters<typeof withScope<T>>[2]): Promise<T> =>
  withScope(db, { operator: true }, work)
