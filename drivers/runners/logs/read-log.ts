import { DriverError } from '../../errors/index.ts'
import type { LogLine, LogPage, LogQuery } from '../contract.ts'
import { isAtLeast, parseLine, readableText } from './log-line.ts'
import { backwards, endOf, forwards, type LogSegment, type Place, type RawLine } from './log-segments.ts'

/** What one call may do at most; a page is answered as soon as one of them is used up. */
export interface LogBudget {
  scannedBytes: number
  timeMs: number
  /** Of text in the answer. */
  answeredBytes: number
}

const defaultBudget: LogBudget = { scannedBytes: 16 * 1024 * 1024, timeMs: 1_000, answeredBytes: 2 * 1024 * 1024 }

/** Answers a query from the segments of a log, oldest first: what every runner does once it has them. */
export async function readSegments(
  segments: readonly LogSegment[],
  query: LogQuery = {},
  budget: LogBudget = defaultBudget,
): Promise<LogPage> {
  const isForward = query.after !== undefined
  const end = await endOf(segments)
  const start = earlier(placeOf(query.after ?? query.before) ?? end, end)
  const batches = isForward ? forwards(segments, start) : backwards(segments, start)
  const matches = matcher(query)
  const { limit = 100 } = query
  const found: LogLine[] = []
  const spent = { scannedBytes: 0, answeredBytes: 0, startedMs: performance.now() }
  let reached = start
  let last: RawLine | undefined
  let isWhole = true
  for await (const batch of batches) {
    for (const raw of batch.lines) {
      last = raw
      const line = matches(raw)
      if (line === undefined) continue
      found.push(line)
      spent.answeredBytes += raw.text.length
      if (found.length === limit || spent.answeredBytes >= budget.answeredBytes) break
    }
    spent.scannedBytes += batch.scannedBytes
    const isFull = found.length === limit || spent.answeredBytes >= budget.answeredBytes
    isWhole = !isFull
    reached =
      isFull && last !== undefined ? (isForward ? behind(last, batch.lines, batch.reached) : last) : batch.reached
    const isSpent = spent.scannedBytes >= budget.scannedBytes || performance.now() - spent.startedMs >= budget.timeMs
    if (isFull || isSpent) {
      isWhole = false
      break
    }
  }
  return {
    lines: isForward ? found : found.toReversed(),
    older: isForward ? textOf(start) : isWhole || isFirst(segments, reached) ? null : textOf(reached),
    newer: textOf(isForward ? reached : start),
    reachedAt: last === undefined ? null : parseLine('', last.text).at,
  }
}

/** The place behind a line: where the next one of its batch begins. */
const behind = (line: RawLine, lines: readonly RawLine[], end: Place): Place => lines[lines.indexOf(line) + 1] ?? end

const earlier = (one: Place, other: Place): Place =>
  one.segment < other.segment || (one.segment === other.segment && one.offset < other.offset) ? one : other

const isFirst = (segments: readonly LogSegment[], { segment, offset }: Place): boolean =>
  offset === 0 && !segments.some(({ number, sizeBytes }) => number < segment && sizeBytes > 0)

/** The line, if it is asked for. Looking at the text first: most lines need not be parsed. */
function matcher({ search, level, site }: LogQuery): (raw: RawLine) => LogLine | undefined {
  const needle = search?.toLowerCase() ?? ''
  // What was said with a quote stands in JSON with a backslash before it.
  const escaped = JSON.stringify(needle).slice(1, -1)
  return (raw) => {
    if (raw.text === '' || (site !== undefined && !raw.text.includes(site))) return undefined
    const text = readableText(raw.text)
    if (needle !== '') {
      const lower = text.toLowerCase()
      if (!lower.includes(needle) && !lower.includes(escaped)) return undefined
    }
    const line = parseLine(textOf(raw), text)
    if (site !== undefined && line.site !== site) return undefined
    return level === undefined || isAtLeast(line, level) ? line : undefined
  }
}

const textOf = ({ segment, offset }: Place): string => `${segment}-${offset}`

function placeOf(position: string | undefined): Place | undefined {
  if (position === undefined) return undefined
  const found = /^(\d{1,12})-(\d{1,15})$/.exec(position)
  if (found === null) throw new DriverError('refused', 'this is no position in a log')
  return { segment: Number(found[1]), offset: Number(found[2]) }
}
