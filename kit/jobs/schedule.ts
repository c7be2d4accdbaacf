// When a schedule is due, as a pure function of time. Cron lines are matched against the wall clock of a time zone. Where the clock
// jumps ahead, a time that does not exist is due at the jump; where it falls back, a line with fixed hours is due once, at the first of
// the two, while `*` and `*/n` hours go on (as Vixie cron does).
import { parseCronItem } from 'graphile-worker'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export interface Schedule {
  /** True in the minute that begins at `minute` (whole minutes of UTC). */
  isDue(minute: Date): boolean
  /** The latest due minute in (after, until], or undefined. */
  lastDue(after: Date, until: Date): Date | undefined
}

/** @throws Error for a bad cron line ("minute hour day month weekday"), RangeError for an unknown time zone. */
export function parseSchedule(cron: string, timeZone: string): Schedule {
  const { match } = parseCronItem({ task: 'schedule', match: cron, identifier: 'schedule' })
  const wallClock = wallClockOf(timeZone)
  const everyHour = (cron.trim().split(/\s+/)[1] ?? '').startsWith('*')
  const isDue = (minute: Date): boolean => {
    const now = wallClock(minute)
    const before = wallClock(new Date(minute.getTime() - MINUTE_MS))
    if (!everyHour && now - wallClock(new Date(minute.getTime() - HOUR_MS)) < HOUR_MS) return false
    // Usually one round; more where the clock has just jumped ahead.
    for (let wall = Math.min(now, before + MINUTE_MS); wall <= now; wall += MINUTE_MS) {
      if (match(digest(new Date(wall)))) return true
    }
    return false
  }
  return {
    isDue,
    lastDue(after, until) {
      for (let time = wholeMinute(until); time > after.getTime(); time -= MINUTE_MS) {
        if (isDue(new Date(time))) return new Date(time)
      }
      return undefined
    },
  }
}

/** The wall clock of a zone, as the milliseconds that UTC would show the same digits at. */
function wallClockOf(timeZone: string): (instant: Date) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map((part) => [part.type, Number(part.value)]))
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
  }
}

function digest(wall: Date): { min: number; hour: number; date: number; month: number; dow: number } {
  return {
    min: wall.getUTCMinutes(),
    hour: wall.getUTCHours(),
    date: wall.getUTCDate(),
    month: wall.getUTCMonth() + 1,
    dow: wall.getUTCDay(),
  }
}

function wholeMinute(instant: Date): number {
  return Math.floor(instant.getTime() / MINUTE_MS) * MINUTE_MS
}
