import { expect, test } from 'vitest'
import type { BackupPolicy } from '../../openapi/manager.ts'
import { linesOf } from './backup-schedule-commands.ts'

const policy: BackupPolicy = { everyHours: 24, atHour: 2, timeZone: 'Europe/Paris', keepDays: 30 }

test('a schedule is told in lines', () => {
  const lines = linesOf({ policy, source: 'plan', planPolicy: policy, nextAt: '2026-11-20T01:12:00.000Z' })
  expect(lines[0]).toBe('every   24 hours, at 2:00 Europe/Paris and up to two hours later')
  expect(lines.slice(1)).toEqual(['kept    30 days', 'from    its plan', 'next    2026-11-20T01:12:00.000Z'])
})

test('a weekly one of a site that has no database has a week and no next', () => {
  const lines = linesOf({ policy: { ...policy, everyHours: 168 }, source: 'site', planPolicy: policy, nextAt: null })
  expect([lines[0]?.slice(0, 13), ...lines.slice(2)]).toEqual(['every   week,', 'from    the site itself', 'next    -'])
})
