export { isTenantOpen, tenantName } from './tenant-store.ts'
