import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { idempotencyKeyHeader, pageOf, pageQuery, type HttpServer } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import { siteDatabaseName } from '@platen/kit/names'
import { readOperation, startOperation, type OperationDefinition } from '@platen/kit/operations'
import type { Vault } from '@platen/kit/secrets'
import { withScope, type Db, type Tx } from '@platen/kit/sql'
import type { Runtime } from '@platen/drivers/runtimes'
import { actorOf, appendAudit, foldEmail, principalOf, visitorOf } from '@platen/identity'
import { idempotent } from '../idempotency/index.ts'
import { operationSchema, toOperationAnswer } from '../operations/index.ts'
import { findPlan } from '../plans/index.ts'
import { scopeOf } from '../scope.ts'
import { dropSite, restartSite, resumeSite, suspendSite } from './change-site.ts'
import { createSite } from './create-site.ts'
import { siteProblems } from './problems.ts'
import { siteActionObjection, type SiteActionName } from './site.ts'
import { siteNameRefusal } from './site-name.ts'
import { siteSecretContext, type SiteDeps } from './site-deps.ts'
import { insertSite, listSites, requireSite, type SiteRow } from './site-store.ts'
import { siteSchema, toSiteAnswer } from './site-view.ts'

export interface SiteRoutesOptions {
  db: Db
  vault: Vault
  siteUrl(host: string): string
  siteHost(name: string): string
  runtimeOf(benchName: string): Runtime
  /** Bytes free where new databases go. */
  freeDiskBytes(): Promise<number>
}

/** Below this much free disk no site is created: running sites need the rest. */
export const freeDiskFloorBytes = 1024 ** 3
const ticketSeconds = 60

const started = z.strictObject({ site: siteSchema, operation: operationSchema })
const siteParams = z.strictObject({ id: z.uuid() })

