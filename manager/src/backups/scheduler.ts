import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '@platen/kit/ids'
import { sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import { archivedUntil, dropSite, lockSite } from '../sites/index.ts'
import { backUpSite } from './back-up-site.ts'
import { insertBackup } from './backup-store.ts'
import { pruneBackups } from './prune-backups.ts'
import { backupsToPrune } from './retention.ts'
import { nextBackupAt } from './schedule.ts'
import {
  countScheduledRunning,
  databaseNow,
  findPolicySite,
  hasDatabase,
  listPolicySites,
  recentAttempts,
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
export async function pruneWhatIsOld(parts: SchedulingParts): Promise<string[]> {
  const old = await withScope(parts.db, asPlatform, async (tx) => {
    const now = await databaseNow(tx, parts.now)
    const backups = await storedBackups(tx)
    return (await listPolicySites(tx))
      .filter((site) => !site.isBusy && oldOf(site, backups, now).length > 0)
      .map(({ id }) => id)
  })
  const begun: string[] = []
  for (const siteId of old.slice(0, mostOfARound)) {
    const isBegun = await withScope(parts.db, asPlatform, async (tx) => {
      const site = await lockIdle(tx, siteId)
      const backups = await storedBackups(tx, siteId)
      if (site === undefined || oldOf(site, backups, await databaseNow(tx, parts.now)).length === 0) return false
      await startByPlatform(tx, { definition: pruneBackups, input: { siteId }, site, action: 'backups.pruning-begun' })
      return true
    })
    if (isBegun) begun.push(siteId)
  }
  return begun
}

const oldOf = (site: PolicySite, backups: Awaited<ReturnType<typeof storedBackups>>, now: Date): string[] =>
  backupsToPrune({ site, policy: site.policy, backups: backups.get(site.id) ?? [], now })

/** Begins to drop sites that nobody revived in time. Their backups stay as long as those of every dropped site. */
export async function dropArchivedSites(parts: SchedulingParts): Promise<string[]> {
  const isOver = ({ state, archivedAt }: PolicySite, now: Date): boolean =>
    state === 'archived' && archivedAt !== null && archivedUntil(archivedAt) <= now
  const over = await withScope(parts.db, asPlatform, async (tx) => {
    const now = await databaseNow(tx, parts.now)
    return (await listPolicySites(tx)).filter((site) => !site.isBusy && isOver(site, now)).map(({ id }) => id)
  })
  const begun: string[] = []
  for (const siteId of over.slice(0, mostOfARound)) {
    const isBegun = await withScope(parts.db, asPlatform, async (tx) => {
      const site = await lockIdle(tx, siteId)
      if (site === undefined || !isOver(site, await databaseNow(tx, parts.now))) return false
      const { archivedAt } = site
      const beginning = { definition: dropSite, input: { siteId }, site, action: 'site.archived-drop-begun' }
      await startByPlatform(tx, { ...beginning, changes: { archivedAt } })
      return true
    })
    if (isBegun) begun.push(siteId)
  }
  return begun
}

/** The site, locked, unless an operation works on it: then the next round looks again. */
async function lockIdle(tx: Tx, siteId: string): Promise<PolicySite | undefined> {
  await lockSite(tx, siteId)
  const site = await findPolicySite(tx, siteId)
  return site?.isBusy === true ? undefined : site
}
