import { logLevels, type LogQuery, type Runner } from '@platen/drivers/runners'
import { principalOf } from '@platen/identity'
import type { HttpServer } from '@platen/kit/http'
import { benchProcessNumber } from '@platen/kit/names'
import { withScope, type Db } from '@platen/kit/sql'
import { z } from 'zod'
import { scopeOf } from '../scope.ts'
import { requireSite } from '../sites/index.ts'
import { lineFilter } from './log-routes.ts'
import {
  cursorPattern,
  fromCursor,
  mergeNewer,
  mergeOlder,
  toCursor,
  type ProcessPage,
  type SiteLogPage,
  type SitePlaces,
} from './site-log.ts'

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

/** A text is searched here, because the runner would look at what tenants must not see: many lines at a time, for so long. */
const searchedLines = 2_000
const searchMs = 1_000

/** What a site's own people may read of the logs: the lines about it. */
export function registerSiteLogs(app: HttpServer, { db, runner }: { db: Db; runner: Runner }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/sites/:id/logs',
    config: {
      policy: { kind: 'permission', permission: 'logs.read' },
      problems: ['site-not-found'],
      isPolled: true,
    },
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
      const programs = await programsOf(runner, site.bench_name)
      const query = { site: site.id, level, limit: search === '' ? limit : searchedLines }
      const read = (placeOf: (process: number) => LogQuery) =>
        Promise.all(
          programs.map(async ({ program, process }): Promise<ProcessPage> => {
            return { process, page: await runner.readLog(program, { ...query, ...placeOf(process) }) }
          }),
        )
      const { lines, older, newer, reachedAt } =
        after === undefined
          ? await readOlder((places) => read((process) => ({ before: places.get(process) })), { before, search, limit })
          : // A process that began after the last answer is new from its first line.
            mergeNewer(await read((process) => ({ after: fromCursor(after).get(process) ?? '0-0' })), search)
      return {
        items: lines,
        older: older === null ? null : toCursor(older),
        newer: newer.size === 0 ? null : toCursor(newer),
        reachedAt,
      }
    },
  })
}

async function readOlder(
  read: (places: SitePlaces) => Promise<ProcessPage[]>,
  { before = '', search, limit }: { before: string | undefined; search: string; limit: number },
): Promise<SiteLogPage> {
  const deadline = performance.now() + searchMs
  let found = mergeOlder(await read(fromCursor(before)), search, limit)
  while (search !== '' && found.older !== null && found.lines.length < limit && performance.now() < deadline) {
    const earlier = mergeOlder(await read(found.older), search, limit - found.lines.length)
    found = { ...earlier, lines: [...earlier.lines, ...found.lines], newer: found.newer }
  }
  return found
}

async function programsOf(runner: Runner, bench: string | null): Promise<{ program: string; process: number }[]> {
  if (bench === null) return []
  return (await runner.listLogs()).flatMap(({ program }) => {
    const process = benchProcessNumber(bench, program)
    return process === undefined ? [] : [{ program, process }]
  })
}
