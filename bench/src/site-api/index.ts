export { createDeliveries, type Deliveries } from './deliveries.ts'
export { createSealing, type Sealing } from './sealing.ts'
export { registerSiteApi } from './site-api.ts'
export { resolveSite, siteOf } from './site-of-request.ts'
