import { z } from 'zod'
import { isDriverError } from '@platen/drivers/errors'
import type { ObjectStore } from '@platen/drivers/objects'
import { deriveSecret } from '@platen/kit/secrets'
import type { HttpServer } from '@platen/kit/http'
import { kitProblems } from '@platen/kit/problems'

/** Where signed links to reports lead. */
export const reportFilesUrl = '/api/v1/report-files'

/** The part of the storage that holds reports, by tenant; its links are signed with a key of the platform. */
export const reportFilesOf = (objects: ObjectStore, masterKey: Buffer): ObjectStore =>
  objects.scoped('reports', { urlSecret: deriveSecret(masterKey, 'report-urls') })

/** Serves one report to whoever holds a signed, short-lived URL of it: a download cannot send an access token. */
export function registerReportFileRoute(app: HttpServer, { reportFiles }: { reportFiles: ObjectStore }): void {
  app.route({
    method: 'GET',
    url: `${reportFilesUrl}/*`,
    config: {
      policy: { kind: 'public', reason: 'the signature in the URL is the credential' },
      problems: ['not-found'],
    },
    schema: {
      tags: ['jobs'],
      summary: 'Download a report by its signed URL',
      params: z.object({ '*': z.string() }),
      querystring: z.looseObject({}),
    },
    handler: async (request, reply) => {
      try {
        const { key } = reportFiles.verifySigned({ method: 'GET', url: request.url, baseUrl: reportFilesUrl })
        const content = await reportFiles.get(key)
        return await reply
          .header('content-type', content.contentType)
          .header('content-length', content.sizeBytes)
          .header('content-disposition', `attachment; filename="${key.split('/').at(-1)}.csv"`)
          .header('cache-control', 'private, no-store')
          .send(content.stream)
      } catch (error) {
        // A wrong signature and an absent file look the same: neither tells what exists.
        if (!isDriverError(error, 'unauthorized') && !isDriverError(error, 'not-found')) throw error
        throw kitProblems.problem('not-found', 'This link has expired or leads nowhere. Open the job for a fresh one.')
      }
    },
  })
}
