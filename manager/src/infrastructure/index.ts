export { registerInfrastructureRoutes } from './infrastructure-routes.ts'
export { ensureInfrastructure } from './ensure-infrastructure.ts'
