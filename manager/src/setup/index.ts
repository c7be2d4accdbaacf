export { registerSetupRoutes, type SetupOptions } from './setup-routes.ts'
export { ensureSetupCode, isClaimed } from './setup-code.ts'
export { setupProblems } from './problems.ts'
