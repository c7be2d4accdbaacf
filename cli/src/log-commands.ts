import { setTimeout as pause } from 'node:timers/promises'
import { harmlessText } from '@platen/kit/logging'
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { LogLine, Operations, SiteLogLine } from '../../openapi/manager.ts'
import { askApi } from './ask-api.ts'
import type { Context, WithContext } from './context.ts'
import { paint, state, table } from './print.ts'
import { findSite } from './site-commands.ts'

type LogQuery = NonNullable<Operations['GET /logs/{program}/lines']['query']>

/** What both routes answer. */
interface LogPage<Line> {
  items: Line[]
  older: string | null
  newer: string | null
}

interface LogOptions {
  search?: string
  level?: NonNullable<LogQuery['level']>
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
      const path = { program: name }
      await show(context, (query) => askApi(context, 'GET /logs/{program}/lines', { path, query }), options, lineOf)
    }),
  )

  const site = program.commands.find((command) => command.name() === 'site')
  if (site === undefined) throw new Error('addLogCommands comes after addSiteCommands')
  withLineOptions(site.command('logs <name>').description('what was logged about a site')).action(
    withContext(async (context: Context, name: string, options: LogOptions) => {
      const { id } = await findSite(context, name)
      const path = { id }
      await show(context, (query) => askApi(context, 'GET /sites/{id}/logs', { path, query }), options, siteLineOf)
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
  const page = await askApi(context, 'GET /logs')
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
  ask: (query: LogQuery) => Promise<LogPage<Line>>,
  options: LogOptions,
  textOf: (line: Line) => string,
): Promise<void> {
  const { output } = context
  const { search, level } = options
  const filters = { ...(search === undefined ? {} : { search }), ...(level === undefined ? {} : { level }) }
  const read = (place: { before?: string; after?: string }, limit: number) =>
    ask({ limit: String(limit), ...place, ...filters })
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
