import { z } from 'zod'
import { registerCommerceRoutes, type CommerceContext } from '@platen/commerce'
import {
  actorOf,
  appendAudit,
  countUsers,
  heldRole,
  principalOf,
  registerAuditRoutes,
  registerAuthRoutes,
  registerJobRoutes,
  registerPeopleRoutes,
  registerReportRoute,
  registerSigningKeyRoutes,
  registerTicketRoute,
  visitorOf,
  type AuditSource,
  type JobRoutesOptions,
} from '@platen/identity'
import { hostUrl, type PlatformSettings } from '@platen/kit/config'
import { registerDeadLetterRoutes } from '@platen/kit/dead-letters'
import type { HttpServer } from '@platen/kit/http'
import { one, sql, withScope } from '@platen/kit/sql'
import type { AddressRule } from '@platen/kit/webhooks'
import type { FastifyRequest } from 'fastify'
import { releaseName } from '../release.ts'
import { siteReports } from '../site-jobs/index.ts'
import type { Deliveries } from './deliveries.ts'
import { filesUrl, registerFileRoute } from './file-route.ts'
import type { Sealing } from './sealing.ts'
import { findSiteOf, siteOf } from './site-of-request.ts'
import { registerSiteWebhookRoutes } from './site-webhooks.ts'

export interface SiteApiOptions {
  deliveries: Deliveries
  sealing: Sealing
  platform: PlatformSettings
  /** Where webhooks of sites may lead. */
  webhookAddresses: AddressRule
}

const siteAnswer = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    host: z.string(),
    plan: z.strictObject({ title: z.string(), maxStorageBytes: z.int(), maxUsers: z.int() }),
    usage: z.strictObject({ storageBytes: z.int(), users: z.int() }),
  })
  .meta({ id: 'SiteSelf' })

/** Everything a site answers under /api/v1: itself, its people, its files, its apps. */
export function registerSiteApi(app: HttpServer, options: SiteApiOptions): void {
  const identityOf = (request: FastifyRequest) => siteOf(request).resources().identity
  sealAfterRequests(app, options.sealing)
  registerAuthRoutes(app, identityOf)
  registerSigningKeyRoutes(app, identityOf, { kind: 'permission', permission: '*' })
  registerTicketRoute(app, identityOf)
  registerPeopleRoutes(app, identityOf)
  registerStatus(app)
  registerMe(app)
  registerSelf(app)
  registerFileRoute(app)
  registerJobs(app, options)
  registerAuditRoutes(app, auditOf)
  registerDeadLetterRoutes(app, {
    policies: {
      read: { kind: 'permission', permission: 'jobs.read' },
      write: { kind: 'permission', permission: 'jobs.write' },
    },
    contextOf: (request) => {
      const { db, siteId, audit, afterCommit } = commerceContext(request, options)
      return { db, scope: { tenantId: siteId }, audit, afterCommit }
    },
  })
  registerSiteWebhookRoutes(app, options)
  registerCommerceRoutes(app, (request) => commerceContext(request, options))
}

function registerJobs(app: HttpServer, { deliveries, platform }: SiteApiOptions): void {
  const options: JobRoutesOptions = {
    dbOf: (request) => siteOf(request).resources().db,
    scopeOf: ({ tenantId }) => ({ tenantId }),
    reports: siteReports,
    fileUrl: (request, { key, expiresInSeconds }) => {
      const { snapshot, resources } = siteOf(request)
      const baseUrl = `${hostUrl(platform, snapshot.hosts[0] ?? '')}${filesUrl}`
      return resources().objects.signedUrl({ key, method: 'GET', expiresInSeconds, baseUrl })
    },
    afterCommit: (request) => deliveries.nudge(siteOf(request)),
  }
  registerJobRoutes(app, options)
  registerReportRoute(app, options)
}

/** What changes something writes to the audit trail, and so does a refusal. */
function sealAfterRequests(app: HttpServer, sealing: Sealing): void {
  app.addHook('onResponse', async (request, reply) => {
    const site = findSiteOf(request)
    const isReading = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS'
    if (site !== undefined && (!isReading || reply.statusCode === 403)) sealing.nudge(site)
  })
}

