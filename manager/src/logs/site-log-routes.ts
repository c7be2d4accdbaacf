import { logLevels, type LogQuery, type Runner } from '@platen/drivers/runners'
import { principalOf } from '@platen/identity'
import type { HttpServer } from '@platen/kit/http'
import { benchProcessNumber } from '@platen/kit/names'
import { withScope, type Db } from '@platen/kit/sql'
import { z } from 'zod'
import { scopeOf } from '../scope.ts'
import { requireSite } from '../sites/index.ts'
import { lineFilter } from './log-routes.ts'
import { cursorPattern, fromCursor, mergeNewer, mergeOlder, toCursor, type ProcessPage } from './site-log.ts'

const siteLineSchema = z
  .strictObject({
    position: z.string(),
    at: z.string().nullable(),
    level: z.enum(logLevels).nullable(),
    message: z.string(),
    requestId: z.string().nullable(),
    method: z.string().nullable(),
    path: z.string().nullable(),
    status: z.number().nullable(),
    durationMs: z.number().nullable(),
    problem: z.string().nullable(),
  })
  .meta({ id: 'SiteLogLine' })

const cursor = z.string().max(3_000).regex(cursorPattern, 'is not a cursor that this API gave')
const siteQuery = lineFilter
  .extend({
    before: cursor.optional().meta({ description: '`older` of the last answer.' }),
    after: cursor.optional().meta({ description: '`newer` of the last answer.' }),
  })
  .refine(({ before, after }) => before === undefined || after === undefined, {
    message: 'before and after exclude each other',
  })

/** When a text is searched, which the runner does not do for tenants, more lines are looked at than are shown. */
const searchedLines = 500

/** What a site's own people may read of the logs: the lines about it. */
export function registerSiteLogs(app: HttpServer, { db, runner }: { db: Db; runner: Runner }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/sites/:id/logs',
    config: { policy: { kind: 'permission', permission: 'logs.read' }, problems: ['site-not-found'] },
    schema: {
      tags: ['logs'],
      summary: 'Read what was logged about a site, oldest line first',
      description:
        'One request looks at a bounded part of the logs, so a page may be short or empty: while `older` is not null, there is more.',
      params: z.strictObject({ id: z.uuid() }),
      querystring: siteQuery,
      response: {
        200: z.strictObject({
          items: z.array(siteLineSchema),
          older: z.string().nullable(),
          newer: z.string().nullable(),
          /** How far back was looked. */
          reachedAt: z.string().nullable(),
        }),
      },
    },
    handler: async (request) => {
      const { before, after, search = '', level, limit } = request.query
      const site = await withScope(db, scopeOf(principalOf(request)), (tx) => requireSite(tx, request.params.id))
      const places = fromCursor(before ?? after ?? '')
      const query = { site: site.id, level, limit: search === '' ? limit : searchedLines }
      const pages = await readProcesses(runner, site.bench_name, (process) => {
        const place = places.get(process)
        // A process that began after the last answer is new from its first line.
        return after === undefined ? { ...query, before: place } : { ...query, after: place ?? '0-0' }
      })
      const { lines, older, newer, reachedAt } =
        after === undefined ? mergeOlder(pages, search, limit) : mergeNewer(pages, search)
      return {
        items: lines,
        older: older === null ? null : toCursor(older),
        newer: newer.size === 0 ? null : toCursor(newer),
        reachedAt,
      }
    },
  })
}

async function readProcesses(
  runner: Runner,
  bench: string | null,
  queryOf: (process: number) => LogQuery,
): Promise<ProcessPage[]> {
  if (bench === null) return []
  const logs = (await runner.listLogs()).flatMap(({ program }) => {
    const process = benchProcessNumber(bench, program)
    return process === undefined ? [] : [{ program, process }]
  })
  return Promise.all(
    logs.map(async ({ program, process }) => ({ process, page: await runner.readLog(program, queryOf(process)) })),
  )
}
