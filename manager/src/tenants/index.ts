import type { HttpServer } from '@platen/kit/http'
import type { Vault } from '@platen/kit/secrets'
import type { InvitingParts } from './make-tenant-for.ts'
import { registerOwnTenantRoutes } from './own-tenant-routes.ts'
import { registerRegistrationRoutes } from './registration/index.ts'
import { registerSuspensionRoutes } from './suspension-routes.ts'
import { registerSwitchRoutes } from './switch-routes.ts'
import { registerTenantRoutes } from './tenant-routes.ts'

export { makeTenantWithOwner } from './make-tenant.ts'
export { provisionTenantDefaults, tenantHandlers } from './provision-tenant.ts'
export { resumeWithTenant, suspendWithTenant } from './tenant-sites.ts'
export { sendRegistrationMail } from './registration/index.ts'
export { isTenantOpen, tenantName } from './tenant-store.ts'

export interface TenantRoutesOptions extends InvitingParts {
  vault: Vault
}

/** Everything about organisations: one's own, those of the platform, and going from one to another. */
export function registerAllTenantRoutes(app: HttpServer, options: TenantRoutesOptions): void {
  registerOwnTenantRoutes(app, options)
  registerTenantRoutes(app, options)
  registerSuspensionRoutes(app, options)
  registerSwitchRoutes(app, options)
  registerRegistrationRoutes(app, options)
}
