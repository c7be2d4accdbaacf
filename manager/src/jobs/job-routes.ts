import type { ObjectStore } from '@platen/drivers/objects'
import { registerJobRoutes, registerReportRoute, type JobRoutesOptions } from '@platen/identity'
import type { HttpServer } from '@platen/kit/http'
import type { Db } from '@platen/kit/sql'
import { scopeOf } from '../scope.ts'
import { managerReports } from './manager-jobs.ts'
import { registerReportFileRoute, reportFilesUrl } from './report-files.ts'

/** Background jobs of the caller's tenant, for operators of all; reports and their files. */
export function registerConsoleJobRoutes(
  app: HttpServer,
  { db, reportFiles, consoleUrl }: { db: Db; reportFiles: ObjectStore; consoleUrl: string },
): void {
  const baseUrl = `${consoleUrl}${reportFilesUrl}`
  const options: JobRoutesOptions = {
    dbOf: () => db,
    scopeOf,
    reports: managerReports,
    fileUrl: (_request, { tenantId, key, expiresInSeconds }) =>
      reportFiles.signedUrl({ key: `${tenantId}/${key}`, method: 'GET', expiresInSeconds, baseUrl }),
  }
  registerJobRoutes(app, options)
  registerReportRoute(app, options)
  registerReportFileRoute(app, { reportFiles })
}
