export { chooseRoles, nameRoles } from './chosen-roles.ts'
export { registerRoleRoutes } from './role-routes.ts'
export { lineOfText, roleIds } from './role-view.ts'
