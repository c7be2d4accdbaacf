import { maybe, rows, sql, type Db } from '@platen/kit/sql'

export interface PlanRow {
  id: string
  name: string
  title: string
  price_cents: bigint
  currency: string
  max_storage_bytes: bigint
  max_users: number
}

const columns = sql`id, name, title, price_cents, currency, max_storage_bytes, max_users`

export const listPlans = (db: Db): Promise<PlanRow[]> =>
  rows(db, sql<PlanRow>`SELECT ${columns} FROM manager.plans ORDER BY position`)

/** The plan of this name, or the first one when no name is given. */
export const findPlan = (db: Db, name: string | undefined): Promise<PlanRow | undefined> =>
  maybe(
    db,
    sql<PlanRow>`SELECT ${columns} FROM manager.plans WHERE name = COALESCE(${name ?? null}::text, name) ORDER BY position LIMIT 1`,
  )
