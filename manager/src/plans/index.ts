export { backupPolicySchema, timeZoneField, type BackupPolicy } from './backup-policy.ts'
export { findPlan, type PlanRow } from './plan-store.ts'
export { registerPlanRoutes } from './plan-routes.ts'
export { planProblems } from './problems.ts'
