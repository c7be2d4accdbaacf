// Clocks of time zones, with what Node knows of them (ICU): no library is needed for whole hours of a day.

/** A day of the calendar, as the number of days since 1970-01-01. */
export type Day = number

const dayMs = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** A name that this version of Node does not know (any more) counts as UTC: backups at another hour are better than none. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
  const options = { ...parts, second: 'numeric', calendar: 'gregory', hourCycle: 'h23' } as const
  let format
  try {
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone })
  } catch {
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' })
  }
  formats.set(timeZone, format)
  return format
}

/** What the clocks of the zone show, as if they showed UTC. */
function wallMs(atMs: number, timeZone: string): number {
  const found: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(atMs)) found[type] = Number(value)
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = found
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

const offsetMs = (atMs: number, timeZone: string): number => wallMs(atMs, timeZone) - Math.floor(atMs / 1000) * 1000

export const dayAt = (at: Date, timeZone: string): Day => Math.floor(wallMs(at.getTime(), timeZone) / dayMs)

/**
 * When the clocks of the zone show that hour of that day. An hour that comes twice is its first time; one that is skipped is the same time
 * after midnight, on clocks that have been put forward.
 */
export function instantOf(day: Day, hour: number, timeZone: string): Date {
  const wanted = day * dayMs + hour * 3_600_000
  const before = offsetMs(wanted - dayMs, timeZone)
  const after = offsetMs(wanted + dayMs, timeZone)
  const candidates = [before, after].map((offset) => wanted - offset).toSorted((a, b) => a - b)
  const shown = candidates.find((candidate) => wallMs(candidate, timeZone) === wanted)
  return new Date(shown ?? wanted - before)
}
