import { newId } from '@platen/kit/ids'
import { describe, expect, test } from 'vitest'
import type { BackupPolicy } from '../plans/index.ts'
import { jitterOf, nextBackupAt, slotsFrom, type Attempt, type ScheduledSite } from './schedule.ts'
import { instantOf } from './zoned-time.ts'

const daily: BackupPolicy = { everyHours: 24, atHour: 2, timeZone: 'Europe/Paris', keepDays: 30 }
const longAgo = new Date('2026-01-01T00:00:00Z')
const site = (policy: Partial<BackupPolicy> = {}, id = '01990000-0000-7000-8000-000000000001'): ScheduledSite => ({
  id,
  policy: { ...daily, ...policy },
  since: longAgo,
})
const at = (text: string): Date => new Date(text)
const hoursAfter = (from: Date, hours: number): Date => new Date(from.getTime() + hours * 3_600_000)
const isoSlots = (policy: Partial<BackupPolicy>, from: string, count: number): string[] =>
  slotsFrom(site(policy), at(from))
    .slice(0, count)
    .map((slot) => slot.toISOString().slice(0, 16))

describe('slots', () => {
  test('are at the hour of the zone, in winter and in summer', () => {
    expect(isoSlots({}, '2026-01-10T12:00Z', 2)).toEqual(['2026-01-10T01:00', '2026-01-11T01:00'])
    expect(isoSlots({}, '2026-07-10T12:00Z', 2)).toEqual(['2026-07-10T00:00', '2026-07-11T00:00'])
  })

  test('keep their hour over the day on which it is skipped, and have that day one, too', () => {
    // In Paris the clocks go from 2 to 3 on 29 March 2026.
    expect(isoSlots({}, '2026-03-28T12:00Z', 3)).toEqual(['2026-03-28T01:00', '2026-03-29T01:00', '2026-03-30T00:00'])
  })

  test('are once on the day on which their hour comes twice', () => {
    expect(isoSlots({}, '2026-10-24T12:00Z', 3)).toEqual(['2026-10-24T00:00', '2026-10-25T00:00', '2026-10-26T01:00'])
  })

  test('of several a day are counted from their hour, on the clocks of the zone', () => {
    expect(isoSlots({ everyHours: 6, atHour: 20, timeZone: 'UTC' }, '2026-05-01T03:00Z', 5)).toEqual([
      '2026-05-01T02:00', '2026-05-01T08:00', '2026-05-01T14:00', '2026-05-01T20:00', '2026-05-02T02:00',
    ]) // prettier-ignore
  })

  test('once a week are on the same day each week, which is not the same for every site', () => {
    const slots = slotsFrom(site({ everyHours: 168 }), at('2026-05-01T03:00Z'))
    expect(new Set(slots.map((slot) => slot.getUTCDay())).size).toBe(1)
    const days = Array.from({ length: 60 }, () =>
      slotsFrom(site({ everyHours: 168 }, newId()), longAgo)[0]?.getUTCDay(),
    )
    expect(new Set(days).size).toBe(7)
  })

  test.each([
    ['Asia/Kathmandu', '2026-05-01T20:15'],
    ['Pacific/Kiritimati', '2026-05-01T12:00'],
    ['Pacific/Niue', '2026-05-01T13:00'],
    ['No/Such_Zone', '2026-05-01T02:00'],
  ])('in %s', (timeZone, expected) => {
    expect(isoSlots({ timeZone }, '2026-05-02T01:00Z', 1)).toEqual([expected])
  })

  test.each(['Europe/Paris', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Africa/Casablanca', 'America/St_Johns'])(
    'of every hour and day in %s follow each other by 22 to 26 hours',
    (timeZone) => {
      const first = Date.UTC(2026, 0, 1) / 86_400_000
      for (let hour = 0; hour < 24; hour += 1) {
        for (let day = first; day < first + 366; day += 1) {
          const apart = +instantOf(day + 1, hour, timeZone) - +instantOf(day, hour, timeZone)
          expect(apart).toBeGreaterThanOrEqual(22 * 3_600_000)
          expect(apart).toBeLessThanOrEqual(26 * 3_600_000)
        }
      }
    },
  )
})

test('two hundred sites are spread over two hours, each the same every day', () => {
  const delays = Array.from({ length: 200 }, () => jitterOf(site({}, newId())) / 60_000)
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...delays)).toBeLessThan(120)
  for (let from = 0; from < 120; from += 20)
    expect(delays.filter((delay) => delay >= from && delay < from + 20).length).toBeGreaterThan(10)
  expect(jitterOf(site())).toBe(jitterOf(site()))
})

