import {
  actorOf,
  appendAudit,
  ensureUser,
  inviteFirstUser,
  type Identity,
  type Principal,
  type Visitor,
} from '@platen/identity'
import type { Db, Tx } from '@platen/kit/sql'
import type { RegistrationMode } from '../config.ts'
import { makeTenant, type NewTenant } from './make-tenant.ts'
import { tenantProblems } from './problems.ts'

export interface InvitingParts {
  db: Db
  identity: Identity
  registration: RegistrationMode
}

interface Invitation {
  id: string
  email: string
  expiresAt: string
}

export interface TenantWithOwner extends NewTenant {
  ownerEmail?: string | undefined
  ownerName?: string | undefined
}

/** A tenant that an operator makes: for somebody whom it invites as its owner, or for themselves. */
export async function makeTenantFor(
  tx: Tx,
  { ownerEmail, ownerName, ...tenant }: TenantWithOwner,
  { principal, visitor, parts }: { principal: Principal; visitor: Visitor; parts: InvitingParts },
): Promise<{ tenantId: string; invitation: Invitation | null }> {
  if (ownerEmail !== undefined && parts.registration === 'closed')
    throw tenantProblems.problem(
      'registration-closed',
      'Owners of new organisations are not invited here: PLATEN_REGISTRATION is closed. Nothing was created.',
    )
  const actor = actorOf(principal, visitor)
  const { id: tenantId } = await makeTenant(tx, tenant, actor)
  if (ownerEmail === undefined) {
    const { accountId, email, name } = principal
    await ensureUser(tx, { accountId, tenantId, email, name, role: 'owner' })
    return { tenantId, invitation: null }
  }
  const invited = await inviteFirstUser(tx, parts.identity.parts, {
    tenantId,
    email: ownerEmail,
    name: ownerName ?? '',
    role: 'owner',
    locale: tenant.settings?.locale ?? null,
    invitedBy: principal.email,
  })
  const { id, email, expiresAt } = invited
  await appendAudit(tx, {
    tenantId,
    actor,
    action: 'invitation.created',
    resource: 'invitation',
    resourceId: id,
    changes: { email, roles: ['owner'] },
  })
  return { tenantId, invitation: { id, email, expiresAt: expiresAt.toISOString() } }
}
