export { operationSchema, toOperationAnswer } from './operation-view.ts'
export { registerOperationRoutes } from './operation-routes.ts'
