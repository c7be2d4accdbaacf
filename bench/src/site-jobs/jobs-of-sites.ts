import { commerceReports } from '@platen/commerce'
import { sendOrGiveUp, type Mailer } from '@platen/drivers/mail'
import {
  expireReports,
  expiringSchedule,
  peopleReport,
  sendIdentityMail,
  sendReportMail,
  tenantReportJob,
  type ReportJobDeps,
  type ReportTable,
} from '@platen/identity'
import type { JobSchedule, RunnableJob } from '@platen/kit/jobs'
import type { ServedSite } from '../sites/index.ts'

export type SiteJobDeps = ReportJobDeps

/** What can be reported in a site. */
export const siteReports = { people: peopleReport, ...commerceReports } satisfies ReportTable

/** Every job that runs in sites. */
export const siteJobs: readonly RunnableJob<SiteJobDeps>[] = [
  sendIdentityMail,
  sendReportMail,
  tenantReportJob(siteReports),
  expireReports,
]

/** What the clock asks for in every site. */
export const siteSchedules: readonly JobSchedule<SiteJobDeps>[] = [expiringSchedule]

export interface SiteJobParts {
  mailer: Mailer
  siteUrl(host: string): string
}

/** What the jobs of one site work with: its own database and files. Mails leave from here, so they do while the manager is down. */
export function siteJobDeps(site: ServedSite, { mailer, siteUrl }: SiteJobParts): SiteJobDeps {
  const { db, vault, objects } = site.resources()
  const { name, hosts } = site.snapshot
  return {
    db,
    vault,
    issuer: siteUrl(hosts[0] ?? name),
    sendMail: (mail, options) => sendOrGiveUp(mailer, mail, options),
    placeName: async () => name,
    reportStore: () => objects,
  }
}
