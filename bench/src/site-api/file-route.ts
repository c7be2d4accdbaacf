import { z } from 'zod'
import { isDriverError } from '@platen/drivers/errors'
import type { HttpServer } from '@platen/kit/http'
import { kitProblems } from '@platen/kit/problems'
import { siteOf } from './site-of-request.ts'

/** Where signed object URLs lead. */
export const filesUrl = '/api/v1/files'

/** Shown in the page; everything else is downloaded, so that no uploaded file ever runs as a page of the site. */
const shownInline = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif'])

/** Serves one object to whoever holds a signed, short-lived URL of it: an `<img>` cannot send an access token. */
export function registerFileRoute(app: HttpServer): void {
  app.route({
    method: 'GET',
    url: `${filesUrl}/*`,
    config: {
      policy: { kind: 'public', reason: 'the signature in the URL is the credential' },
      problems: ['not-found'],
    },
    schema: {
      tags: ['files'],
      summary: 'Read a file by its signed URL',
      params: z.object({ '*': z.string() }),
      querystring: z.looseObject({}),
    },
    handler: async (request, reply) => {
      const { objects } = siteOf(request).resources()
      try {
        const { key } = objects.verifySigned({ method: 'GET', url: request.url, baseUrl: filesUrl })
        const content = await objects.get(key)
        return await reply
          .header('content-type', content.contentType)
          .header('content-length', content.sizeBytes)
          .header('content-disposition', dispositionOf(key, content.contentType))
          .header('cache-control', 'private, max-age=300')
          // Even if a browser made a page of it: it runs nothing, loads nothing and is of no origin.
          .header('content-security-policy', "default-src 'none'; sandbox")
          .send(content.stream)
      } catch (error) {
        // A wrong signature and an absent file look the same: neither tells what exists.
        if (!isDriverError(error, 'unauthorized') && !isDriverError(error, 'not-found')) throw error
        throw kitProblems.problem(
          'not-found',
          'This link has expired or leads nowhere. Reload the page for a fresh one.',
        )
      }
    },
  })
}

/** A report is named after its kind: the last part of its key, which we made. */
function dispositionOf(key: string, contentType: string): string {
  if (shownInline.has(contentType)) return 'inline'
  return contentType.startsWith('text/csv') ? `attachment; filename="${key.split('/').at(-1)}.csv"` : 'attachment'
}
