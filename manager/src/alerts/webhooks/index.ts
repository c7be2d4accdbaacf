export { deliverAlert } from './deliver-alert.ts'
export { tellRaised, tellResolved } from './tell-webhooks.ts'
export { registerWebhookRoutes } from './webhook-routes.ts'
