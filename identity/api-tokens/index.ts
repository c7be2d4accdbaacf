export { createApiTokens, type ApiTokens } from './api-tokens.ts'
export { registerApiTokenRoutes } from './api-token-routes.ts'
