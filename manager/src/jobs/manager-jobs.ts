import { sendOrGiveUp, type Mailer } from '@platen/drivers/mail'
import type { ObjectStore } from '@platen/drivers/objects'
import {
  expireReports,
  peopleReport,
  sendIdentityMail,
  sendReportMail,
  tenantReportJob,
  type ReportJobDeps,
  type ReportTable,
} from '@platen/identity'
import type { RunnableJob } from '@platen/kit/jobs'
import type { Vault } from '@platen/kit/secrets'
import { maybe, sql, type Db } from '@platen/kit/sql'
import { sitesReport } from './sites-report.ts'

/** What a tenant can have reported in the console. */
export const managerReports = { people: peopleReport, sites: sitesReport } satisfies ReportTable

/** The jobs that the control plane shares with sites: mails of identity, and reports. */
export const sharedJobs: readonly RunnableJob<ReportJobDeps>[] = [
  sendIdentityMail,
  sendReportMail,
  tenantReportJob(managerReports),
  expireReports,
]

export interface SharedJobParts {
  /** As the worker role. */
  db: Db
  vault: Vault
  mailer: Mailer
  consoleUrl: string
  reportFiles: ObjectStore
}

/** What those jobs work with in the control plane. */
export const sharedJobDeps = ({ db, vault, mailer, consoleUrl, reportFiles }: SharedJobParts): ReportJobDeps => ({
  db,
  vault,
  issuer: consoleUrl,
  sendMail: (mail, options) => sendOrGiveUp(mailer, mail, options),
  placeName: async (tx, tenantId) => {
    const tenant = await maybe(tx, sql<{ name: string }>`SELECT name FROM manager.tenants WHERE id = ${tenantId}`)
    return tenant?.name ?? 'Platen'
  },
  reportStore: (tenantId) => ({
    put: (key, body, options) => reportFiles.put(`${tenantId}/${key}`, body, options),
    remove: (key) => reportFiles.remove(`${tenantId}/${key}`),
  }),
})
