export { keepAuditTrail } from './keep-audit-trail.ts'
