import type { Runner } from '@platen/drivers/runners'
import type { HttpServer } from '@platen/kit/http'
import type { Db } from '@platen/kit/sql'
import { registerProgramLogs } from './log-routes.ts'
import { registerSiteLogs } from './site-log-routes.ts'

/** What the programs of the platform wrote: all of it for operators, what is about their sites for tenants. */
export function registerLogRoutes(app: HttpServer, parts: { db: Db; runner: Runner }): void {
  registerProgramLogs(app, parts)
  registerSiteLogs(app, parts)
}
export { logProblems } from './problems.ts'
