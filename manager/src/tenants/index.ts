export { isTenantOpen } from './tenant-store.ts'
