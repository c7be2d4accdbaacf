export { createLinks, type Links } from './links.ts'
export { registerLinkRoutes } from './link-routes.ts'
