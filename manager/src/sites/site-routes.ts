import { z } from 'zod'
import { pageOf, type HttpServer } from '@platen/kit/http'
import { mapPage } from '@platen/kit/lists'
import { withScope } from '@platen/kit/sql'
import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import { scopeOf } from '../scope.ts'
import { beginChange } from './begin-change.ts'
import { refuseAction, startedAnswer, type SiteRoutesOptions } from './begin-operation.ts'
import { registerSiteCreation } from './request-site.ts'
import { listSites, requireSite, siteList } from './site-store.ts'
import { siteSchema, toSiteAnswer } from './site-view.ts'

const ticketSeconds = 60
const siteParams = z.strictObject({ id: z.uuid() })

export function registerSiteRoutes(app: HttpServer, options: SiteRoutesOptions): void {
  registerReading(app, options)
  registerSiteCreation(app, options)
  registerChanges(app, options)
  registerTickets(app, options)
}

function registerReading(app: HttpServer, options: SiteRoutesOptions): void {
  app.route({
    method: 'GET',
    url: '/api/v1/sites',
    config: { policy: { kind: 'permission', permission: 'sites.read' } },
    schema: {
      tags: ['sites'],
      summary: 'List sites, newest first',
      querystring: siteList.query,
      response: { 200: pageOf(siteSchema) },
    },
    handler: async (request) => {
      const page = await withScope(options.db, scopeOf(principalOf(request)), (tx) => listSites(tx, request.query))
      return mapPage(page, (site) => toSiteAnswer(site, options))
    },
  })

  app.route({
    method: 'GET',
    url: '/api/v1/sites/:id',
    config: { policy: { kind: 'permission', permission: 'sites.read' }, problems: ['site-not-found'] },
    schema: { tags: ['sites'], summary: 'Read a site', params: siteParams, response: { 200: siteSchema } },
    handler: async (request) => {
      const site = await withScope(options.db, scopeOf(principalOf(request)), (tx) =>
        requireSite(tx, request.params.id),
      )
      return toSiteAnswer(site, options)
    },
  })
}

function registerChanges(app: HttpServer, options: SiteRoutesOptions): void {
  // A request without a body arrives as null.
  const reason = z.strictObject({ reason: z.string().max(500).optional() }).nullish()
  const changes = [
    { method: 'PUT', url: '/api/v1/sites/:id/suspension', action: 'suspend', summary: 'Suspend a site' },
    { method: 'DELETE', url: '/api/v1/sites/:id/suspension', action: 'resume', summary: 'Resume a suspended site' },
    { method: 'POST', url: '/api/v1/sites/:id/restarts', action: 'restart', summary: 'Restart a site' },
    { method: 'DELETE', url: '/api/v1/sites/:id', action: 'drop', summary: 'Drop a site with its database and files' },
  ] as const

  for (const { method, url, action, summary } of changes) {
    app.route({
      method,
      url,
      config: {
        policy: { kind: 'permission', permission: action === 'drop' ? 'sites.drop' : 'sites.operate' },
        problems: ['site-not-found', 'site-action-refused'],
      },
      schema: {
        tags: ['sites'],
        summary,
        params: siteParams,
        ...(method === 'PUT' ? { body: reason } : {}),
        response: { 202: startedAnswer },
      },
      handler: async (request, reply) => {
        const given = method === 'PUT' ? (request.body as { reason?: string } | null | undefined)?.reason : undefined // validated above
        const answer = await withScope(options.db, scopeOf(principalOf(request)), async (tx) => {
          return beginChange(tx, request, { siteId: request.params.id, action, reason: given }, options)
        })
        return reply.code(202).send(answer)
      },
    })
  }
}

function registerTickets(app: HttpServer, options: SiteRoutesOptions): void {
  app.route({
    method: 'POST',
    url: '/api/v1/sites/:id/admin-tickets',
    config: {
      policy: { kind: 'permission', permission: 'sites.open' },
      problems: ['site-not-found', 'site-action-refused'],
    },
    schema: {
      tags: ['sites'],
      summary: 'A single-use link that opens a site as its administrator',
      params: siteParams,
      response: { 201: z.strictObject({ url: z.string(), expiresAt: z.iso.datetime() }) },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const site = await withScope(options.db, scopeOf(principal), async (tx) => {
        const found = await requireSite(tx, request.params.id)
        refuseAction('open', found)
        await appendAudit(tx, {
          tenantId: found.tenant_id,
          actor: actorOf(principal, visitorOf(request)),
          action: 'site.opened-as-administrator',
          resource: 'site',
          resourceId: found.id,
        })
        return found
      })
      // The audit row is committed before the ticket exists: a ticket that nobody accounts for must not be possible.
      const ticket = await options.runtimeOf(site.bench_name ?? '').issueTicket({
        siteId: site.id,
        email: site.admin_email,
        actorLabel: principal.email,
        expiresInSeconds: ticketSeconds,
      })
      return reply.code(201).send({
        url: `${options.siteUrl(site.host ?? '')}/open#ticket=${ticket.token.expose()}`,
        expiresAt: ticket.expiresAt,
      })
    },
  })
}
