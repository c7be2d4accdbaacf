export { registerDeadLetterRoutes, type DeadLetterRoutesOptions } from './dead-letter-routes.ts'
