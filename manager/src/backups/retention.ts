/** Which backups of a site have had their time. Pure. */
import type { BackupPolicy } from '../plans/index.ts'

const dayMs = 86_400_000
const fewestAnyway = 3

export interface StoredBackup {
  id: string
  state: string
  createdAt: Date
}

export interface RetentionFacts {
  site: { state: string; droppedAt: Date | null }
  policy: BackupPolicy
  backups: readonly StoredBackup[]
  /** By the clock of the database; matters for dropped sites only. */
  now: Date
}

/**
 * As many of the newest verified backups as the days to keep should have brought, one a day at most and three at least. They stay whatever
 * their age: a clock that jumps ahead makes all of them old at once, and must not cost them.
 */
export function fewestKept({ keepDays, everyHours }: BackupPolicy): number {
  return Math.max(fewestAnyway, Math.min(keepDays, Math.ceil((keepDays * 24) / everyHours)))
}

/**
 * Age counts from the newest verified backup, not from now: where nothing new is verified, nothing goes, and time alone removes nothing.
 * Of an archived site nothing goes; of a dropped one everything does, the days to keep after it was dropped.
 */
export function backupsToPrune({ site, policy, backups, now }: RetentionFacts): string[] {
  const keepMs = policy.keepDays * dayMs
  const ended = backups
    .filter(({ state }) => state === 'verified' || state === 'failed')
    .toSorted((a, b) => +b.createdAt - +a.createdAt || (a.id < b.id ? 1 : -1))
  if (site.state === 'archived') return []
  if (site.state === 'dropped') return now.getTime() - (site.droppedAt ?? now).getTime() > keepMs ? idsOf(ended) : []
  const verified = ended.filter(({ state }) => state === 'verified')
  const [newest] = verified
  if (newest === undefined) return []
  const kept = new Set(idsOf(verified.slice(0, fewestKept(policy))))
  const isOld = ({ createdAt }: StoredBackup): boolean => newest.createdAt.getTime() - createdAt.getTime() > keepMs
  return idsOf(ended.filter((backup) => !kept.has(backup.id) && isOld(backup)))
}

const idsOf = (backups: readonly StoredBackup[]): string[] => backups.map(({ id }) => id)
