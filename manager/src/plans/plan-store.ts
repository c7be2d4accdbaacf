import { maybe, rows, sql, type Db, type Tx } from '@platen/kit/sql'
import type { BackupPolicy } from './backup-policy.ts'

export interface PlanRow {
  id: string
  name: string
  title: string
  price_cents: bigint
  currency: string
  max_storage_bytes: bigint
  max_users: number
  backup_policy: BackupPolicy
}

const columns = sql`id, name, title, price_cents, currency, max_storage_bytes, max_users,
  jsonb_build_object('everyHours', backup_every_hours, 'atHour', backup_at_hour, 'timeZone', backup_time_zone, 'keepDays', backup_keep_days)
    AS backup_policy`

export const listPlans = (db: Db): Promise<PlanRow[]> =>
  rows(db, sql<PlanRow>`SELECT ${columns} FROM manager.plans ORDER BY position`)

/** The plan of this name, or the first one when no name is given. */
export const findPlan = (db: Db, name: string | undefined): Promise<PlanRow | undefined> =>
  maybe(
    db,
    sql<PlanRow>`SELECT ${columns} FROM manager.plans WHERE name = COALESCE(${name ?? null}::text, name) ORDER BY position LIMIT 1`,
  )

/** The plan with its new policy, or undefined when there is none with this id. */
export const setBackupPolicy = (tx: Tx, id: string, policy: BackupPolicy): Promise<PlanRow | undefined> =>
  maybe(
    tx,
    sql<PlanRow>`UPDATE manager.plans SET backup_every_hours = ${policy.everyHours}, backup_at_hour = ${policy.atHour},
        backup_time_zone = ${policy.timeZone}, backup_keep_days = ${policy.keepDays}
      WHERE id = ${id} RETURNING ${columns}`,
  )
