import { appendAudit, createAccount, ensureUser, type Actor } from '@platen/identity'
import { newId } from '@platen/kit/ids'
import type { Tx } from '@platen/kit/sql'
import { findPlan } from '../plans/index.ts'
import { siteProblems } from '../sites/index.ts'
import { appendTenantEvent } from './events.ts'
import { tenantProblems } from './problems.ts'
import { slugCandidates, slugObjection } from './slug.ts'
import { changeSettings, defaultSettings, type SettingsChange } from './tenant-settings.ts'
import { insertTenant, type TenantFacts } from './tenant-store.ts'

export interface NewTenant {
  /** Chosen by a caller that needs it beforehand; a new one otherwise. */
  id?: string | undefined
  name: string
  /** Made from the name where none is given. */
  slug?: string | undefined
  domain?: string | null | undefined
  settings?: SettingsChange | undefined
  /** Name of a plan; the first one otherwise. */
  plan?: string | undefined
  maxSites?: number | undefined
}

const usualMaxSites = 50

/**
 * The one way in which a tenant comes to be: its row, its audit entry and `TenantCreated`, whose handler provisions it.
 * @param tx in an operator's scope.
 * @throws `tenant-slug-refused` (422), `tenant-slug-taken` (409), `plan-unknown` (422).
 */
export async function makeTenant(tx: Tx, tenant: NewTenant, actor: Actor): Promise<{ id: string; slug: string }> {
  const plan = await findPlan(tx, tenant.plan)
  if (plan === undefined) throw siteProblems.problem('plan-unknown', 'No plan has this name. Nothing was created.')
  const { id = newId(), name, domain = null, maxSites = usualMaxSites } = tenant
  const settings = changeSettings(defaultSettings, tenant.settings ?? {})
  const slug = await insertUnderSlug(tx, { id, name, domain, settings, planId: plan.id, maxSites }, tenant.slug)
  await appendAudit(tx, {
    tenantId: id,
    actor,
    action: 'tenant.created',
    resource: 'tenant',
    resourceId: id,
    changes: { name, slug, domain, plan: plan.name, maxSites },
  })
  await appendTenantEvent(tx, 'TenantCreated', { id, name, slug })
  return { id, slug }
}

async function insertUnderSlug(tx: Tx, facts: TenantFacts & { id: string }, wanted?: string): Promise<string> {
  const objection = wanted === undefined ? undefined : slugObjection(wanted.toLowerCase())
  if (objection !== undefined)
    throw tenantProblems.problem('tenant-slug-refused', `${objection} Nothing was created.`, {
      errors: [{ pointer: '/slug', message: objection }],
    })
  for (const slug of wanted === undefined ? slugCandidates(facts.name) : [wanted.toLowerCase()])
    if (await insertTenant(tx, { ...facts, slug })) return slug
  throw tenantProblems.problem('tenant-slug-taken', 'This short name is taken. Nothing was created.')
}

export interface NewOwner {
  accountId?: string
  email: string
  name: string
  passwordHash: string
  operator?: boolean
  locale?: string | null
  verified?: boolean
}

/**
 * A tenant and the account that owns it: what claiming the platform and registering come to.
 * @param tx in an operator's scope.
 * @throws `email-taken` (409) and what `makeTenant` throws.
 */
export async function makeTenantWithOwner(
  tx: Tx,
  tenant: NewTenant,
  owner: NewOwner,
  actor: Omit<Actor, 'id' | 'label'>,
): Promise<{ tenantId: string; accountId: string }> {
  const { email, name } = owner
  const accountId = owner.accountId ?? newId()
  await createAccount(tx, { ...owner, id: accountId })
  const { id: tenantId } = await makeTenant(tx, tenant, { ...actor, id: accountId, label: email })
  await ensureUser(tx, { accountId, tenantId, email, name, role: 'owner' })
  return { tenantId, accountId }
}
