import type { FastifyRequest } from 'fastify'
import type { HttpServer } from '@platen/kit/http'
import type { CommerceContext, EventDefinition } from './commands/index.ts'
import { customerEvents, registerCustomerRoutes } from './customers/index.ts'
import { orderEvents, registerOrderRoutes } from './orders/index.ts'
import { productEvents, registerProductRoutes } from './products/index.ts'
import { registerStockRoutes, stockEvents } from './stock/index.ts'

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

/** Every event commerce appends to the outbox, with version and payload schema. */
export const commerceEvents: readonly Pick<EventDefinition, 'type' | 'version' | 'aggregate' | 'payload'>[] = [
  ...productEvents,
  ...stockEvents,
  ...customerEvents,
  ...orderEvents,
]
