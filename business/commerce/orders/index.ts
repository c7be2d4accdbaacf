export { registerOrderRoutes } from './order-routes.ts'
export { orderProblems } from './problems.ts'
