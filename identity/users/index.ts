export { assertPlaceLeft } from './places.ts'
export { registerUserRoutes } from './user-routes.ts'
export { insertUser } from './user-store.ts'
export { localeSchema, userName } from './user-view.ts'
