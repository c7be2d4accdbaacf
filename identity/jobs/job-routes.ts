import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { pageOf, type HttpServer } from '@platen/kit/http'
import { discardJob, jobList, jobProblems, listJobs, readJob, retryJob, type JobRow } from '@platen/kit/jobs'
import { mapPage } from '@platen/kit/lists'
import { withScope, type Db, type Scope, type Tx } from '@platen/kit/sql'
import { appendAudit } from '../audit.ts'
import { principalOf, visitorOf } from '../authorize.ts'
import { actorOf, mayDo, type Principal } from '../principal.ts'
import { jobSchema, toJobAnswer, type JobAnswer } from './job-view.ts'
import { reportResult, type ReportTable } from './report-job.ts'

export interface JobRoutesOptions {
  dbOf(request: FastifyRequest): Db
  /** Whose jobs a person may see. */
  scopeOf(principal: Principal): Scope
  reports: ReportTable
  /** A link to a file of a tenant, for some minutes. */
  fileUrl(request: FastifyRequest, file: { tenantId: string; key: string; expiresInSeconds: number }): string
  /** Called after a commit that queued something, where nobody else looks. */
  afterCommit?(request: FastifyRequest): void
}

const params = z.strictObject({ id: z.uuid() })
const linkSeconds = 300

/** What runs in the background, and what a person may do about it. */
export function registerJobRoutes(app: HttpServer, options: JobRoutesOptions): void {
  registerReading(app, options)
  registerActs(app, options)
}

function registerReading(app: HttpServer, options: JobRoutesOptions): void {
  const { dbOf, scopeOf } = options
  app.route({
    method: 'GET',
    url: '/api/v1/jobs',
    config: { policy: { kind: 'permission', permission: 'jobs.read' } },
    schema: {
      tags: ['jobs'],
      summary: 'List background jobs, newest first',
      querystring: jobList.query,
      response: { 200: pageOf(jobSchema) },
    },
    handler: async (request) => {
      const found = await withScope(dbOf(request), scopeOf(principalOf(request)), (tx) => listJobs(tx, request.query))
      return mapPage(found, (job) => toJobAnswer(job))
    },
  })

  app.route({
    method: 'GET',
    url: '/api/v1/jobs/:id',
    config: { policy: { kind: 'authenticated' }, problems: ['job-not-found'] },
    schema: {
      tags: ['jobs'],
      summary: 'Read a job: everybody their own, with the permission jobs.read every one',
      params,
      response: { 200: jobSchema },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const job = await withScope(dbOf(request), scopeOf(principal), (tx) => readJob(tx, request.params.id))
      if (!mayDo(principal, 'jobs.read') && job.requestedBy !== principal.userId)
        throw jobProblems.problem('job-not-found', 'There is no job of this id.')
      return toJobAnswer(job, fileOf(request, job, options))
    },
  })
}

function registerActs(app: HttpServer, options: JobRoutesOptions): void {
  const policy = { kind: 'permission', permission: 'jobs.write' } as const
  const act = async (
    request: FastifyRequest,
    id: string,
    action: string,
    work: (tx: Tx, id: string) => Promise<JobRow>,
  ): Promise<JobAnswer> => {
    const principal = principalOf(request)
    const job = await withScope(options.dbOf(request), options.scopeOf(principal), async (tx) => {
      const changed = await work(tx, id)
      await appendAudit(tx, {
        tenantId: changed.tenantId,
        actor: actorOf(principal, visitorOf(request)),
        action,
        resource: 'job',
        resourceId: id,
        changes: { name: changed.name },
      })
      return changed
    })
    options.afterCommit?.(request)
    return toJobAnswer(job)
  }

  app.route({
    method: 'POST',
    url: '/api/v1/jobs/:id/retries',
    config: { policy, problems: ['job-not-found', 'job-not-failed', 'job-already-open'] },
    schema: { tags: ['jobs'], summary: 'Queue a failed job again', params, response: { 202: jobSchema } },
    handler: async (request, reply) =>
      reply.code(202).send(await act(request, request.params.id, 'job.retried', retryJob)),
  })

  app.route({
    method: 'DELETE',
    url: '/api/v1/jobs/:id',
    config: { policy, problems: ['job-not-found', 'job-ended'] },
    schema: {
      tags: ['jobs'],
      summary: 'Discard a job that waits or has failed; one that runs is told to stop',
      params,
      response: { 200: jobSchema },
    },
    handler: (request) => act(request, request.params.id, 'job.discarded', discardJob),
  })
}

/** Only for who may see what is in it. */
function fileOf(request: FastifyRequest, job: JobRow, { reports, fileUrl }: JobRoutesOptions): JobAnswer['file'] {
  const made = reportResult.safeParse(job.result)
  if (job.state !== 'succeeded' || job.tenantId === null || !made.success) return null
  const { objectKey, type, rows, sizeBytes } = made.data
  const permission = reports[type]?.permission
  if (permission === undefined || !mayDo(principalOf(request), permission)) return null
  const url = fileUrl(request, { tenantId: job.tenantId, key: objectKey, expiresInSeconds: linkSeconds })
  return { url, rows, sizeBytes, expiresInSeconds: linkSeconds }
}
