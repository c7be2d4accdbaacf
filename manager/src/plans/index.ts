export { findPlan, type PlanRow } from './plan-store.ts'
export { registerPlanRoutes } from './plan-routes.ts'
