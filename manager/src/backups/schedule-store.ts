// What the schedule and retention look at. Read by the worker as the platform, and for one site by requests.
import { maybe, one, rows, sql, type Db, type Tx } from '@platen/kit/sql'
import type { BackupPolicy } from '../plans/index.ts'
import { siteActionObjection, type SiteState } from '../sites/index.ts'
import type { StoredBackup } from './retention.ts'
import { effectivePolicy, type Attempt, type ScheduledSite } from './schedule.ts'

export interface PolicySite extends ScheduledSite {
  tenantId: string
  name: string
  state: SiteState
  archivedAt: Date | null
  droppedAt: Date | null
  /** Since when its time is known to be over, see retention.ts. */
  seenAt: Date | null
  own: BackupPolicy | null
  ofPlan: BackupPolicy
  isBusy: boolean
}

const selectSites = sql`SELECT s.id, s.tenant_id AS "tenantId", s.name, s.state, s.archived_at AS "archivedAt",
    s.dropped_at AS "droppedAt", s.time_over_seen_at AS "seenAt",
    COALESCE(s.activated_at, s.created_at) AS since,
    CASE WHEN s.backup_every_hours IS NOT NULL THEN jsonb_build_object('everyHours', s.backup_every_hours, 'atHour', s.backup_at_hour,
      'timeZone', s.backup_time_zone, 'keepDays', s.backup_keep_days) END AS own,
    jsonb_build_object('everyHours', p.backup_every_hours, 'atHour', p.backup_at_hour, 'timeZone', p.backup_time_zone,
      'keepDays', p.backup_keep_days) AS "ofPlan",
    EXISTS (SELECT FROM operations.operations o
      WHERE o.subject_kind = 'site' AND o.subject_id = s.id::text AND o.ended_at IS NULL) AS "isBusy"
  FROM manager.sites s JOIN manager.plans p ON p.id = s.plan_id`

/** In a state in which it has a database; whether an operation is in the way is another question. */
export const hasDatabase = ({ state }: Pick<PolicySite, 'state'>): boolean =>
  siteActionObjection('back-up', state, null) === null

/** A slot of the longest schedule and its delay are younger than this. */
const attemptDays = 9

type SiteFacts = Omit<PolicySite, 'policy'>
const withPolicy = (site: SiteFacts): PolicySite => ({ ...site, policy: effectivePolicy(site.own, site.ofPlan) })

/** By the database's clock, or a simulated one. */
export const databaseNow = async (tx: Db, now?: () => Date): Promise<Date> =>
  now?.() ?? (await one(tx, sql<{ now: Date }>`SELECT clock_timestamp() AS now`)).now

/** Dropped ones only while there are backups of them. */
export async function listPolicySites(tx: Tx): Promise<PolicySite[]> {
  const found = await rows(
    tx,
    sql<SiteFacts>`${selectSites} WHERE s.state <> 'dropped' OR EXISTS (SELECT FROM manager.backups b WHERE b.site_id = s.id)`,
  )
  return found.map(withPolicy)
}

export async function findPolicySite(tx: Tx, id: string): Promise<PolicySite | undefined> {
  const found = await maybe(tx, sql<SiteFacts>`${selectSites} WHERE s.id = ${id}`)
  return found && withPolicy(found)
}

/** What was tried lately, by site; of one site only where its id is given. */
export async function recentAttempts(tx: Tx, now: Date, siteId: string | null = null): Promise<Map<string, Attempt[]>> {
  const found = await rows(
    tx,
    sql<Attempt & { siteId: string }>`SELECT site_id AS "siteId", state, created_at AS "createdAt" FROM manager.backups
      WHERE created_at > ${now}::timestamptz - make_interval(days => ${attemptDays})
        AND (${siteId}::uuid IS NULL OR site_id = ${siteId}::uuid)`,
  )
  return Map.groupBy(found, (attempt) => attempt.siteId)
}

/** Scheduled ones that are at work. What waits for a person takes no place, or two such would end all backups. */
export async function countScheduledRunning(tx: Tx): Promise<number> {
  const { running } = await one(
    tx,
    sql<{ running: number }>`SELECT count(*)::int AS running FROM operations.operations o
      JOIN manager.backups b ON b.id = (o.input->>'backupId')::uuid AND b.reason = 'scheduled'
      WHERE o.type = 'back-up-site' AND o.ended_at IS NULL AND o.state <> 'needs-attention'`,
  )
  return running
}

export async function setOwnPolicy(tx: Tx, siteId: string, policy: BackupPolicy | null): Promise<void> {
  await sql`UPDATE manager.sites SET backup_every_hours = ${policy?.everyHours ?? null}, backup_at_hour = ${policy?.atHour ?? null},
    backup_time_zone = ${policy?.timeZone ?? null}, backup_keep_days = ${policy?.keepDays ?? null} WHERE id = ${siteId}`.execute(
    tx,
  )
}

export async function setTimeOverSeen(tx: Tx, siteId: string, seenAt: Date | null): Promise<void> {
  await sql`UPDATE manager.sites SET time_over_seen_at = ${seenAt} WHERE id = ${siteId}`.execute(tx)
}

/** All backups of sites for retention; of one site only where its id is given. */
export async function storedBackups(tx: Tx, siteId: string | null = null): Promise<Map<string, StoredBackup[]>> {
  const found = await rows(
    tx,
    sql<
      StoredBackup & { siteId: string }
    >`SELECT id, site_id AS "siteId", state, created_at AS "createdAt" FROM manager.backups b
      WHERE (${siteId}::uuid IS NULL OR site_id = ${siteId}::uuid)`,
  )
  return Map.groupBy(found, (backup) => backup.siteId)
}

/** Which of them an unfinished operation uses, whatever site that works on. */
export async function backupsInUse(tx: Tx): Promise<Set<string>> {
  const found = await rows(
    tx,
    sql<{ id: string }>`SELECT input->>'backupId' AS id FROM operations.operations
      WHERE ended_at IS NULL AND input->>'backupId' IS NOT NULL`,
  )
  return new Set(found.map(({ id }) => id))
}
