export { askedAgain, operationActions, undoneBy } from './operation-actions.ts'
export { operationSchema, toOperationAnswer, type OperationAnswer } from './operation-view.ts'
export { registerOperationRoutes } from './operation-routes.ts'
