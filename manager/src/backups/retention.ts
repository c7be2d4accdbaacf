/** Which backups of a site have had their time. Pure. */
import type { BackupPolicy } from '../plans/index.ts'
import { archivedUntil } from '../sites/index.ts'
import { isAhead } from './schedule.ts'

const dayMs = 86_400_000
const fewestAnyway = 3

export interface StoredBackup {
  id: string
  state: string
  createdAt: Date
}

export interface EndingSite {
  state: string
  archivedAt: Date | null
  droppedAt: Date | null
}

export interface RetentionFacts {
  site: EndingSite
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
  if (site.state === 'dropped') return isTimeOver(site, policy, now) ? idsOf(ended) : []
  const known = ended.filter(({ createdAt }) => !isAhead(createdAt, now))
  const verified = known.filter(({ state }) => state === 'verified')
  const [newest] = verified
  if (newest === undefined) return []
  const kept = new Set(idsOf(verified.slice(0, fewestKept(policy))))
  const isOld = ({ createdAt }: StoredBackup): boolean => +newest.createdAt - +createdAt > keepMs
  return idsOf(known.filter((backup) => !kept.has(backup.id) && isOld(backup)))
}

/** A site that nobody revived in time is to be dropped; one that was dropped the days to keep ago is to lose its backups. */
export function isTimeOver(
  { state, archivedAt, droppedAt }: EndingSite,
  { keepDays }: BackupPolicy,
  now: Date,
): boolean {
  if (state === 'archived') return archivedAt !== null && archivedUntil(archivedAt) <= now
  return state === 'dropped' && droppedAt !== null && +now - +droppedAt > keepDays * dayMs
}

/** Since when the time is known to be over, as of now: null when it is not. What was seen while the clock was ahead was not seen. */
export const timeOverSeenAt = (isOver: boolean, seenAt: Date | null, now: Date): Date | null =>
  isOver ? (seenAt !== null && !isAhead(seenAt, now) ? seenAt : now) : null

/** Nothing of it can be taken back, so it takes two looks with a day between them: no clock is wrong for that long unseen. */
export const isTimeSurelyOver = (seenAt: Date | null, now: Date): boolean => seenAt !== null && +now - +seenAt >= dayMs

const idsOf = (backups: readonly StoredBackup[]): string[] => backups.map(({ id }) => id)
