export { keepAuditTrail } from './keep-audit-trail.ts'
export { verifyAuditTrail, verifyingSchedule } from './verify-audit-trail.ts'
