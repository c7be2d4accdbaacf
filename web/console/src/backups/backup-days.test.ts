import { expect, test } from 'vitest'
import type { Backup, BackupState } from '../api/backups.ts'
import { backupDays, isOverdue } from './backup-days.ts'

function aBackup(state: BackupState, takenAt: Date | null, createdAt = takenAt ?? new Date()): Backup {
  return {
    id: crypto.randomUUID(),
    site: { id: 'site', name: 'shop' },
    state,
    reason: 'scheduled',
    createdAt: createdAt.toISOString(),
    storedAt: null,
    plainBytes: null,
    release: null,
    takenAt: takenAt?.toISOString() ?? null,
    verifiedAt: null,
    restoreMs: null,
    sizeBytes: null,
    error: null,
  }
}

const at = (day: number, hour: number) => new Date(2026, 10, day, hour)

test('a day is verified once one of its backups is', () => {
  const days = backupDays([aBackup('verified', at(28, 9)), aBackup('failed', at(28, 2)), aBackup('failed', at(27, 2))])
  expect([...days].map(([day, { outcome, verified, failed }]) => [day, outcome, verified, failed])).toEqual([
    ['2026-11-28', 'verified', 1, 1],
    ['2026-11-27', 'failed', 0, 1],
  ])
})

test('a backup that has not begun counts for the day it was asked for', () => {
  expect([...backupDays([aBackup('pending', null, at(26, 23))])].map(([day, { outcome }]) => [day, outcome])).toEqual([
    ['2026-11-26', 'waiting'],
  ])
})

test('26 hours without a verified backup are too many', () => {
  const now = Date.parse('2026-11-28T12:00:00Z')
  expect(['2026-11-27T10:00:01Z', '2026-11-27T09:59:59Z'].map((since) => isOverdue(since, now))).toEqual([false, true])
})
