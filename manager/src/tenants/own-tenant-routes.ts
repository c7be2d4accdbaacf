import { actorOf, principalOf, visitorOf } from '@platen/identity'
import { expectedVersion, type HttpServer } from '@platen/kit/http'
import { withScope, type Db } from '@platen/kit/sql'
import { z } from 'zod'
import { scopeOf } from '../scope.ts'
import { changeTenant } from './change-tenant.ts'
import { domainField } from './domain.ts'
import { tenantSettings } from './tenant-settings.ts'
import { requireTenant } from './tenant-store.ts'
import { tenantSchema, toTenantAnswer } from './tenant-view.ts'

/** What a tenant may change about itself. */
export const tenantChange = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  domain: domainField.nullable().optional(),
  settings: tenantSettings.partial().meta({ id: 'TenantSettingsChange' }).optional(),
})

/** The organisation one is in. */
export function registerOwnTenantRoutes(app: HttpServer, { db }: { db: Db }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/tenants/me',
    config: {
      policy: { kind: 'permission', permission: 'tenant.read' },
      versioned: true,
      problems: ['tenant-not-found'],
    },
    schema: { tags: ['tenants'], summary: 'Read your organisation', response: { 200: tenantSchema } },
    handler: async (request) => {
      const principal = principalOf(request)
      return toTenantAnswer(await withScope(db, scopeOf(principal), (tx) => requireTenant(tx, principal.tenantId)))
    },
  })

  app.route({
    method: 'PATCH',
    url: '/api/v1/tenants/me',
    config: {
      policy: { kind: 'permission', permission: 'tenant.write' },
      versioned: true,
      problems: ['tenant-not-found'],
    },
    schema: {
      tags: ['tenants'],
      summary: 'Change name, domain or settings of your organisation; what is not given stays',
      body: tenantChange,
      response: { 200: tenantSchema },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const by = { actor: actorOf(principal, visitorOf(request)), versions: expectedVersion(request) }
      return toTenantAnswer(
        await withScope(db, scopeOf(principal), (tx) => changeTenant(tx, principal.tenantId, request.body, by)),
      )
    },
  })
}
