import { appendAudit } from '@platen/identity'
import { rows, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import type { Difference, ReportedDifference, ScopeName, ScopePlan } from './difference.ts'

/** Wakes the reconcilers; see the triggers of migration 0002. */
export const wantedChannel = 'reconciliation_wanted'

export interface Sighting {
  firstSeenAt: Date
  attempts: number
  attemptedAt: Date | null
}

export const keyOf = ({ kind, subject }: Pick<Difference, 'kind' | 'subject'>): string => `${kind} ${subject.id}`

interface SightingRow {
  kind: Difference['kind']
  subject_id: string
  first_seen_at: Date
  attempts: number
  attempted_at: Date | null
}

const byKey = (found: readonly SightingRow[]): Map<string, Sighting> =>
  new Map(
    found.map((row) => [
      `${row.kind} ${row.subject_id}`,
      { firstSeenAt: row.first_seen_at, attempts: row.attempts, attemptedAt: row.attempted_at },
    ]),
  )

const sightingColumns = sql`kind, subject_id, first_seen_at, attempts, attempted_at`

export async function readSightings(db: Db, scope: ScopeName): Promise<Map<string, Sighting>> {
  return byKey(
    await rows(
      db,
      sql<SightingRow>`SELECT ${sightingColumns} FROM manager.reconciliation_sightings WHERE scope = ${scope}`,
    ),
  )
}

/** Remembers what is seen, forgets what is not seen any more. Answers by `keyOf`. */
export async function recordSightings(
  db: Db,
  scope: ScopeName,
  seen: readonly Difference[],
  now: Date,
): Promise<Map<string, Sighting>> {
  const kinds = seen.map(({ kind }) => kind)
  const subjects = seen.map(({ subject }) => subject.id)
  return withScope(db, { operator: true }, async (tx) => {
    await sql`DELETE FROM manager.reconciliation_sightings s WHERE scope = ${scope} AND NOT EXISTS (
      SELECT FROM unnest(${kinds}::text[], ${subjects}::text[]) seen (kind, subject_id)
      WHERE seen.kind = s.kind AND seen.subject_id = s.subject_id)`.execute(tx)
    return byKey(
      await rows(
        tx,
        sql<SightingRow>`INSERT INTO manager.reconciliation_sightings AS s (scope, kind, subject_id, first_seen_at, last_seen_at)
          SELECT DISTINCT ${scope}, kind, subject_id, ${now}::timestamptz, ${now}::timestamptz
          FROM unnest(${kinds}::text[], ${subjects}::text[]) seen (kind, subject_id)
          ON CONFLICT ON CONSTRAINT reconciliation_sightings_pkey DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at
          RETURNING ${sightingColumns}`,
      ),
    )
  })
}

export async function recordAttempt(db: Db, scope: ScopeName, { kind, subject }: Difference, now: Date): Promise<void> {
  await sql`UPDATE manager.reconciliation_sightings SET attempts = attempts + 1, attempted_at = ${now}
    WHERE scope = ${scope} AND kind = ${kind} AND subject_id = ${subject.id}`.execute(db)
}

export async function recordRepair(tx: Tx, scope: ScopeName, difference: Difference): Promise<void> {
  const { kind, subject, detail, remedy, tenantId } = difference
  await appendAudit(tx, {
    tenantId,
    actor: { id: null, label: 'platform' },
    action: 'reconciliation.repaired',
    resource: subject.kind,
    resourceId: subject.id,
    changes: { scope, kind, remedy, detail },
  })
}

/** The last plan of the scope. One that found nothing to compare keeps the differences of the one before, and says why. */
export async function savePlan(db: Db, plan: ScopePlan): Promise<void> {
  const repairs = plan.differences.filter(({ outcome }) => outcome === 'repaired')
  const differences = JSON.stringify(plan.differences)
  const repairedAt = repairs.length === 0 ? null : plan.ranAt
  await sql`INSERT INTO manager.reconciliation_plans AS p (scope, ran_at, duration_ms, differences, error, repaired_at, repairs)
    VALUES (${plan.scope}, ${plan.ranAt}, ${plan.durationMs}, ${differences}::jsonb, ${plan.error}, ${repairedAt}, ${JSON.stringify(repairs)}::jsonb)
    ON CONFLICT ON CONSTRAINT reconciliation_plans_pkey DO UPDATE SET ran_at = EXCLUDED.ran_at, duration_ms = EXCLUDED.duration_ms,
      error = EXCLUDED.error,
      differences = CASE WHEN EXCLUDED.error IS NULL THEN EXCLUDED.differences ELSE p.differences END,
      repaired_at = COALESCE(EXCLUDED.repaired_at, p.repaired_at),
      repairs = CASE WHEN EXCLUDED.repaired_at IS NULL THEN p.repairs ELSE EXCLUDED.repairs END`.execute(db)
}

export interface StoredPlan extends ScopePlan {
  repairedAt: Date | null
  repairs: ReportedDifference[]
}

export const listPlans = (db: Db): Promise<StoredPlan[]> =>
  rows(
    db,
    sql<StoredPlan>`SELECT scope, ran_at AS "ranAt", duration_ms AS "durationMs", differences, error, repaired_at AS "repairedAt", repairs
      FROM manager.reconciliation_plans ORDER BY scope`,
  )
