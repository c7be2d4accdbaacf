export { registerEventRoutes } from './event-routes.ts'
export { startRelay } from './relay.ts'
export { controlPlaneWebhooks, registerTenantWebhookRoutes } from './tenant-webhooks.ts'
