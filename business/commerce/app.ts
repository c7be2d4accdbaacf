import type { FastifyRequest } from 'fastify'
import type { HttpServer } from '@platen/kit/http'
import type { CommerceContext } from './commands/index.ts'
import { registerCustomerRoutes } from './customers/index.ts'
import { registerOrderRoutes } from './orders/index.ts'
import { registerProductRoutes } from './products/index.ts'
import { registerStockRoutes } from './stock/index.ts'

/**
 * Adds the routes of commerce under /api/v1.
 * @param contextOf the site and the user of a request. Called after the policy of the route has passed.
 */
export function registerCommerceRoutes(
  app: HttpServer,
  contextOf: (request: FastifyRequest) => CommerceContext | Promise<CommerceContext>,
): void {
  registerProductRoutes(app, contextOf)
  registerStockRoutes(app, contextOf)
  registerCustomerRoutes(app, contextOf)
  registerOrderRoutes(app, contextOf)
}
