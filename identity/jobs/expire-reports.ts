import { z } from 'zod'
import { clearResult, defineJob, staleResults, type JobSchedule } from '@platen/kit/jobs'
import { withScope } from '@platen/kit/sql'
import { reportName, reportResult, type ReportJobDeps } from './report-job.ts'

const keptDays = 7
const payload = z.strictObject({})

/** Removes the files of reports a week after they were written; the jobs stay in the list for their month. */
export const expireReports = defineJob<typeof payload, ReportJobDeps>({
  name: 'expire-reports',
  payload,
  queue: 'low',
  maxAttempts: 3,
  run: async (_payload, { deps, signal }) => {
    const asPlatform = { operator: true }
    const stale = await withScope(deps.db, asPlatform, (tx) => staleResults(tx, { name: reportName, days: keptDays }))
    for (const { id, tenantId, result } of stale) {
      signal.throwIfAborted()
      const made = reportResult.safeParse(result)
      // The file first: what fails in between is tried again tomorrow.
      if (made.success && tenantId !== null) await deps.reportStore(tenantId).remove(made.data.objectKey)
      await withScope(deps.db, asPlatform, (tx) => clearResult(tx, id))
    }
  },
})

/** At night, in every place. */
export const expiringSchedule: JobSchedule<ReportJobDeps> = {
  job: expireReports,
  cron: '40 3 * * *',
  timeZone: 'Europe/Paris',
}
