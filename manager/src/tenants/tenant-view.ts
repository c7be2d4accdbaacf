import { z } from 'zod'
import { readSettings, tenantSettings } from './tenant-settings.ts'
import { tenantStates, type TenantRow } from './tenant-store.ts'

/** A tenant as the API tells it. */
export const tenantSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    slug: z.string(),
    domain: z.string().nullable().meta({ description: 'Their own web domain, in punycode; nothing proves it' }),
    state: z.enum(tenantStates),
    settings: tenantSettings,
    plan: z.strictObject({ id: z.uuid(), name: z.string(), title: z.string() }),
    maxSites: z.int(),
    siteCount: z.int(),
    suspension: z.strictObject({ since: z.iso.datetime(), by: z.string(), reason: z.string().nullable() }).nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    provisionedAt: z.iso.datetime().nullable().meta({ description: 'Null until its defaults have been made' }),
    version: z.int(),
  })
  .meta({ id: 'Tenant' })

export const toTenantAnswer = (tenant: TenantRow): z.infer<typeof tenantSchema> => ({
  id: tenant.id,
  name: tenant.name,
  slug: tenant.slug,
  domain: tenant.domain,
  state: tenant.state,
  settings: readSettings(tenant.settings),
  plan: { id: tenant.plan_id, name: tenant.plan_name, title: tenant.plan_title },
  maxSites: tenant.max_sites,
  siteCount: tenant.site_count,
  suspension:
    tenant.suspended_at === null
      ? null
      : {
          since: tenant.suspended_at.toISOString(),
          by: tenant.suspended_by ?? '',
          reason: tenant.suspended_because,
        },
  createdAt: tenant.created_at.toISOString(),
  updatedAt: tenant.updated_at.toISOString(),
  provisionedAt: tenant.provisioned_at?.toISOString() ?? null,
  version: tenant.version,
})
