// What a tenant sees of the logs: lines about the own site from the processes of its bench, put together by time. Only what is
// named here is shown: a new field in a log line is hidden until somebody decides that tenants may see it.
import type { LogLevel, LogLine, LogPage } from '@platen/drivers/runners'

export interface SiteLogLine {
  /** Tells lines apart. */
  position: string
  at: string | null
  level: LogLevel | null
  message: string
  requestId: string | null
  method: string | null
  path: string | null
  status: number | null
  durationMs: number | null
  /** Code of the problem that was answered. */
  problem: string | null
}

/** Where reading goes on, per process of the bench. */
export type SitePlaces = ReadonlyMap<number, string>

export interface ProcessPage {
  process: number
  page: LogPage
}

export interface SiteLogPage {
  lines: SiteLogLine[]
  older: SitePlaces | null
  newer: SitePlaces
  reachedAt: string | null
}

/** Before the beginning of any log. */
const beginning = '0-0'

export function toSiteLine(process: number, { position, at, level, message, requestId, fields }: LogLine): SiteLogLine {
  return {
    position: `${process}.${position}`,
    at,
    level,
    message,
    requestId,
    method: textOf(fields['method']),
    path: textOf(fields['path']),
    status: numberOf(fields['status']),
    durationMs: numberOf(fields['durationMs']),
    problem: textOf(fields['problem']),
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** In what is shown only: a search must not find out what is hidden. */
export function siteLineContains(line: SiteLogLine, search: string): boolean {
  const { at, level, message, requestId, method, path, status, problem } = line
  const shown = [at, level, message, requestId, method, path, status, problem].join(' ')
  return shown.toLowerCase().includes(search.toLowerCase())
}

interface Placed {
  process: number
  position: string
  /** Its place among the lines of other processes: its time, unless the clock went back meanwhile. */
  order: string
  line: SiteLogLine
}

/**
 * The newest lines of all pages that were read backwards. A page that ended early says nothing about what came before its end, so
 * nothing older than the latest of those ends is taken: it comes with the next page, in its place.
 */
export function mergeOlder(pages: readonly ProcessPage[], search: string, limit: number): SiteLogPage {
  const placed = pages.map(({ process, page }) => ({ process, page, lines: placeBackwards(process, page) }))
  const reached = placed
    .filter(({ page }) => page.older !== null)
    .map(({ page, lines }) => earliest(page.reachedAt, lines[0]?.order ?? null) ?? '')
    .reduce(latest, '')
  const found = sorted(placed.flatMap(({ lines }) => lines)).filter(({ line }) => matches(line, search))
  const taken = new Set(found.filter(({ order }) => order >= reached).slice(-limit))
  const older = placed.map(({ process, page }): [number, string] => {
    const own = found.filter((candidate) => candidate.process === process)
    if (own.every((candidate) => taken.has(candidate))) return [process, page.older ?? beginning]
    return [process, own.find((candidate) => taken.has(candidate))?.position ?? page.newer]
  })
  return {
    lines: [...taken].map(({ line }) => line),
    older: older.every(([, position]) => position === beginning) ? null : new Map(older),
    newer: placesOf(pages),
    reachedAt: reached === '' ? null : reached,
  }
}

/** All lines of pages that were read forwards. */
export function mergeNewer(pages: readonly ProcessPage[], search: string): SiteLogPage {
  const found = sorted(pages.flatMap(({ process, page }) => placeForwards(process, page)))
  const lines = found.map(({ line }) => line).filter((line) => matches(line, search))
  return { lines, older: null, newer: placesOf(pages), reachedAt: null }
}

// The lines of one process stay in the order in which it wrote them, whatever its clock did: else a page could end between two
// lines that were both left out, and never go on from there.
function placeBackwards(process: number, page: LogPage): Placed[] {
  let order: string | null = null
  return page.lines
    .toReversed()
    .map((raw) => place(process, raw, (order = earliest(order, raw.at)) ?? ''))
    .toReversed()
}

function placeForwards(process: number, page: LogPage): Placed[] {
  let order = ''
  return page.lines.map((raw) => place(process, raw, (order = latest(order, raw.at ?? ''))))
}

const place = (process: number, raw: LogLine, order: string): Placed => ({
  process,
  position: raw.position,
  order,
  line: toSiteLine(process, raw),
})

const earliest = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other < one) ? other : one
const latest = (one: string, other: string): string => (other > one ? other : one)

const sorted = (lines: readonly Placed[]): Placed[] =>
  lines.toSorted((one, other) => (one.order < other.order ? -1 : one.order > other.order ? 1 : 0))

const matches = (line: SiteLogLine, search: string): boolean => search === '' || siteLineContains(line, search)

const placesOf = (pages: readonly ProcessPage[]): SitePlaces =>
  new Map(pages.map(({ process, page }) => [process, page.newer]))

/** `1.3-1234~2.1-55`: process 1 goes on at 3-1234. It names no program: those are the processes of the site's own bench. */
export const cursorPattern = /^\d{1,2}\.\d{1,12}-\d{1,15}(?:~\d{1,2}\.\d{1,12}-\d{1,15}){0,98}$/

export const toCursor = (places: SitePlaces): string =>
  [...places].map(([process, position]) => `${process}.${position}`).join('~')

export const fromCursor = (cursor: string): SitePlaces =>
  new Map(
    cursor.split('~').map((part): [number, string] => {
      const [process = '', position = ''] = part.split('.')
      return [Number(process), position]
    }),
  )
