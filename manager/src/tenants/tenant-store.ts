import { maybe, one, sql, withScope, type Db, type Tx } from '@platen/kit/sql'

/** Whether people may enter this tenant. A suspended one keeps its data; its sites are suspended by their own operation. */
export async function isTenantOpen(db: Db, tenantId: string): Promise<boolean> {
  const row = await withScope(db, { tenantId }, (tx) =>
    maybe(tx, sql<{ state: string }>`SELECT state FROM manager.tenants WHERE id = ${tenantId}`),
  )
  return row?.state === 'active'
}

/** What people call a tenant. */
export async function tenantName(tx: Tx, tenantId: string): Promise<string> {
  const { name } = await one(tx, sql<{ name: string }>`SELECT name FROM manager.tenants WHERE id = ${tenantId}`)
  return name
}
