import { one, rows, sql } from '@platen/kit/sql'
import type { Report } from './report-job.ts'

/** Who has access to a tenant, with their roles. */
export const peopleReport: Report = {
  permission: 'users.read',
  header: ['id', 'email', 'name', 'state', 'roles', 'created_at'],
  count: async (tx) =>
    (await one(tx, sql<{ n: number }>`SELECT count(*)::int AS n FROM identity.users WHERE ${ownTenant}`)).n,
  async page(tx, after, limit) {
    const found = await rows(
      tx,
      sql<{ id: string; email: string; name: string; state: string; roles: string; created_at: Date }>`
        SELECT u.id, u.email, u.name, u.state, u.created_at,
          (SELECT coalesce(string_agg(coalesce(ur.system_role, r.name), ' ' ORDER BY coalesce(ur.system_role, r.name)), '')
            FROM identity.user_roles ur LEFT JOIN identity.roles r ON r.id = ur.role_id
            WHERE ur.tenant_id = u.tenant_id AND ur.user_id = u.id) AS roles
        FROM identity.users u
        WHERE ${ownTenant} AND (${after}::uuid IS NULL OR u.id > ${after}::uuid) ORDER BY u.id LIMIT ${limit}`,
    )
    return found.map(({ id, email, name, state, roles, created_at }) => ({
      id,
      values: [id, email, name, state, roles, created_at],
    }))
  },
}

/** A person also sees their own user rows of other tenants; a report is of one. */
const ownTenant = sql`tenant_id = nullif(current_setting('app.tenant', true), '')::uuid`
