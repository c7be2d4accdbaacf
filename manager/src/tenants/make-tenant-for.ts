import {
  actorOf,
  appendAudit,
  ensureUser,
  foldEmail,
  hashToken,
  newToken,
  type MailLater,
  type Principal,
  type Visitor,
} from '@platen/identity'
import { newId } from '@platen/kit/ids'
import { Secret, type Vault } from '@platen/kit/secrets'
import { one, sql, type Db, type Tx } from '@platen/kit/sql'
import type { RegistrationMode } from '../config.ts'
import { makeTenant, type NewTenant } from './make-tenant.ts'
import { tenantProblems } from './problems.ts'

export interface InvitingParts {
  db: Db
  vault: Vault
  registration: RegistrationMode
  /** Absent where nothing sends mail. */
  mailLater?: MailLater | undefined
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

const invitationDays = 7

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
  const invited = { tenantId, email: foldEmail(ownerEmail), name: ownerName ?? '', locale: tenant.settings?.locale }
  const invitation = await inviteOwner(tx, invited, { invitedBy: principal.email, parts })
  await appendAudit(tx, {
    tenantId,
    actor,
    action: 'invitation.created',
    resource: 'invitation',
    resourceId: invitation.id,
    changes: { email: invited.email, roles: ['owner'] },
  })
  return { tenantId, invitation }
}

async function inviteOwner(
  tx: Tx,
  owner: { tenantId: string; email: string; name: string; locale: string | undefined },
  { invitedBy, parts: { vault, mailLater } }: { invitedBy: string; parts: InvitingParts },
): Promise<Invitation> {
  const { tenantId, email, name, locale = null } = owner
  const id = newId()
  const token = newToken()
  const sealed = vault.seal(new Secret(token), `identity.invitations/${id}`)
  const { expires_at: expiresAt } = await one(
    tx,
    sql<{ expires_at: Date }>`INSERT INTO identity.invitations
        (id, tenant_id, email, name, roles, locale, token_hash, sealed_token, invited_by, expires_at)
      VALUES (${id}, ${tenantId}, ${email}, ${name}, '{owner}', ${locale}, ${hashToken(token)}, ${sealed}, ${invitedBy},
        now() + make_interval(days => ${invitationDays})) RETURNING expires_at`,
  )
  await mailLater?.(tx, { kind: 'invitation', id, tenantId })
  return { id, email, expiresAt: expiresAt.toISOString() }
}
