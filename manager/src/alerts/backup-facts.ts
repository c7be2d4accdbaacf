import { rows, sql, type Tx } from '@platen/kit/sql'
import { cancelledNote } from '../backups/index.ts'
import { siteActionObjection, type SiteState } from '../sites/index.ts'
import type { BackedUpSite, VerifiedBackup } from './watch-backups.ts'

/** Rows of a moment ago may be a little ahead of the clock; what lies further ahead was written while the clock was wrong. */
const toleranceMinutes = 5

interface SiteRow extends Omit<BackedUpSite, 'verified'> {
  state: SiteState
}

interface BackupRow {
  siteId: string
  createdAt: Date
  plainBytes: bigint
  rows: bigint | null
}

/** Every site that has a database, with its two newest verified backups and how the last attempt ended. */
export async function readBackedUpSites(tx: Tx, now: Date): Promise<BackedUpSite[]> {
  const known = sql`created_at <= ${now}::timestamptz + make_interval(mins => ${toleranceMinutes})`
  const sites = await rows(
    tx,
    sql<SiteRow>`SELECT s.id, s.name, s.state, COALESCE(s.activated_at, s.created_at) AS since,
        COALESCE(s.backup_every_hours, p.backup_every_hours) AS "everyHours",
        (SELECT CASE b.state WHEN 'failed' THEN COALESCE(b.error, 'It failed.') END FROM manager.backups b
          WHERE b.site_id = s.id AND b.state IN ('verified', 'failed') AND b.error IS DISTINCT FROM ${cancelledNote} AND ${known}
          ORDER BY b.created_at DESC, b.id DESC LIMIT 1) AS failure
      FROM manager.sites s JOIN manager.plans p ON p.id = s.plan_id WHERE s.state NOT IN ('archived', 'dropped') ORDER BY s.id`,
  )
  const verified = await rows(
    tx,
    sql<BackupRow>`SELECT "siteId", "createdAt", "plainBytes", rows FROM (
        SELECT site_id AS "siteId", created_at AS "createdAt", COALESCE(plain_bytes, 0) AS "plainBytes", total_rows AS rows,
          row_number() OVER (PARTITION BY site_id ORDER BY created_at DESC, id DESC) AS place
        FROM manager.backups WHERE state = 'verified' AND ${known}) newest
      WHERE place <= 2 ORDER BY place`,
  )
  const ofSite = Map.groupBy(verified, ({ siteId }) => siteId)
  return sites
    .filter(({ state }) => siteActionObjection('back-up', state, null) === null)
    .map(({ state: _, ...site }) => ({ ...site, verified: (ofSite.get(site.id) ?? []).map(toVerified) }))
}

const toVerified = ({ createdAt, plainBytes, rows: count }: BackupRow): VerifiedBackup => ({
  createdAt,
  plainBytes: Number(plainBytes),
  rows: count === null ? null : Number(count),
})
