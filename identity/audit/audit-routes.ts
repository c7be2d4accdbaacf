import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { pageOf, type HttpServer } from '@platen/kit/http'
import { mapPage } from '@platen/kit/lists'
import { withScope, type Db, type Scope } from '@platen/kit/sql'
import { z } from 'zod'
import { appendAudit } from '../audit.ts'
import { principalOf, visitorOf } from '../authorize.ts'
import { actorOf, type Principal } from '../principal.ts'
import { identityProblems } from '../problems.ts'
import type { AuditTrail } from './audit-trail.ts'
import { entryAnswer, entrySchema, verificationSchema } from './entry-view.ts'
import { exportEntries, exportFormats } from './export-entries.ts'
import { entryList, findEntry, listEntries } from './list-entries.ts'

/** The trail that a request asks about. */
export interface AuditSource {
  db: Db
  trail: AuditTrail
  /** Whose entries who asks may see. */
  scopeOf(principal: Principal): Scope
}

type SourceOf = (request: FastifyRequest) => AuditSource

/** What reads every entry takes of the caller's rate limits. */
const wholeTrailCost = 50
const reading = { kind: 'permission', permission: 'audit.read' } as const

/** The audit trail: reading, searching, taking away and proving it. The same in the control plane and in a site. */
export function registerAuditRoutes(app: HttpServer, sourceOf: SourceOf): void {
  registerReading(app, sourceOf)
  registerExport(app, sourceOf)
  registerVerification(app, sourceOf)
}

function registerReading(app: HttpServer, sourceOf: SourceOf): void {
  app.route({
    method: 'GET',
    url: '/api/v1/audit-entries',
    config: { policy: reading },
    schema: {
      tags: ['audit'],
      summary: 'Search the audit trail, newest first',
      querystring: entryList.query,
      response: { 200: pageOf(entrySchema) },
    },
    handler: async (request) => {
      const { db, scopeOf } = sourceOf(request)
      const page = await withScope(db, scopeOf(principalOf(request)), (tx) => listEntries(tx, request.query))
      return mapPage(page, entryAnswer)
    },
  })

  app.route({
    method: 'GET',
    url: '/api/v1/audit-entries/:id',
    config: { policy: reading, problems: ['audit-entry-not-found'] },
    schema: {
      tags: ['audit'],
      summary: 'Read an entry of the audit trail',
      params: z.strictObject({ id: z.uuid() }),
      response: { 200: entrySchema },
    },
    handler: async (request) => {
      const { db, scopeOf } = sourceOf(request)
      const found = await withScope(db, scopeOf(principalOf(request)), (tx) => findEntry(tx, request.params.id))
      if (found === undefined)
        throw identityProblems.problem('audit-entry-not-found', 'No entry of the audit trail has this id.')
      return entryAnswer(found)
    },
  })
}

function registerExport(app: HttpServer, sourceOf: SourceOf): void {
  app.route({
    method: 'GET',
    url: '/api/v1/audit-exports',
    config: { policy: { kind: 'permission', permission: 'audit.export' }, cost: wholeTrailCost },
    schema: {
      tags: ['audit'],
      summary: 'Download entries of the audit trail as CSV or as lines of JSON; the download is audited itself',
      querystring: entryList.queryWith({ format: z.enum(['csv', 'json']).default('csv') }),
      // A stream: no serializer sees it.
      response: { 200: z.string() },
      produces: Object.values(exportFormats).map(({ contentType }) => contentType.split(';', 1)[0] ?? ''),
    },
    handler: async (request, reply) => {
      const { format, ...query } = request.query
      const principal = principalOf(request)
      const { db, scopeOf } = sourceOf(request)
      const scope = scopeOf(principal)
      await withScope(db, scope, (tx) =>
        appendAudit(tx, {
          tenantId: principal.tenantId,
          actor: actorOf(principal, visitorOf(request)),
          action: 'audit.exported',
          resource: 'audit',
          changes: { format, filters: query.filters, search: query.search },
        }),
      )
      const { contentType, extension } = exportFormats[format]
      const stream = Readable.from(exportEntries(db, { scope, query, format }), { objectMode: false })
      // What went wrong in the middle ends the connection, so that nobody takes a part for the whole.
      stream.on('error', (error) => request.log.warn({ err: error }, 'an export of the audit trail broke off'))
      return reply
        .header('content-type', contentType)
        .header('content-disposition', `attachment; filename="audit.${extension}"`)
        .header('cache-control', 'no-store')
        .send(stream as unknown as string) // the schema tells what arrives, fastify sends the stream
    },
  })
}

function registerVerification(app: HttpServer, sourceOf: SourceOf): void {
  app.route({
    method: 'POST',
    url: '/api/v1/audit-verifications',
    config: { policy: reading, cost: wholeTrailCost },
    schema: {
      tags: ['audit'],
      summary: 'Compare the audit trail with its seals and with what was anchored outside of the database',
      response: { 200: verificationSchema },
    },
    handler: (request) => {
      const { trail, scopeOf } = sourceOf(request)
      return trail.verify(scopeOf(principalOf(request)))
    },
  })
}
