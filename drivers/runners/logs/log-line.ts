// What a line of a log says. Ours are JSON (kit/logging); PostgreSQL writes `time [pid] user@database application LEVEL:  text`;
// anything else (the last words of a crash) is text.
import { redactText } from '@platen/kit/logging'
import { logLevels, type LogLevel, type LogLine } from '../contract.ts'

/** Of a message, so that a page of lines stays small. */
const longestMessage = 16_384

const postgresLine =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC \[(\d+)\] (?:([^\s@]*)@([^\s@]*) .*?)?(?<severity>DEBUG\d?|INFO|NOTICE|LOG|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|CONTEXT|QUERY|STATEMENT|LOCATION): {1,2}(?<text>.*)$/su

const postgresLevels: Readonly<Record<string, LogLevel>> = {
  DEBUG: 'debug',
  WARNING: 'warn',
  ERROR: 'error',
  FATAL: 'fatal',
  PANIC: 'fatal',
}

/** The text with what could be a password blanked. JSON lines were written so; other programs know nothing of it. */
export const readableText = (text: string): string => (text.startsWith('{') ? text : redactText(text))

export function parseLine(position: string, text: string): LogLine {
  return parseJson(position, text) ?? parsePostgres(position, text) ?? plainLine(position, text)
}

/** Lines without a level pass: the last words of a crash have none. */
export const isAtLeast = (line: LogLine, level: LogLevel): boolean =>
  line.level === null || logLevels.indexOf(line.level) >= logLevels.indexOf(level)

function parseJson(position: string, text: string): LogLine | undefined {
  if (!text.startsWith('{')) return undefined
  const found = objectOf(text)
  if (found === undefined) return undefined
  const { level, time, msg, name: _name, requestId, site, siteId, operation, operationId, ...fields } = found
  return {
    position,
    at: timeOf(time),
    level: logLevels.find((known) => known === level) ?? null,
    message: (textOf(msg) ?? '').slice(0, longestMessage),
    site: textOf(site) ?? textOf(siteId),
    operation: textOf(operation) ?? textOf(operationId),
    requestId: textOf(requestId),
    fields,
  }
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    // JSON that begins with a brace is an object
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function parsePostgres(position: string, text: string): LogLine | undefined {
  // The rest of a statement of several lines.
  if (text.startsWith('\t')) return { ...plainLine(position, text), level: 'info' }
  const found = postgresLine.exec(text)
  if (found === null) return undefined
  const [, day, time, pid, user, database] = found
  const { severity = '', text: said = '' } = found.groups ?? {}
  const isMore = /^(?:DETAIL|HINT|CONTEXT|QUERY|STATEMENT|LOCATION)$/.test(severity)
  return {
    ...plainLine(position, isMore ? `${severity}: ${said}` : said),
    at: `${day}T${time}Z`,
    level: postgresLevels[severity.replace(/\d$/, '')] ?? 'info',
    fields: { pid: Number(pid), ...(user ? { user } : {}), ...(database ? { database } : {}) },
  }
}

const plainLine = (position: string, text: string): LogLine => ({
  position,
  at: null,
  level: null,
  message: text.slice(0, longestMessage),
  site: null,
  operation: null,
  requestId: null,
  fields: {},
})

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const timeOf = (value: unknown): string | null =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value) ? value : null
