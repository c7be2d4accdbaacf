export { registerRecourseRoutes } from './recourse-routes.ts'
export { recourseProblems } from './problems.ts'
