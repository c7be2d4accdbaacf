import { describe, expect, test } from 'vitest'
import type { BackupPolicy } from '../plans/index.ts'
import {
  backupsToPrune,
  fewestKept,
  isTimeOver,
  isTimeSurelyOver,
  timeOverSeenAt,
  type RetentionFacts,
  type StoredBackup,
} from './retention.ts'

const policy: BackupPolicy = { everyHours: 24, atHour: 2, timeZone: 'UTC', keepDays: 30 }
const newest = new Date('2026-06-30T02:00:00Z')
const daysBefore = (days: number): Date => new Date(newest.getTime() - days * 86_400_000)
const backup = (days: number, state = 'verified'): StoredBackup => ({
  id: `${state}-${days}`,
  state,
  createdAt: daysBefore(days),
})
const dailyFor = (days: number): StoredBackup[] => Array.from({ length: days }, (_, index) => backup(index))
const prune = (backups: StoredBackup[], some: Partial<RetentionFacts> = {}): string[] =>
  backupsToPrune({
    site: { state: 'active', archivedAt: null, droppedAt: null },
    policy,
    backups,
    now: daysBefore(-0.1),
    ...some,
  })

test('what is older than the days to keep goes, what is younger stays', () => {
  expect(prune(dailyFor(31))).toEqual([])
  expect(prune(dailyFor(34))).toEqual(['verified-31', 'verified-32', 'verified-33'])
})

test('time alone removes nothing: age counts from the newest verified one', () => {
  expect(prune(dailyFor(31), { now: daysBefore(-4000) })).toEqual([])
})

test('one backup on a clock that is ahead costs no more than one backup on a right one', () => {
  const ahead = { ...backup(-40), id: 'ahead' }
  const then = { now: daysBefore(-40) }
  expect(prune([ahead, ...dailyFor(31)], then)).toEqual(['verified-29', 'verified-30'])
  expect(prune([ahead, ...dailyFor(10)], then)).toEqual([])
})

test('what was made on a clock that was ahead neither goes nor makes others old once the clock is right again', () => {
  const ahead = Array.from({ length: 40 }, (_, index) => backup(index - 80))
  expect(prune([...ahead, ...dailyFor(31)])).toEqual([])
  expect(prune([...ahead, ...dailyFor(32)])).toEqual(['verified-31'])
})

test.each([
  [24, 30, 30],
  [6, 30, 120],
  [168, 30, 5],
  [24, 1, 3],
  [168, 3650, 522],
] as const)('every %d hours kept for %d days are never fewer than %d', (everyHours, keepDays, expected) => {
  expect(fewestKept({ ...policy, everyHours, keepDays })).toBe(expected)
})

test('the last verified one stays, however old, and failures do not push it out', () => {
  const failures = Array.from({ length: 100 }, (_, index) => backup(index + 1, 'failed'))
  expect(prune([...failures, backup(400)])).toEqual([])
  const few = [backup(0), backup(500), backup(501), backup(502)]
  expect(prune(few, { policy: { ...policy, keepDays: 1 } })).toEqual(['verified-502'])
})

test('failures go with their time, and while nothing was ever verified not at all', () => {
  const failures = [backup(29, 'failed'), backup(31, 'failed')]
  expect(prune([backup(0), ...failures])).toEqual(['failed-31'])
  expect(prune(failures)).toEqual([])
})

test.each(['pending', 'running', 'stored', 'removing'])('one that is %s is nobody else’s business', (state) => {
  expect(prune([...dailyFor(31), backup(100, state)])).toEqual([])
})

describe('of a site that', () => {
  const old = [...dailyFor(40), backup(45, 'failed')]
  test('is archived, nothing goes', () => {
    expect(prune(old, { site: { state: 'archived', archivedAt: daysBefore(400), droppedAt: null } })).toEqual([])
  })

  test('was dropped, everything goes when the days to keep are over, and nothing before', () => {
    const dropped = (days: number) => ({
      site: { state: 'dropped', archivedAt: null, droppedAt: daysBefore(days) },
      now: newest,
    })
    expect(prune(old, dropped(29))).toEqual([])
    expect(prune(old, dropped(31))).toHaveLength(41)
  })
})

test('an archived site has had its time after 30 days, one that was revived has not', () => {
  const archived = (days: number, state = 'archived') => ({ state, archivedAt: daysBefore(days), droppedAt: null })
  expect([29.9, 30.1].map((days) => isTimeOver(archived(days), policy, newest))).toEqual([false, true])
  expect(isTimeOver(archived(31, 'active'), policy, newest)).toBe(false)
})

test('that a time is over is believed a day after it was seen first, and forgotten when it is not', () => {
  expect(timeOverSeenAt(true, null, newest)).toEqual(newest)
  expect(timeOverSeenAt(true, daysBefore(0.5), newest)).toEqual(daysBefore(0.5))
  expect(timeOverSeenAt(true, daysBefore(-40), newest)).toEqual(newest)
  expect(timeOverSeenAt(false, daysBefore(0.5), newest)).toBeNull()
  expect([null, daysBefore(0.9), daysBefore(1)].map((seenAt) => isTimeSurelyOver(seenAt, newest))).toEqual([
    false,
    false,
    true,
  ])
})
