export { registerConsoleJobRoutes } from './job-routes.ts'
export { sharedJobDeps, sharedJobs } from './manager-jobs.ts'
export { reportFilesOf } from './report-files.ts'
