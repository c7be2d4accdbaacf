import { stockDiscrepancies } from '@platen/commerce'
import type { SmokeCheck } from '@platen/drivers/runtimes'
import { one, readMigrations, rows, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import { releaseMigrations, releaseName } from '../release.ts'

/** Would this site work? Every check looks at one snapshot of the database and changes nothing. */
export function smokeTest(db: Db, siteId: string): Promise<{ ok: boolean; checks: SmokeCheck[] }> {
  return withScope(
    db,
    { operator: true },
    async (tx) => {
      const checks = [await checkIdentity(tx, siteId), await checkCommerce(tx), await checkMigrations(tx)]
      return { ok: checks.every(({ ok }) => ok), checks }
    },
    { isolation: 'repeatable read' },
  )
}

/** Counted within the site's own rows: a copy that still belongs to another site has nobody. */
async function checkIdentity(tx: Tx, siteId: string): Promise<SmokeCheck> {
  const { administrators } = await one(
    tx,
    sql<{ administrators: number }>`SELECT count(*)::int AS administrators FROM identity.users u
      JOIN identity.user_roles r ON r.tenant_id = u.tenant_id AND r.user_id = u.id WHERE u.tenant_id = ${siteId} AND r.system_role = 'gerant'`,
  )
  return { name: 'identity', ok: administrators > 0, detail: `${administrators} administrators of this site` }
}

async function checkCommerce(tx: Tx): Promise<SmokeCheck> {
  const [first, ...others] = await stockDiscrepancies(tx)
  if (first === undefined)
    return { name: 'commerce', ok: true, detail: 'every balance equals its ledger and its reservations' }
  const { productId, onHand, ledger, reserved, reservations } = first
  const detail = `product ${productId}: ${onHand} on hand, ledger ${ledger}; ${reserved} reserved, reservations ${reservations}`
  return { name: 'commerce', ok: false, detail: others.length === 0 ? detail : `${detail}; and others` }
}

async function checkMigrations(tx: Tx): Promise<SmokeCheck> {
  const found = await rows(
    tx,
    sql<{ line: string }>`SELECT set_name || '/' || file || ' ' || checksum AS line FROM platform.migrations
      WHERE applied_at IS NOT NULL`,
  )
  const applied = new Set(found.map(({ line }) => line))
  const wanted = releaseMigrations
    .flatMap(readMigrations)
    .map(({ set, file, checksum }) => `${set}/${file} ${checksum}`)
  const missing = wanted.filter((line) => !applied.has(line))
  const ok = missing.length === 0 && applied.size === wanted.length
  const detail = ok
    ? `release ${releaseName}`
    : `not release ${releaseName}: ${applied.size} of ${wanted.length} migrations`
  return { name: 'migrations', ok, detail }
}
