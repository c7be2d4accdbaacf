import { newId } from '@platen/kit/ids'
import type { Tx } from '@platen/kit/sql'
import { foldEmail } from '../accounts.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { insertInvitation, type Invitation } from './invitation-store.ts'

/**
 * Invites the first user of a tenant that was just made, where nobody can grant anything yet: the caller answers for the role, and
 * writes the audit entry.
 * @param tx in a scope that may write there.
 */
export async function inviteFirstUser(
  tx: Tx,
  { vault, mailLater }: IdentityParts,
  wanted: { tenantId: string; email: string; name: string; role: string; locale: string | null; invitedBy: string },
): Promise<Invitation> {
  const { role, ...rest } = wanted
  const email = foldEmail(wanted.email)
  const invitation = await insertInvitation(tx, vault, { ...rest, id: newId(), email, roles: [role] })
  await mailLater(tx, { kind: 'invitation', id: invitation.id, tenantId: wanted.tenantId })
  return invitation
}
