import type { Readable } from 'node:stream'
import { z } from 'zod'
import { csvStream, type CsvValue } from '@platen/kit/csv'
import { defineJob, enqueueJob, FinalFailure, type JobContext, type JobDefinition } from '@platen/kit/jobs'
import { withScope, type Db, type Tx } from '@platen/kit/sql'
import type { MailJobDeps } from './mail-job.ts'
import { sendReportMail } from './report-mail.ts'

export const reportName = 'tenant-report'
const pageSize = 1_000
const longestReportBytes = 1024 ** 3
const reportPayload = z.strictObject({ type: z.string().max(50) })

/** What can be reported: read page by page, so that its length does not matter. All in the scope of the tenant. */
export interface Report {
  /** Whoever asks for it, or fetches it, needs this. */
  permission: string
  header: readonly string[]
  count(tx: Tx): Promise<number>
  /** In the order of ids, after one of them. */
  page(tx: Tx, after: string | null, limit: number): Promise<{ id: string; values: readonly CsvValue[] }[]>
}

type Page = Awaited<ReturnType<Report['page']>>

export type ReportTable = Readonly<Record<string, Report>>

/** Where reports are kept; keys are relative to the tenant. */
export interface ReportStore {
  put(
    key: string,
    body: Readable,
    options: { contentType: string; maxBytes: number; signal: AbortSignal },
  ): Promise<{ sizeBytes: number }>
  /** The absent is removed already. */
  remove(key: string): Promise<void>
}

export interface ReportJobDeps extends MailJobDeps {
  reportStore(tenantId: string): ReportStore
}

/** What the job of a report leaves behind. */
export const reportResult = z.object({ objectKey: z.string(), type: z.string(), rows: z.int(), sizeBytes: z.int() })

/** The job `tenant-report` of a place: a CSV file in the object storage, and a mail to who asked for it. */
export const tenantReportJob = (reports: ReportTable): JobDefinition<typeof reportPayload, ReportJobDeps> =>
  defineJob<typeof reportPayload, ReportJobDeps>({
    name: reportName,
    payload: reportPayload,
    queue: 'low',
    maxAttempts: 5,
    timeoutMs: 30 * 60_000,
    run: async ({ type }, context) => {
      const { tenantId, jobId, deps, signal } = context
      const report = reports[type]
      if (report === undefined || tenantId === null) throw new FinalFailure(`There is no report of ${type} here.`)
      const objectKey = `reports/${jobId}/${type}`
      const written = { rows: 0 }
      const content = csvStream(report.header, recordsOf(report, tenantId, context, written))
      const options = { contentType: 'text/csv; charset=utf-8', maxBytes: longestReportBytes, signal }
      const { sizeBytes } = await deps.reportStore(tenantId).put(objectKey, content, options)
      await tellWhoAsked(context, tenantId, type, written.rows)
      return { objectKey, type, rows: written.rows, sizeBytes }
    },
  })

async function* recordsOf(
  report: Report,
  tenantId: string,
  { deps, signal, progress }: JobContext<{ db: Db }>,
  written: { rows: number },
): AsyncGenerator<readonly CsvValue[]> {
  const inTenant = <T>(work: (tx: Tx) => Promise<T>) => withScope(deps.db, { tenantId }, work)
  const total = await inTenant((tx) => report.count(tx))
  let after: string | null = null
  do {
    signal.throwIfAborted()
    const last: string | null = after
    const found: Page = await inTenant((tx) => report.page(tx, last, pageSize))
    for (const { values } of found) yield values
    written.rows += found.length
    progress(total === 0 ? 1 : written.rows / total, `${written.rows} / ${Math.max(total, written.rows)}`)
    after = found.length < pageSize ? null : (found.at(-1)?.id ?? null)
  } while (after !== null)
}

/** A job of its own: a mail server that is down must not write the file again. */
async function tellWhoAsked(
  { deps, jobId, requestedBy }: JobContext<MailJobDeps>,
  tenantId: string,
  type: string,
  rowCount: number,
): Promise<void> {
  if (requestedBy === null) return
  const payload = { reportId: jobId, type, rows: rowCount }
  await withScope(deps.db, { tenantId }, (tx) => enqueueJob(tx, sendReportMail, payload, { tenantId, requestedBy }))
}
