export { orderEvents } from './events.ts'
export { registerOrderRoutes } from './order-routes.ts'
export { orderProblems } from './problems.ts'
