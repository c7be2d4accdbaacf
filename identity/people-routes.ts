import type { HttpServer } from '@platen/kit/http'
import type { PartOf } from './authorize.ts'
import type { Identity } from './identity.ts'
import type { IdentityParts } from './identity-parts.ts'
import { registerAcceptanceRoutes, registerInvitationRoutes } from './invitations/index.ts'
import { registerRoleRoutes } from './roles/index.ts'
import { registerUserRoutes } from './users/index.ts'

/** Users, invitations and roles; the same in the control plane and in a site. */
export function registerPeopleRoutes(app: HttpServer, identityOf: PartOf<Identity>): void {
  const partsOf: PartOf<IdentityParts> = async (request) => (await identityOf(request)).parts
  registerUserRoutes(app, partsOf)
  registerInvitationRoutes(app, partsOf)
  registerAcceptanceRoutes(app, partsOf)
  registerRoleRoutes(app, partsOf)
}
