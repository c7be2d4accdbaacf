import { z } from 'zod'
import type { HttpServer } from '@platen/kit/http'
import { enqueueJob, readJob } from '@platen/kit/jobs'
import { kitProblems } from '@platen/kit/problems'
import { withScope } from '@platen/kit/sql'
import { appendAudit } from '../audit.ts'
import { principalOf, visitorOf } from '../authorize.ts'
import { actorOf, mayDo } from '../principal.ts'
import type { JobRoutesOptions } from './job-routes.ts'
import { jobSchema, toJobAnswer } from './job-view.ts'
import { tenantReportJob } from './report-job.ts'

/** A report reads whole tables and sends a mail. */
const reportCost = 20

/** Asking for a report of one's own tenant; the job says how far it is and has the link. */
export function registerReportRoute(app: HttpServer, options: JobRoutesOptions): void {
  const { reports, dbOf, afterCommit } = options
  const job = tenantReportJob(reports)
  app.route({
    method: 'POST',
    url: '/api/v1/reports',
    // Which permission it takes depends on what is asked for.
    config: { policy: { kind: 'authenticated' }, problems: ['forbidden'], cost: reportCost },
    schema: {
      tags: ['jobs'],
      summary: 'Ask for a report as a CSV file: a job writes it and a mail tells when it is there',
      body: z.strictObject({ type: z.enum(Object.keys(reports)) }),
      response: { 202: z.strictObject({ job: jobSchema }) },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const { tenantId, userId } = principal
      const { type } = request.body
      const permission = reports[type]?.permission ?? '*'
      if (!mayDo(principal, permission))
        throw kitProblems.problem('forbidden', `A report of ${type} takes the permission "${permission}".`)
      const queued = await withScope(dbOf(request), { tenantId }, async (tx) => {
        const id = await enqueueJob(tx, job, { type }, { tenantId, requestedBy: userId, key: `${userId}:${type}` })
        await appendAudit(tx, {
          tenantId,
          actor: actorOf(principal, visitorOf(request)),
          action: 'report.requested',
          resource: 'job',
          resourceId: id,
          changes: { type },
        })
        return readJob(tx, id)
      })
      afterCommit?.(request)
      return reply.code(202).send({ job: toJobAnswer(queued) })
    },
  })
}
