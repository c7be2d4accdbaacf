import { maybe, sql, withScope, type Tx } from '@platen/kit/sql'
import { appendAudit } from '../audit.ts'
import { missingFrom, peopleProblems } from '../grants/index.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { permissionsOf, rolesOfUser, type HeldRole } from '../principal.ts'
import type { Visitor } from '../sessions.ts'
import type { Invitation } from './invitation-store.ts'

/**
 * An invitation gives what who sent it may give on the day it is accepted: a role that was taken from them must not come back by a link.
 * @throws ProblemError invitation-overtaken
 */
export async function assertInviterMayGrant(
  tx: Tx,
  { rules }: IdentityParts,
  { tenantId, invitedBy }: Invitation,
  permissions: ReadonlySet<string>,
): Promise<void> {
  const inviter = await maybe(
    tx,
    sql<{ roles: HeldRole[]; own_permissions: string[] }>`SELECT held.roles, held.own_permissions
      FROM identity.users u CROSS JOIN LATERAL (${rolesOfUser(sql`u`)}) held
      WHERE u.tenant_id = ${tenantId} AND u.email = ${invitedBy} AND u.state = 'active'`,
  )
  // The first user of a tenant is invited by the platform, when nobody is there who could grant anything.
  if (inviter === undefined && !(await hasUsers(tx, tenantId))) return
  const held = inviter === undefined ? new Set<string>() : permissionsOf(inviter, rules.roles)
  if (missingFrom(held, permissions).length > 0)
    throw peopleProblems.problem(
      'invitation-overtaken',
      'Who sent this invitation may not give what it promises any more. Nothing was changed.',
    )
}

/** Keeps the attempt, in a transaction of its own: that of the acceptance is gone. */
export const auditOvertaken = ({ db }: IdentityParts, invitation: Invitation, visitor: Visitor): Promise<void> =>
  withScope(db, { tenantId: invitation.tenantId }, (tx) =>
    appendAudit(tx, {
      tenantId: invitation.tenantId,
      actor: { id: null, label: invitation.email, ...visitor },
      action: 'invitation.acceptance-refused',
      resource: 'invitation',
      resourceId: invitation.id,
      changes: { code: 'invitation-overtaken', invitedBy: invitation.invitedBy },
    }),
  )

const hasUsers = async (tx: Tx, tenantId: string): Promise<boolean> =>
  (await maybe(tx, sql`SELECT FROM identity.users WHERE tenant_id = ${tenantId} LIMIT 1`)) !== undefined
