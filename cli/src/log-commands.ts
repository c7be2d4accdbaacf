import { setTimeout as pause } from 'node:timers/promises'
import { harmlessText } from '@platen/kit/logging'
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { LogLine, LogPage, LogProgram, Page, SiteLogLine } from './api-types.ts'
import type { Context, WithContext } from './context.ts'
import { paint, state, table } from './print.ts'
import { authorized, findSite } from './site-commands.ts'

interface LogOptions {
  search?: string
  level?: string
  lines: number
  follow?: boolean
}

const followEveryMs = 2_000
/** Calls for one answer: each scans a part of a log, and a rare line may stand far back. */
const mostCalls = 20

export function addLogCommands(program: Command, withContext: WithContext): void {
  const logs = program
    .command('logs [program]')
    .description('what the programs of the platform wrote; without a program: which there are')
  withLineOptions(logs).action(
    withContext(async (context: Context, name: string | undefined, options: LogOptions) => {
      if (name === undefined) return list(context)
      await show<LogLine>(context, `/logs/${encodeURIComponent(name)}/lines`, options, lineOf)
    }),
  )

  const site = program.commands.find((command) => command.name() === 'site')
  if (site === undefined) throw new Error('addLogCommands comes after addSiteCommands')
  withLineOptions(site.command('logs <name>').description('what was logged about a site')).action(
    withContext(async (context: Context, name: string, options: LogOptions) => {
      const { id } = await findSite(context, name)
      await show<SiteLogLine>(context, `/sites/${id}/logs`, options, siteLineOf)
    }),
  )
}

const withLineOptions = (command: Command): Command =>
  command
    .option('--search <text>', 'only lines that contain this, whatever its case')
    .addOption(
      new Option('--level <level>', 'only this level and above').choices(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    )
    .option('--lines <count>', 'how many, from the newest back (1 to 200)', countOf, 50)
    .option('-f, --follow', 'go on with what is written from now on, until Ctrl-C') // prettier-ignore

function countOf(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 200) return count
  throw new InvalidArgumentError('It is a number from 1 to 200.')
}

async function list(context: Context): Promise<void> {
  const { body } = await authorized(context, { method: 'GET', path: '/logs' })
  const page = body as Page<LogProgram> // contract of GET /logs
  context.output.show(page, () =>
    table(
      ['PROGRAM', 'SIZE', 'NEWEST LINE'],
      page.items.map((item) => [
        item.program,
        `${(item.sizeBytes / 1024 ** 2).toFixed(1)} MB`,
        item.newestAt ?? 'nothing yet',
      ]),
    ),
  )
}

async function show<Line>(
  context: Context,
  path: string,
  options: LogOptions,
  textOf: (line: Line) => string,
): Promise<void> {
  const { output } = context
  const read = async (place: Record<string, string>, limit: number): Promise<LogPage<Line>> => {
    const { search, level } = options
    const query = new URLSearchParams({
      limit: String(limit),
      ...place,
      ...(search === undefined ? {} : { search }),
      ...(level === undefined ? {} : { level }),
    })
    const { body } = await authorized(context, { method: 'GET', path: `${path}?${query}` })
    return body as LogPage<Line> // contract of both routes
  }
  const newest = await read({}, options.lines)
  const items = [...newest.items]
  let { older } = newest
  for (let calls = 1; items.length < options.lines && older !== null && calls < mostCalls; calls += 1) {
    const page = await read({ before: older }, options.lines - items.length)
    items.unshift(...page.items)
    older = page.older
  }
  if (options.follow !== true) {
    output.show({ items, older, newer: newest.newer }, () => items.map(textOf))
    if (items.length === 0) output.note('No line matches.')
    return
  }
  // A line at a time, as JSON too: whoever follows reads them as they come.
  const tell = (lines: readonly Line[]): void => {
    for (const line of lines) process.stdout.write(`${output.json ? JSON.stringify(line) : textOf(line)}\n`)
  }
  tell(items)
  for (let newer = newest.newer; ;) {
    await pause(followEveryMs)
    const page = await read(newer === null ? {} : { after: newer }, 200)
    tell(page.items)
    newer = page.newer
  }
}

const lineOf = (line: LogLine): string =>
  [
    head(line),
    safe(line.message),
    line.site === null ? '' : `site=${safe(line.site)}`,
    line.operation === null ? '' : `operation=${safe(line.operation)}`,
    line.requestId === null ? '' : `requestId=${safe(line.requestId)}`,
    ...Object.entries(line.fields).map(([name, value]) => `${name}=${safe(asText(value))}`),
  ]
    .filter((part) => part !== '')
    .join('  ')

const siteLineOf = (line: SiteLogLine): string =>
  [
    head(line),
    safe(line.message),
    ...[line.method, line.path, line.status, line.problem].flatMap((part) => (part === null ? [] : [safe(String(part))])),
    line.durationMs === null ? '' : `${line.durationMs} ms`,
    line.requestId === null ? '' : `requestId=${safe(line.requestId)}`,
  ]
    .filter((part) => part !== '')
    .join('  ') // prettier-ignore

const head = ({ at, level }: { at: string | null; level: string | null }): string =>
  at === null ? '' : `${paint('dim', at)}  ${state(level ?? '').padEnd(5)}`

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Lines hold what strangers sent: nothing of it may move the cursor or colour the terminal. */
const safe = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- control characters are what must not pass
  harmlessText(text).replaceAll(/[\u0000-\u001f]/g, (character) => JSON.stringify(character).slice(1, -1))
