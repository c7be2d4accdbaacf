export { registerEventRoutes } from './event-routes.ts'
export { startRelay } from './relay.ts'
