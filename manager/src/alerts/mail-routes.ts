import { isDriverError } from '@platen/drivers/errors'
import type { InboxMailer, Mail, Mailer } from '@platen/drivers/mail'
import { principalOf } from '@platen/identity'
import { pageQuery, type HttpServer } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import { z } from 'zod'
import { alertProblems } from './problems.ts'

export interface MailRoutesOptions {
  mailer: Mailer
  /** Undefined when mails go to a relay: then none is kept here. */
  inbox: InboxMailer | undefined
}

const summary = {
  id: z.string(),
  to: z.string(),
  from: z.string(),
  subject: z.string(),
  tag: z.string(),
  receivedAt: z.iso.datetime(),
}
const mailSummarySchema = z.strictObject(summary).meta({ id: 'MailSummary' })
/** Text only: the HTML of a mail is never given out, so that nobody shows it. */
const mailSchema = z.strictObject({ ...summary, text: z.string() }).meta({ id: 'Mail' })
const operator = { kind: 'operator' } as const

/** The inbox of a platform without a relay, and the mail that shows whether mails go. */
export function registerMailRoutes(app: HttpServer, options: MailRoutesOptions): void {
  registerInbox(app, options)
  registerTestMail(app, options)
}

function registerInbox(app: HttpServer, { inbox }: MailRoutesOptions): void {
  app.route({
    method: 'GET',
    url: '/api/v1/mails',
    config: { policy: operator },
    schema: {
      tags: ['mails'],
      summary: 'List the mails that the platform keeps because no relay is set, newest first',
      querystring: pageQuery,
      response: {
        200: z.strictObject({
          items: z.array(mailSummarySchema),
          nextCursor: z.string().nullable(),
          /** False: mails go to a relay, and none is kept here. */
          kept: z.boolean(),
        }),
      },
    },
    handler: async ({ query: { limit, cursor } }) => {
      if (inbox === undefined) return { items: [], nextCursor: null, kept: false }
      const { items: found } = await inbox.list({
        limit: limit + 1,
        ...(cursor === undefined ? {} : { after: cursor }),
      })
      const items = found
        .slice(0, limit)
        .map(({ id, to, from, subject, tag, receivedAt }) => ({
          id, to, from, subject, tag, receivedAt: receivedAt.toISOString(),
        })) // prettier-ignore
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null, kept: true }
    },
  })

  app.route({
    method: 'GET',
    url: '/api/v1/mails/:id',
    config: { policy: operator, problems: ['mail-not-found'] },
    schema: {
      tags: ['mails'],
      summary: 'Read a mail, as text',
      params: z.strictObject({ id: z.string().max(64) }),
      response: { 200: mailSchema },
    },
    handler: async ({ params }) => {
      const mail = await inbox?.read(params.id).catch((error: unknown) => {
        if (isDriverError(error) && error.kind === 'not-found') return undefined
        throw error
      })
      if (mail === undefined) throw alertProblems.problem('mail-not-found', 'The inbox has no mail of this id.')
      const { id, to, from, subject, tag, receivedAt, text } = mail
      return { id, to, from, subject, tag, receivedAt: receivedAt.toISOString(), text }
    },
  })
}

function registerTestMail(app: HttpServer, { mailer }: MailRoutesOptions): void {
  app.route({
    method: 'POST',
    url: '/api/v1/alerts/test-mail',
    config: { policy: operator, problems: ['mail-not-sent'] },
    schema: {
      tags: ['alerts'],
      summary: 'Send a test mail to the caller, as alerts are sent',
      response: { 200: z.strictObject({ to: z.string(), messageId: z.string(), target: z.string() }) },
    },
    handler: async (request) => {
      const { email: to } = principalOf(request)
      try {
        const { target } = await mailer.describe()
        const { messageId } = await mailer.send(testMail(to))
        return { to, messageId, target }
      } catch (error) {
        if (!isDriverError(error)) throw error
        throw alertProblems.problem('mail-not-sent', `Not sent: ${error.message}.`, { cause: error })
      }
    },
  })
}

const testMail = (to: string): Mail => ({
  to,
  subject: '[Platen] Test mail',
  text: 'Alerts of this platform reach you: somebody asked for this mail in the console.\n',
  messageId: `${newId()}@alerts.platen`,
  tag: 'test',
})