export function registerSiteRoutes(app: HttpServer, options: SiteRoutesOptions): void {
  registerReading(app, options)
  registerCreation(app, options)
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
      querystring: pageQuery.extend({
        search: z.string().max(63).optional(),
        state: z.string().max(20).optional(),
        cursor: z.uuid().optional(),
      }),
      response: { 200: pageOf(siteSchema) },
    },
    handler: async (request) => {
      const { search, state, cursor, limit } = request.query
      const found = await withScope(options.db, scopeOf(principalOf(request)), (tx) =>
        listSites(tx, { search, state, beforeId: cursor, limit: limit + 1 }),
      )
      const items = found.slice(0, limit)
      return {
        items: items.map((site) => toSiteAnswer(site, options)),
        nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null,
      }
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

function registerCreation(app: HttpServer, options: SiteRoutesOptions): void {
  app.route({
    method: 'POST',
    url: '/api/v1/sites',
    config: {
      policy: { kind: 'permission', permission: 'sites.create' },
      problems: [
        'site-name-invalid',
        'site-name-reserved',
        'site-name-taken',
        'site-quota-reached',
        'plan-unknown',
        'disk-space-low',
      ],
    },
    schema: {
      tags: ['sites'],
      summary: 'Create a site',
      headers: idempotencyKeyHeader,
      body: z.strictObject({
        name: z.string().max(300).meta({ example: 'my-shop' }),
        plan: z.string().max(63).optional().meta({ description: 'Name of a plan; the first one when absent' }),
        adminEmail: z.email().max(320),
      }),
      response: { 202: started },
    },
    handler: async (request, reply) => {
      refuseName(request.body.name)
      const freeBytes = await options.freeDiskBytes()
      if (freeBytes < freeDiskFloorBytes) {
        const detail = `${freeBytes} bytes are free, ${freeDiskFloorBytes} are kept for running sites. Nothing was created.`
        throw siteProblems.problem('disk-space-low', detail, {
          extensions: { freeBytes, floorBytes: freeDiskFloorBytes },
        })
      }
      const principal = principalOf(request)
      const answer = await withScope(options.db, scopeOf(principal), (tx) =>
        idempotent(
          tx,
          { principal, route: 'POST /sites', key: request.headers['idempotency-key'], body: request.body },
          async () => ({
            status: 202,
            body: await beginSite(tx, request, options),
          }),
        ),
      )
      return reply.code(202).send(answer.body)
    },
  })
}

function refuseName(name: string): void {
  const refusal = siteNameRefusal(name)
  if (refusal === undefined) return
  throw siteProblems.problem(refusal.code, refusal.detail, { errors: [{ pointer: '/name', message: refusal.detail }] })
}

interface NewSiteBody {
  name: string
  plan?: string | undefined
  adminEmail: string
}

async function beginSite(
  tx: Tx,
  request: FastifyRequest & { body: NewSiteBody },
  options: SiteRoutesOptions,
): Promise<z.infer<typeof started>> {
  const principal = principalOf(request)
  const { name, plan: planName, adminEmail } = request.body
  const plan = await findPlan(tx, planName)
  if (plan === undefined) {
    throw siteProblems.problem('plan-unknown', `No plan is called "${planName ?? ''}". Nothing was created.`, {
      errors: [{ pointer: '/plan', message: 'is not one of the plans' }],
    })
  }
  const siteId = newId()
  await insertSite(tx, {
    id: siteId,
    tenantId: principal.tenantId,
    name,
    host: options.siteHost(name),
    planId: plan.id,
    adminEmail: foldEmail(adminEmail),
    adminName: adminEmail.split('@')[0] ?? adminEmail,
    databaseName: siteDatabaseName(siteId),
    sealedSecret: options.vault.seal(randomBytes(32), siteSecretContext(siteId)),
  })
  return beginOperation(
    tx,
    request,
    { definition: createSite, siteId, action: 'site.requested', changes: { name, plan: plan.name } },
    options,
  )
}

interface Beginning {
  definition: OperationDefinition<{ siteId: string }, SiteDeps>
  siteId: string
  action: string
  changes?: object
}

/** The operation, its audit row and the change that asked for it: one transaction. */
async function beginOperation(
  tx: Tx,
  request: FastifyRequest,
  beginning: Beginning,
  options: SiteRoutesOptions,
): Promise<z.infer<typeof started>> {
  const principal = principalOf(request)
  const { siteId, definition, action, changes } = beginning
  const owner = await requireSite(tx, siteId)
  const operationId = await startOperation(tx, {
    definition,
    input: { siteId },
    subject: { kind: 'site', id: siteId, label: owner.name },
    tenantId: owner.tenant_id,
    actorId: principal.accountId,
    actorLabel: principal.email,
  })
  await appendAudit(tx, {
    tenantId: owner.tenant_id,
    actor: { ...actorOf(principal, visitorOf(request)), operationId },
    action,
    resource: 'site',
    resourceId: siteId,
    ...(changes === undefined ? {} : { changes }),
  })
  const operation = await readOperation(tx, operationId)
  if (operation === undefined) throw new Error('the operation that was just started cannot be read')
  return {
    site: toSiteAnswer(await requireSite(tx, siteId), options),
    operation: toOperationAnswer(operation),
  }
}

function registerChanges(app: HttpServer, options: SiteRoutesOptions): void {
  const reason = z.strictObject({ reason: z.string().max(500).optional() }).optional()
  const changes = [
    { method: 'PUT', url: '/api/v1/sites/:id/suspension', action: 'suspend', definition: suspendSite, audit: 'site.suspension-requested', summary: 'Suspend a site' },
    { method: 'DELETE', url: '/api/v1/sites/:id/suspension', action: 'resume', definition: resumeSite, audit: 'site.resumption-requested', summary: 'Resume a suspended site' },
    { method: 'POST', url: '/api/v1/sites/:id/restarts', action: 'restart', definition: restartSite, audit: 'site.restart-requested', summary: 'Restart a site' },
    { method: 'DELETE', url: '/api/v1/sites/:id', action: 'drop', definition: dropSite, audit: 'site.drop-requested', summary: 'Drop a site with its database and files' },
  ] as const // prettier-ignore

  for (const { method, url, action, definition, audit, summary } of changes) {
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
        response: { 202: started },
      },
      handler: async (request, reply) => {
        const given = method === 'PUT' ? (request.body as { reason?: string } | null | undefined)?.reason : undefined // validated above
        const answer = await withScope(options.db, scopeOf(principalOf(request)), async (tx) => {
          refuseAction(action, await requireSite(tx, request.params.id))
          const beginning = { definition, siteId: request.params.id, action: audit, changes: { reason: given ?? null } }
          return beginOperation(tx, request, beginning, options)
        })
        return reply.code(202).send(answer)
      },
    })
  }
}

function refuseAction(action: SiteActionName, site: SiteRow): void {
  const objection = siteActionObjection(action, site.state, site.operation_type)
  if (objection !== null) throw siteProblems.problem('site-action-refused', `${objection} Nothing was changed.`)
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