describe('the next backup', () => {
  const slot = at('2026-05-10T00:00:00Z')
  const start = new Date(slot.getTime() + jitterOf(site()))
  const verified = (createdAt: Date): Attempt => ({ state: 'verified', createdAt })
  const failed = (createdAt: Date): Attempt => ({ state: 'failed', createdAt })
  const next = (attempts: Attempt[], now: Date, of = site()) => nextBackupAt(of, attempts, now)

  test('is due when its slot and its delay have come, and not before', () => {
    const yesterday = verified(hoursAfter(start, -24))
    expect(next([yesterday], hoursAfter(start, -0.01))).toEqual(start)
    expect(next([yesterday], start)).toEqual(start)
    expect(next([yesterday], hoursAfter(start, 5))).toEqual(start)
  })

  test('is tomorrow once the slot has a verified one, whoever asked for it and even before its delay was over', () => {
    expect(next([verified(hoursAfter(slot, 0.01))], hoursAfter(start, 1))).toEqual(hoursAfter(start, 24))
    expect(next([verified(hoursAfter(slot, 0.01))], hoursAfter(slot, 0.02))).toEqual(hoursAfter(start, 24))
    expect(next([verified(hoursAfter(slot, -0.01))], hoursAfter(start, 1))).toEqual(start)
  })

  test('makes up once for what was missed while nothing ran', () => {
    const now = hoursAfter(start, 24 * 5 + 3)
    expect(next([], now)).toEqual(hoursAfter(start, 24 * 5))
    expect(next([verified(now)], now)).toEqual(hoursAfter(start, 24 * 6))
  })

  test('of a new site is at its first slot', () => {
    const young = { ...site(), since: hoursAfter(start, 1) }
    expect(next([], hoursAfter(start, 2), young)).toEqual(hoursAfter(start, 24))
  })

  test('is tried again 10, 20, 40 minutes after failures, then ever later', () => {
    const tries: Attempt[] = []
    const waits: number[] = []
    let now = start
    for (let count = 0; count < 5; count += 1) {
      tries.push(failed(now))
      const again = next(tries, now)
      waits.push((+again - +now) / 60_000)
      now = again
    }
    expect(waits).toEqual([10, 20, 40, 80, 160])
  })

  test('is not tried more than six times in any 24 hours', () => {
    const tries: Attempt[] = []
    for (let now = start; now < hoursAfter(start, 24 * 10); now = hoursAfter(now, 0.1))
      if (next(tries, now) <= now) tries.push(failed(now))
    for (const { createdAt } of tries) {
      const within = tries.filter(
        (other) => other.createdAt >= createdAt && other.createdAt < hoursAfter(createdAt, 24),
      )
      expect(within.length).toBeLessThanOrEqual(6)
    }
    expect(tries.length).toBeGreaterThan(50)
  })

  test('does not rest on a backup from the future: the clock was wrong then', () => {
    const afterTheJump = [verified(hoursAfter(start, 24 * 40)), failed(hoursAfter(start, 24 * 40))]
    expect(next([verified(hoursAfter(start, -24)), ...afterTheJump], start)).toEqual(start)
  })

  test('while one is being made is as if it were not there', () => {
    expect(next([{ state: 'running', createdAt: start }], hoursAfter(start, 0.1))).toEqual(start)
  })
})
