/** Which backups of a site have had their time. Pure. */
import type { BackupPolicy } from '../plans/index.ts'
import { isAhead } from './schedule.ts'

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
  /** By the clock of the database. */
  now: Date
}

/**
 * As many of the newest verified backups as the days to keep should have brought, three at least. They stay whatever their age: a clock
 * that jumps ahead makes all of them old at once, and must not cost them.
 */
export const fewestKept = ({ keepDays, everyHours }: BackupPolicy): number =>
  Math.max(fewestAnyway, Math.ceil((keepDays * 24) / everyHours))

/**
 * Age counts from the newest verified backup, not from now: where nothing new is verified, nothing goes, and time alone removes nothing.
 * What was made while the clock was ahead waits for its date to come. Of an archived site nothing goes; of a dropped one everything does,
 * the days to keep after it was dropped.
 */
export function backupsToPrune({ site, policy, backups, now }: RetentionFacts): string[] {
  const keepMs = policy.keepDays * dayMs
  const ended = backups
    .filter(({ state }) => state === 'verified' || state === 'failed')
    .toSorted((a, b) => +b.createdAt - +a.createdAt || (a.id < b.id ? 1 : -1))
  if (site.state === 'archived') return []
  if (site.state === 'dropped') return +now - +(site.droppedAt ?? now) > keepMs ? idsOf(ended) : []
  const known = ended.filter(({ createdAt }) => !isAhead(createdAt, now))
  const verified = known.filter(({ state }) => state === 'verified')
  const [newest] = verified
  if (newest === undefined) return []
  const kept = new Set(idsOf(verified.slice(0, fewestKept(policy))))
  const isOld = ({ createdAt }: StoredBackup): boolean => +newest.createdAt - +createdAt > keepMs
  return idsOf(known.filter((backup) => !kept.has(backup.id) && isOld(backup)))
}

const idsOf = (backups: readonly StoredBackup[]): string[] => backups.map(({ id }) => id)
