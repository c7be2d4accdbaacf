export { registerRuntimeRoutes, type RuntimeRoutesOptions } from './runtime-routes.ts'
