export { registerSetupRoutes } from './setup-routes.ts'
export { ensureSetupCode } from './setup-code.ts'
export { setupProblems } from './problems.ts'
