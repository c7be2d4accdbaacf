export { registerAcceptanceRoutes } from './acceptance-routes.ts'
export { registerInvitationRoutes } from './invitation-routes.ts'
