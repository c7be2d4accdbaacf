export { registerSiteApi, type SiteApiOptions } from './site-api.ts'
export { createDeliveries, type Deliveries } from './deliveries.ts'
