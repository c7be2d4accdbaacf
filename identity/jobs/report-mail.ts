import { z } from 'zod'
import { defineJob } from '@platen/kit/jobs'
import { maybe, sql, withScope } from '@platen/kit/sql'
import type { MailJobDeps } from './mail-job.ts'

const payload = z.strictObject({ reportId: z.uuid(), type: z.string(), rows: z.int() })

/**
 * Tells who asked for a report that it is there. The link leads to the job's page, where they sign in and get the file: a link to the
 * file itself lives for minutes, and mails are read later and by others.
 */
export const sendReportMail = defineJob<typeof payload, MailJobDeps>({
  name: 'send-report-mail',
  payload,
  timeoutMs: 60_000,
  key: ({ reportId }) => reportId,
  run: async ({ reportId, rows }, { deps, tenantId, requestedBy, signal }) => {
    if (tenantId === null) return
    const found = await withScope(deps.db, { tenantId }, async (tx) => {
      const user = await maybe(
        tx,
        sql<{ email: string; name: string; locale: string | null }>`SELECT a.email, u.name, a.locale
          FROM identity.users u JOIN identity.accounts a ON a.id = u.account_id
          WHERE u.tenant_id = ${tenantId} AND u.id = ${requestedBy} AND u.state = 'active' AND a.state = 'active'`,
      )
      return user && { user, place: await deps.placeName(tx, tenantId) }
    })
    if (found === undefined) return
    const { user, place } = found
    const { subject, paragraphs } = textOf(user.locale)({
      name: user.name,
      place: place.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' '),
      rows,
      link: `${deps.issuer}/jobs/${reportId}`,
    })
    const messageId = `report.${reportId}@${new URL(deps.issuer).hostname}`
    await deps.sendMail(
      { to: user.email, subject, text: `${paragraphs.join('\n\n')}\n`, messageId, tag: 'report' },
      { signal },
    )
  },
})

interface Facts {
  name: string
  place: string
  rows: number
  link: string
}

const textOf = (locale: string | null) => (locale === 'fr' ? french : english)

const english = ({ name, place, rows, link }: Facts) => ({
  subject: `Your report from ${place} is ready`,
  paragraphs: [
    `Hello ${name},`,
    `The report that you asked for in ${place} is ready. It has ${rows} rows. Sign in to download it, within 7 days:`,
    link,
  ],
})

const french = ({ name, place, rows, link }: Facts) => ({
  subject: `Votre rapport de ${place} est prêt`,
  paragraphs: [
    `Bonjour ${name},`,
    `Le rapport que vous avez demandé dans ${place} est prêt. Il compte ${rows} lignes. Connectez-vous pour le télécharger, dans les 7 jours :`,
    link,
  ],
})
