export { registerAcceptanceRoutes } from './acceptance-routes.ts'
export { inviteFirstUser } from './invite-first-user.ts'
export { registerInvitationRoutes } from './invitation-routes.ts'
