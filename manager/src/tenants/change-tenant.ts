import { appendAudit, type Actor } from '@platen/identity'
import { assertUnchanged } from '@platen/kit/http'
import type { Tx } from '@platen/kit/sql'
import { findPlan } from '../plans/index.ts'
import { siteProblems } from '../sites/index.ts'
import { changeSettings, readSettings, type SettingsChange } from './tenant-settings.ts'
import { lockTenant, requireTenant, updateTenant, type TenantFacts, type TenantRow } from './tenant-store.ts'

/** What is given is set, the rest stays. */
export interface TenantChange {
  name?: string | undefined
  domain?: string | null | undefined
  settings?: SettingsChange | undefined
  /** Name of a plan. */
  plan?: string | undefined
  maxSites?: number | undefined
}

/** Changes a tenant, with what changed in the audit trail. A change to what it is already leaves no trace; `version-stale` (412). */
export async function changeTenant(
  tx: Tx,
  id: string,
  change: TenantChange,
  { actor, versions }: { actor: Actor; versions: readonly number[] | undefined },
): Promise<TenantRow> {
  const before = await lockTenant(tx, id)
  assertUnchanged({ version: before.version, updatedAt: before.updated_at }, versions)
  const planId = change.plan === undefined ? before.plan_id : await planCalled(tx, change.plan)
  const was = factsOf(before)
  const facts: TenantFacts = {
    name: change.name ?? was.name,
    domain: change.domain === undefined ? was.domain : change.domain,
    settings: changeSettings(was.settings, change.settings ?? {}),
    planId,
    maxSites: change.maxSites ?? was.maxSites,
  }
  const changes = differencesOf(was, facts)
  if (Object.keys(changes).length === 0) return before
  await updateTenant(tx, id, facts)
  await appendAudit(tx, { tenantId: id, actor, action: 'tenant.changed', resource: 'tenant', resourceId: id, changes })
  return requireTenant(tx, id)
}

const factsOf = (tenant: TenantRow): TenantFacts => ({
  name: tenant.name,
  domain: tenant.domain,
  settings: readSettings(tenant.settings),
  planId: tenant.plan_id,
  maxSites: tenant.max_sites,
})

async function planCalled(tx: Tx, name: string): Promise<string> {
  const plan = await findPlan(tx, name)
  if (plan === undefined) throw siteProblems.problem('plan-unknown', 'No plan has this name. Nothing was changed.')
  return plan.id
}

function differencesOf(was: TenantFacts, is: TenantFacts): Record<string, { from: unknown; to: unknown }> {
  const flat = ({ settings, ...facts }: TenantFacts): Record<string, unknown> => ({ ...facts, ...settings })
  const [from, to] = [flat(was), flat(is)]
  return Object.fromEntries(
    Object.keys(to)
      .filter((key) => from[key] !== to[key])
      .map((key) => [key, { from: from[key], to: to[key] }]),
  )
}
