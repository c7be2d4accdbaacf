export { deliverAlert } from './deliver-alert.ts'
export { tellRaised, tellResolved } from './tell-webhooks.ts'
export { registerAlertWebhookRoutes } from './webhook-routes.ts'
