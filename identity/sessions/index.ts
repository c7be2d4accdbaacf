export { createOwnSessions, type OwnSessions } from './own-sessions.ts'
export { registerSessionRoutes } from './session-routes.ts'
