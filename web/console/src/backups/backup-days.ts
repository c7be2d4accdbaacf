/** The days of backups: which there are and how each went. Pure: no clock, no words. */
import { dayOf } from '@platen/ui'
import { momentOf } from '../api/backups.ts'
import type { Backup } from '../api/backups.ts'

export interface BackupDay {
  /** As one sees the day at a glance: what was proven counts more than what failed beside it. */
  outcome: 'verified' | 'failed' | 'waiting'
  verified: number
  failed: number
  /** Newest first. */
  backups: Backup[]
}

/** By day (`2026-11-28`, where the reader is); the newest day first when the backups come newest first. */
export function backupDays(backups: readonly Backup[]): Map<string, BackupDay> {
  const kept = backups.filter(({ state }) => state !== 'removing')
  const days = Map.groupBy(kept, (backup) => dayOf(new Date(momentOf(backup))))
  return new Map([...days].map(([day, ofDay]) => [day, describe(ofDay)]))
}

function describe(backups: Backup[]): BackupDay {
  const verified = backups.filter(({ state }) => state === 'verified').length
  const failed = backups.filter(({ state }) => state === 'failed').length
  const outcome = verified > 0 ? 'verified' : failed > 0 ? 'failed' : 'waiting'
  return { outcome, verified, failed, backups }
}

/** A site that works for more than a day without a proven backup is a risk (the alert has the same bound). */
export const overdueHours = 26

/** @param since the newest verified backup of a site, else the moment from which it could have had one. */
export const isOverdue = (since: string, now: number): boolean => now - Date.parse(since) > overdueHours * 3_600_000
