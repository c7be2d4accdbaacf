import { rows, sql, withScope, type Db } from '@platen/kit/sql'
import type { AccessRules } from './principal.ts'

/** The tenant that an account enters: of those that are open the one it belongs to longest. Switching is a later choice of the user. */
export async function firstTenant(
  db: Db,
  accountId: string,
  { isTenantOpen }: Pick<AccessRules, 'isTenantOpen'>,
): Promise<string | undefined> {
  const found = await withScope(db, { accountId }, (tx) =>
    rows(
      tx,
      sql<{ tenant_id: string }>`SELECT tenant_id FROM identity.users
        WHERE account_id = ${accountId} AND state = 'active' ORDER BY created_at, id`,
    ),
  )
  for (const { tenant_id: tenantId } of found) if (await isTenantOpen(tenantId)) return tenantId
  return undefined
}
