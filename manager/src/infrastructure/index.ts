export { registerInfrastructureRoutes } from './infrastructure-routes.ts'
export { ensureInfrastructure, type EnsureInfrastructureOptions } from './ensure-infrastructure.ts'
