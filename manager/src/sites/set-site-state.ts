import { appendEvent } from '@platen/kit/outbox'
import { maybe, sql, type Tx } from '@platen/kit/sql'
import { siteEventOf } from './events.ts'
import type { SiteState } from './site.ts'

interface SiteBefore {
  tenant_id: string
  name: string
  host: string
  plan: string
  state: SiteState
  was_active: boolean
}

/**
 * What operations change about a site; what a change of state is called outside is appended with it. A step that is repeated finds
 * the state changed already and appends nothing.
 * @param more assignments beside the state.
 */
export async function setSiteState(tx: Tx, id: string, state: SiteState, more = sql``): Promise<void> {
  const before = await maybe(
    tx,
    sql<SiteBefore>`WITH before AS (
        SELECT s.tenant_id, s.name, h.host, p.name AS plan, s.state, s.activated_at IS NOT NULL AS was_active
        FROM manager.sites s JOIN manager.plans p ON p.id = s.plan_id
        LEFT JOIN LATERAL (SELECT host FROM manager.hosts WHERE site_id = s.id ORDER BY created_at LIMIT 1) h ON true
        WHERE s.id = ${id} FOR UPDATE OF s)
      UPDATE manager.sites SET state = ${state} ${more} FROM before WHERE sites.id = ${id} RETURNING before.*`,
  )
  if (before === undefined) return
  const { name, host, plan } = before
  const told = siteEventOf({ from: before.state, to: state, wasActive: before.was_active })
  if (told !== undefined) await appendEvent(tx, before.tenant_id, told.of(id, { siteId: id, name, host, plan }))
}
