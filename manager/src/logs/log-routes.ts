import { isDriverError } from '@platen/drivers/errors'
import { logLevels, logPosition, type LogPage, type Runner } from '@platen/drivers/runners'
import { pageQuery, type HttpServer } from '@platen/kit/http'
import { z } from 'zod'
import { logProblems } from './problems.ts'

const logSchema = z
  .strictObject({
    program: z.string().meta({ example: 'bench-main-1' }),
    /** With what was rotated away and is still kept. */
    sizeBytes: z.number().int(),
    newestAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Log' })

const lineSchema = z
  .strictObject({
    position: z.string(),
    at: z.string().nullable(),
    level: z.enum(logLevels).nullable(),
    message: z.string(),
    site: z.string().nullable(),
    operation: z.string().nullable(),
    requestId: z.string().nullable(),
    fields: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'LogLine' })

export const lineFilter = z.strictObject({
  search: z.string().max(200).optional().meta({ description: 'Text that a line contains, whatever its case.' }),
  level: z.enum(logLevels).optional().meta({ description: 'This level and above.' }),
  limit: pageQuery.shape.limit,
})

const lineQuery = lineFilter
  .extend({
    site: z.uuid().optional(),
    before: logPosition.optional().meta({ description: '`older` of the last answer.' }),
    after: logPosition.optional().meta({ description: '`newer` of the last answer.' }),
    around: logPosition.optional().meta({ description: 'Position of a line: as many lines before and after it as `limit` says, unfiltered.' }),
  })
  .refine(({ before, after, around }) => [before, after, around].filter(Boolean).length <= 1, {
    message: 'before, after and around exclude each other',
  }) // prettier-ignore

const operator = { kind: 'operator' } as const

/** The logs of every program of the platform, for operators. */
export function registerProgramLogs(app: HttpServer, { runner }: { runner: Runner }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/logs',
    config: { policy: operator },
    schema: {
      tags: ['logs'],
      summary: 'List the programs whose logs can be read',
      response: { 200: z.strictObject({ items: z.array(logSchema), nextCursor: z.null() }) },
    },
    handler: async () => ({ items: await runner.listLogs(), nextCursor: null }),
  })

  app.route({
    method: 'GET',
    url: '/api/v1/logs/:program/lines',
    // Who follows a log would fill it.
    config: { policy: operator, problems: ['log-not-found'], isPolled: true },
    schema: {
      tags: ['logs'],
      summary: 'Read a part of a log, oldest line first',
      description:
        'One request looks at a bounded part of the log, so a page may be short or empty: while `older` is not null, there is more.',
      params: z.strictObject({ program: z.string().max(100) }),
      querystring: lineQuery,
      response: {
        200: z.strictObject({
          items: z.array(lineSchema),
          older: z.string().nullable(),
          newer: z.string(),
          /** How far back (or on) was looked. */
          reachedAt: z.string().nullable(),
        }),
      },
    },
    handler: async ({ params: { program }, query: { around, ...query } }) => {
      const read =
        around === undefined ? runner.readLog(program, query) : readAround(runner, program, around, query.limit)
      const { lines, ...rest } = await read.catch((error: unknown) => {
        if (!isDriverError(error, 'not-found')) throw error
        throw logProblems.problem('log-not-found', 'No program of this name has a log here.', { cause: error })
      })
      return { items: lines, ...rest }
    },
  })
}

/** What was written before and after a line: the reason often stands in another line than the complaint. */
async function readAround(runner: Runner, program: string, position: string, limit: number): Promise<LogPage> {
  const before = await runner.readLog(program, { before: position, limit })
  const after = await runner.readLog(program, { after: position, limit: limit + 1 })
  return { ...after, lines: [...before.lines, ...after.lines], older: before.older }
}
