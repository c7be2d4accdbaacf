import type { Report } from '@platen/identity'
import { one, rows, sql } from '@platen/kit/sql'

/** The sites of a tenant, with what they take of their plan. */
export const sitesReport: Report = {
  permission: 'sites.read',
  header: [
    'id',
    'name',
    'state',
    'plan',
    'database_bytes',
    'files_bytes',
    'max_storage_bytes',
    'measured_at',
    'created_at',
  ],
  count: async (tx) => (await one(tx, sql<{ n: number }>`SELECT count(*)::int AS n FROM manager.sites`)).n,
  async page(tx, after, limit) {
    const found = await rows(
      tx,
      sql<SiteRow>`SELECT s.id, s.name, s.state, p.name AS plan, s.database_bytes, s.files_bytes, p.max_storage_bytes, s.measured_at, s.created_at
        FROM manager.sites s JOIN manager.plans p ON p.id = s.plan_id
        WHERE ${after}::uuid IS NULL OR s.id > ${after}::uuid ORDER BY s.id LIMIT ${limit}`,
    )
    return found.map(({ id, name, state, plan, ...row }) => ({
      id,
      values: [
        id,
        name,
        state,
        plan,
        row.database_bytes,
        row.files_bytes,
        row.max_storage_bytes,
        row.measured_at,
        row.created_at,
      ],
    }))
  },
}

interface SiteRow {
  id: string
  name: string
  state: string
  plan: string
  database_bytes: bigint | null
  files_bytes: bigint | null
  max_storage_bytes: bigint
  measured_at: Date | null
  created_at: Date
}
