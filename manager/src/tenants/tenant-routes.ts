import { actorOf, principalOf, visitorOf } from '@platen/identity'
import { expectedVersion, pageOf, type HttpServer } from '@platen/kit/http'
import { mapPage } from '@platen/kit/lists'
import { withScope } from '@platen/kit/sql'
import { z } from 'zod'
import { scopeOf } from '../scope.ts'
import { changeTenant } from './change-tenant.ts'
import { makeTenantFor, type InvitingParts } from './make-tenant-for.ts'
import { tenantChange } from './own-tenant-routes.ts'
import { listTenants, requireTenant, tenantList } from './tenant-store.ts'
import { tenantSchema, toTenantAnswer } from './tenant-view.ts'

export const tenantParams = z.strictObject({ id: z.uuid() })

const limits = {
  plan: z.string().min(1).max(100).optional().meta({ description: 'Name of a plan' }),
  maxSites: z.int().min(0).max(100_000).optional(),
}

/** Every organisation of the platform, for its operators. */
export function registerTenantRoutes(app: HttpServer, options: InvitingParts): void {
  registerReading(app, options)
  registerMaking(app, options)
  registerChanging(app, options)
}

function registerReading(app: HttpServer, { db }: InvitingParts): void {
  app.route({
    method: 'GET',
    url: '/api/v1/tenants',
    config: { policy: { kind: 'operator' } },
    schema: {
      tags: ['tenants'],
      summary: 'List organisations, newest first',
      querystring: tenantList.query,
      response: { 200: pageOf(tenantSchema) },
    },
    handler: async (request) => {
      const page = await withScope(db, scopeOf(principalOf(request)), (tx) => listTenants(tx, request.query))
      return mapPage(page, toTenantAnswer)
    },
  })

  app.route({
    method: 'GET',
    url: '/api/v1/tenants/:id',
    config: { policy: { kind: 'operator' }, versioned: true, problems: ['tenant-not-found'] },
    schema: {
      tags: ['tenants'],
      summary: 'Read an organisation',
      params: tenantParams,
      response: { 200: tenantSchema },
    },
    handler: async (request) =>
      toTenantAnswer(await withScope(db, scopeOf(principalOf(request)), (tx) => requireTenant(tx, request.params.id))),
  })
}

function registerMaking(app: HttpServer, options: InvitingParts): void {
  app.route({
    method: 'POST',
    url: '/api/v1/tenants',
    config: {
      policy: { kind: 'operator' },
      problems: ['tenant-slug-refused', 'tenant-slug-taken', 'plan-unknown', 'registration-closed'],
    },
    schema: {
      tags: ['tenants'],
      summary: 'Make an organisation: its owner is invited by mail, or is you where no address is given',
      body: tenantChange.required({ name: true }).extend({
        slug: z.string().trim().min(1).max(40).optional().meta({ description: 'Made from the name where not given' }),
        ownerEmail: z.email().max(320).optional(),
        ownerName: z.string().trim().max(200).optional(),
        ...limits,
      }),
      response: {
        201: z.strictObject({
          tenant: tenantSchema,
          invitation: z.strictObject({ id: z.uuid(), email: z.string(), expiresAt: z.iso.datetime() }).nullable(),
        }),
      },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const made = await withScope(options.db, scopeOf(principal), async (tx) => {
        const { tenantId, invitation } = await makeTenantFor(tx, request.body, {
          principal,
          visitor: visitorOf(request),
          parts: options,
        })
        return { tenant: toTenantAnswer(await requireTenant(tx, tenantId)), invitation }
      })
      return reply.code(201).send(made)
    },
  })
}

function registerChanging(app: HttpServer, { db }: InvitingParts): void {
  app.route({
    method: 'PATCH',
    url: '/api/v1/tenants/:id',
    config: { policy: { kind: 'operator' }, versioned: true, problems: ['tenant-not-found', 'plan-unknown'] },
    schema: {
      tags: ['tenants'],
      summary: 'Change an organisation, its plan or how many sites it may have; what is not given stays',
      params: tenantParams,
      body: tenantChange.extend(limits),
      response: { 200: tenantSchema },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const by = { actor: actorOf(principal, visitorOf(request)), versions: expectedVersion(request) }
      return toTenantAnswer(
        await withScope(db, scopeOf(principal), (tx) => changeTenant(tx, request.params.id, request.body, by)),
      )
    },
  })
}
