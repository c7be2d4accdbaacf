/** When a site is to be backed up. Pure: the time comes from the caller, who asks the database for it. */
import { createHash } from 'node:crypto'
import type { BackupPolicy } from '../plans/index.ts'
import { dayAt, instantOf } from './zoned-time.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const weekHours = 168
const longestJitterMs = 2 * hourMs
const firstRetryMs = 10 * minuteMs
const longestRetryMs = 4 * hourMs
/** Failures within 24 hours; then the site is left alone for the rest of them. */
const triesPerDay = 6
/** Rows of a moment ago may be a little ahead of the clock; what lies further ahead was written while the clock was wrong. */
const toleranceMs = 5 * minuteMs

export interface ScheduledSite {
  id: string
  policy: BackupPolicy
  /** Since when it has a database. */
  since: Date
}

/** One backup of the site, of whatever reason. */
export interface Attempt {
  state: string
  createdAt: Date
}

/** A site's own policy stands in for the whole of its plan's. */
export const effectivePolicy = (own: BackupPolicy | null, ofPlan: BackupPolicy): BackupPolicy => own ?? ofPlan

/**
 * When the next scheduled backup is to begin; it is due when that is not in the future. Every slot asks for one verified backup that began
 * in it, by whatever reason. A slot that nobody used is overtaken by the next one: what was missed is made up for once.
 */
export function nextBackupAt(site: ScheduledSite, attempts: readonly Attempt[], now: Date): Date {
  const jitterMs = jitterOf(site)
  const known = attempts.filter(({ createdAt }) => !isAhead(createdAt, now))
  const verified = known.filter(({ state }) => state === 'verified')
  const [current, ...later] = slotsFrom(site, new Date(now.getTime() - jitterMs))
  if (current === undefined) throw new Error('a schedule has slots on every day')
  const isOpen = (slot: Date): boolean => slot >= site.since && !verified.some(({ createdAt }) => createdAt >= slot)
  if (!isOpen(current)) return plus(later.find(isOpen) ?? current, jitterMs)
  const failures = known.filter(({ state }) => state === 'failed').map(({ createdAt }) => createdAt)
  return latest([plus(current, jitterMs), ...retryTimes(failures, current, now)])
}

/** What a failure puts off: 10 minutes, 20, 40 and so on within the slot, and after six of them in a day until the first is a day old. */
function retryTimes(failures: readonly Date[], slot: Date, now: Date): Date[] {
  const ofSlot = failures.filter((at) => at >= slot)
  const ofDay = failures.filter((at) => at.getTime() > now.getTime() - dayMs).toSorted((a, b) => +b - +a)
  const last = ofSlot.length === 0 ? undefined : latest(ofSlot)
  const waitMs = Math.min(firstRetryMs * 2 ** (ofSlot.length - 1), longestRetryMs)
  const oldestOfMany = ofDay[triesPerDay - 1]
  return [
    ...(last === undefined ? [] : [plus(last, waitMs)]),
    ...(oldestOfMany === undefined ? [] : [plus(oldestOfMany, dayMs)]),
  ]
}

/** Written while the clock was wrong: such a backup says nothing about today. */
export const isAhead = (at: Date, now: Date): boolean => at.getTime() > now.getTime() + toleranceMs

/** The last slot that is not after `at`, and those that follow it for some time. */
export function slotsFrom(site: ScheduledSite, at: Date): Date[] {
  const { everyHours, atHour, timeZone } = site.policy
  const today = dayAt(at, timeZone)
  const isWeekly = everyHours === weekHours
  const span = isWeekly ? 14 : 2
  const days = Array.from({ length: 2 * span + 1 }, (_, index) => today - span + index).filter(
    (day) => !isWeekly || day % 7 === shareOf(site.id, 'weekday', 7),
  )
  const perDay = Math.max(1, Math.floor(24 / everyHours))
  const hours = Array.from({ length: perDay }, (_, index) => (atHour + index * everyHours) % 24).toSorted(
    (a, b) => a - b,
  )
  const slots = days.flatMap((day) => hours.map((hour) => instantOf(day, hour, timeZone)))
  const first = slots.findLastIndex((slot) => slot <= at)
  return slots.slice(Math.max(0, first))
}

/** The same for a site each time, spread over two hours (a quarter of shorter intervals): many sites do not begin at once. */
export const jitterOf = ({ id, policy }: Pick<ScheduledSite, 'id' | 'policy'>): number =>
  shareOf(id, 'jitter', Math.min(longestJitterMs, (policy.everyHours * hourMs) / 4))

/** A whole number below `parts` that depends on the site and nothing else. */
function shareOf(siteId: string, label: string, parts: number): number {
  const bytes = createHash('sha256').update(`${label}/${siteId}`).digest()
  return bytes.readUIntBE(0, 6) % parts
}

const plus = (at: Date, ms: number): Date => new Date(at.getTime() + ms)
const latest = (times: readonly Date[]): Date => new Date(Math.max(...times.map((time) => time.getTime())))