/** All of the site's trail is the site's: refused sign-ins, which belong to nobody, too. */
function auditOf(request: FastifyRequest): AuditSource {
  const { db, auditTrail } = siteOf(request).resources()
  return { db, trail: auditTrail, scopeOf: ({ tenantId, email }) => ({ operator: true, tenantId, actor: email }) }
}

function registerStatus(app: HttpServer): void {
  app.route({
    method: 'GET',
    url: '/api/v1/status',
    config: { policy: { kind: 'public', reason: 'the platform and uptime monitors ask whether the site answers' } },
    schema: {
      tags: ['site'],
      summary: 'Whether this site answers, its database included',
      response: {
        200: z.strictObject({ site: z.strictObject({ id: z.uuid(), name: z.string() }), release: z.string() }),
      },
    },
    handler: async (request) => {
      const { snapshot, resources } = siteOf(request)
      await one(resources().db, sql`SELECT 1 AS answers`)
      return { site: { id: snapshot.id, name: snapshot.name }, release: releaseName }
    },
  })
}

function registerMe(app: HttpServer): void {
  app.route({
    method: 'GET',
    url: '/api/v1/auth/me',
    config: { policy: { kind: 'authenticated' } },
    schema: {
      tags: ['auth'],
      summary: 'Who you are here',
      response: {
        200: z.strictObject({
          user: z.strictObject({ id: z.uuid(), email: z.string(), name: z.string(), roles: z.array(heldRole) }),
          site: z.strictObject({ id: z.uuid(), name: z.string(), host: z.string() }),
          permissions: z.array(z.string()),
        }),
      },
    },
    handler: async (request) => {
      const { userId, email, name, roles, permissions } = principalOf(request)
      const { snapshot } = siteOf(request)
      return {
        user: { id: userId, email, name, roles: [...roles] },
        site: { id: snapshot.id, name: snapshot.name, host: snapshot.hosts[0] ?? '' },
        permissions: [...permissions],
      }
    },
  })
}

function registerSelf(app: HttpServer): void {
  app.route({
    method: 'GET',
    url: '/api/v1/site',
    config: { policy: { kind: 'authenticated' } },
    schema: { tags: ['site'], summary: 'This site: plan and what of it is used', response: { 200: siteAnswer } },
    handler: async (request) => {
      const { snapshot, resources } = siteOf(request)
      const { db, objects } = resources()
      const [users, usage] = await Promise.all([
        withScope(db, { tenantId: snapshot.id }, (tx) => countUsers(tx, snapshot.id)),
        objects.describe({ depth: 1 }),
      ])
      return {
        id: snapshot.id,
        name: snapshot.name,
        host: snapshot.hosts[0] ?? '',
        plan: snapshot.plan,
        usage: { storageBytes: usage.sizeBytes, users },
      }
    },
  })
}

/** What commerce works with in this request: the site's own database and files, and who asks. */
function commerceContext(request: FastifyRequest, { deliveries, platform }: SiteApiOptions): CommerceContext {
  const site = siteOf(request)
  const { snapshot } = site
  const { db, objects } = site.resources()
  const principal = principalOf(request)
  const visitor = visitorOf(request)
  const baseUrl = `${hostUrl(platform, snapshot.hosts[0] ?? '')}${filesUrl}`
  return {
    db,
    siteId: snapshot.id,
    actor: { id: principal.userId, label: principal.email, requestId: request.id, ip: visitor.ip },
    plan: { maxStorageBytes: snapshot.plan.maxStorageBytes },
    objects: {
      put: (key, content, how) => objects.put(key, content, how),
      remove: (key) => objects.remove(key),
      signedUrl: (wanted) => objects.signedUrl({ ...wanted, method: 'GET', baseUrl }),
      usage: () => objects.describe({ depth: 1 }),
    },
    audit: (tx, entry) => appendAudit(tx, { ...entry, tenantId: snapshot.id, actor: actorOf(principal, visitor) }),
    afterCommit: () => deliveries.nudge(site),
  }
}
