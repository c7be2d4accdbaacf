import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '@platen/kit/ids'
import { sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import { dropSite, lockSite } from '../sites/index.ts'
import { backUpSite } from './back-up-site.ts'
import type { BackupDeps } from './backup-deps.ts'
import { insertBackup } from './backup-store.ts'
import { pruneBackups } from './prune-backups.ts'
import { backupsToPrune, isTimeOver, isTimeSurelyOver, timeOverSeenAt } from './retention.ts'
import { nextBackupAt } from './schedule.ts'
import {
  countScheduledRunning,
  databaseNow,
  findPolicySite,
  hasDatabase,
  listPolicySites,
  recentAttempts,
  setTimeOverSeen,
  storedBackups,
  type PolicySite,
} from './schedule-store.ts'
import { startByPlatform } from './start-by-platform.ts'

const periodMs = 30_000
const slowPeriodMs = 600_000
/** On the whole platform: dumps and drills take their share of the disks from everybody who is at work. */
const mostAtOnce = 2
/** Sites to prune, and to drop, in one round; the next ones take the rest. */
const mostOfARound = 2
const lockKey = 'platen.backup-schedule'
const asPlatform = { operator: true } as const

export interface SchedulingParts {
  /** As the worker role. */
  db: Db
  /** Default: the database's clock. */
  now?: () => Date
}

interface SchedulingLog {
  warn(facts: object, message: string): void
}

/** Begins what is due until the signal fires. A round that fails is logged, and the next one looks again. */
export async function keepScheduling(parts: SchedulingParts, log: SchedulingLog, signal: AbortSignal): Promise<void> {
  const attempt = (work: Promise<unknown>, message: string): Promise<unknown> =>
    work.catch((error: unknown) => (signal.aborted ? undefined : log.warn({ err: error }, message)))
  let slowAtMs = 0
  while (!signal.aborted) {
    await attempt(backUpWhatIsDue(parts), 'scheduled backups could not be begun; trying again')
    if (performance.now() >= slowAtMs) {
      await attempt(pruneWhatIsOld(parts), 'old backups could not be looked through; trying again')
      await attempt(dropArchivedSites(parts), 'archived sites could not be looked through; trying again')
      slowAtMs = performance.now() + slowPeriodMs
    }
    await pause(periodMs, undefined, { signal }).catch(() => undefined)
  }
}

/** One round, the most overdue first. Several managers may do it at once: each start is decided anew, one after the other. */
export async function backUpWhatIsDue(parts: SchedulingParts): Promise<string[]> {
  const due = await withScope(parts.db, asPlatform, async (tx) => {
    const now = await databaseNow(tx, parts.now)
    const attempts = await recentAttempts(tx, now)
    return (await listPolicySites(tx))
      .filter((site) => !site.isBusy && hasDatabase(site))
      .map((site) => ({ id: site.id, at: nextBackupAt(site, attempts.get(site.id) ?? [], now) }))
      .filter(({ at }) => at <= now)
      .toSorted((a, b) => +a.at - +b.at)
  })
  const begun: string[] = []
  for (const { id } of due) {
    const outcome = await withScope(parts.db, asPlatform, (tx) => beginBackup(tx, id, parts))
    if (outcome === 'full') break
    if (outcome === 'begun') begun.push(id)
  }
  return begun
}

/** In one transaction: who comes second finds the row of the first, or the place taken. */
async function beginBackup(
  tx: Tx,
  siteId: string,
  { now: clock }: SchedulingParts,
): Promise<'begun' | 'full' | 'later'> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${lockKey}, 0))`.execute(tx)
  if ((await countScheduledRunning(tx)) >= mostAtOnce) return 'full'
  const site = await lockIdle(tx, siteId)
  if (site === undefined || !hasDatabase(site)) return 'later'
  const now = await databaseNow(tx, clock)
  const attempts = (await recentAttempts(tx, now, siteId)).get(siteId) ?? []
  if (nextBackupAt(site, attempts, now) > now) return 'later'
  const backupId = newId()
  await insertBackup(tx, { id: backupId, tenantId: site.tenantId, siteId, reason: 'scheduled', createdAt: now })
  const input = { siteId, backupId }
  await startByPlatform(tx, { definition: backUpSite, input, site, action: 'backup.scheduled', changes: { backupId } })
  return 'begun'
}

/** Begins to remove backups of the sites that have some which had their time. */
export function pruneWhatIsOld(parts: SchedulingParts): Promise<string[]> {
  return beginEach(parts, async (tx, now, siteId) => {
    const backups = await storedBackups(tx, siteId)
    return ({ id, policy, ...site }) => {
      if (site.state === 'dropped' && !isTimeSurelyOver(site.seenAt, now)) return undefined
      const old = backupsToPrune({ site, policy, backups: backups.get(id) ?? [], now })
      if (old.length === 0) return undefined
      return { definition: pruneBackups, input: { siteId: id }, action: 'backups.pruning-begun' }
    }
  })
}

/** Begins to drop sites that nobody revived in time. Their backups stay as long as those of every dropped site. */
export function dropArchivedSites(parts: SchedulingParts): Promise<string[]> {
  return beginEach(parts, async (_tx, now) => ({ id, state, archivedAt, seenAt }) => {
    if (state !== 'archived' || !isTimeSurelyOver(seenAt, now)) return undefined
    return { definition: dropSite, input: { siteId: id }, action: 'site.archived-drop-begun', changes: { archivedAt } }
  })
}

type Beginning = Omit<Parameters<typeof startByPlatform<{ siteId: string }, BackupDeps>>[1], 'site'>
/** What is to be begun on a site, by what is known at this moment of all sites, or of the one with that id. */
type Decide = (tx: Tx, now: Date, siteId: string | null) => Promise<(site: PolicySite) => Beginning | undefined>

/** Looks at all sites, then decides anew on each under its lock; begins a few. */
async function beginEach(parts: SchedulingParts, decide: Decide): Promise<string[]> {
  const wanted = await withScope(parts.db, asPlatform, async (tx) => {
    const now = await databaseNow(tx, parts.now)
    const sites = await seeTimesOver(tx, await listPolicySites(tx), now)
    const decideOn = await decide(tx, now, null)
    return sites.filter((site) => !site.isBusy && decideOn(site) !== undefined).map(({ id }) => id)
  })
  const begun: string[] = []
  for (const siteId of wanted.slice(0, mostOfARound)) {
    const isBegun = await withScope(parts.db, asPlatform, async (tx) => {
      const site = await lockIdle(tx, siteId)
      const beginning = site && (await decide(tx, await databaseNow(tx, parts.now), siteId))(site)
      if (site === undefined || beginning === undefined) return false
      await startByPlatform(tx, { ...beginning, site })
      return true
    })
    if (isBegun) begun.push(siteId)
  }
  return begun
}

/** The sites, with what is known of their time as of now written down. */
async function seeTimesOver(tx: Tx, sites: PolicySite[], now: Date): Promise<PolicySite[]> {
  const seen: PolicySite[] = []
  for (const site of sites) {
    const seenAt = timeOverSeenAt(isTimeOver(site, site.policy, now), site.seenAt, now)
    if (seenAt?.getTime() !== site.seenAt?.getTime()) await setTimeOverSeen(tx, site.id, seenAt)
    seen.push({ ...site, seenAt })
  }
  return seen
}

/** The site, locked, unless an operation works on it: then the next round looks again. */
async function lockIdle(tx: Tx, siteId: string): Promise<PolicySite | undefined> {
  await lockSite(tx, siteId)
  const site = await findPolicySite(tx, siteId)
  return site?.isBusy === true ? undefined : site
}
