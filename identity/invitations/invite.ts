import { newId } from '@platen/kit/ids'
import { kitProblems } from '@platen/kit/problems'
import { foldEmail } from '../accounts.ts'
import { assertMayGrant, peopleProblems, type Change } from '../grants/index.ts'
import { chooseRoles } from '../roles/index.ts'
import { assertPlaceLeft } from '../users/index.ts'
import {
  findOpenInvitation,
  insertInvitation,
  isUserAddress,
  renewLink,
  revokeInvitation,
  type Invitation,
} from './invitation-store.ts'

/** Invites an address; an open invitation of the same address is replaced. */
export async function invite(
  change: Change,
  wanted: { email: string; name: string; roles: readonly string[]; locale: string | null },
): Promise<Invitation> {
  const { tx, tenantId, parts, principal } = change
  const email = foldEmail(wanted.email)
  const { roles, permissions } = await chooseRoles(tx, tenantId, wanted.roles, parts.rules)
  assertMayGrant(change.held, permissions)
  if (await isUserAddress(tx, tenantId, email)) throw userExists()
  const replaced = await findOpenInvitation(tx, tenantId, { email })
  if (replaced !== undefined) await withdraw(change, replaced)
  await assertPlaceLeft(change)
  const invitation = await insertInvitation(tx, parts.vault, {
    ...wanted,
    id: newId(),
    tenantId,
    email,
    roles: roles.map(({ id }) => id),
    invitedBy: principal.email,
  })
  await change.record(
    { email, roles: roles.map(({ name }) => name), ...(replaced === undefined ? {} : { replaces: replaced.id }) },
    { resourceId: invitation.id },
  )
  await parts.mailLater(tx, { kind: 'invitation', id: invitation.id, tenantId })
  return invitation
}

/** Sends an invitation again, with a new link and for as long again. */
export async function remind(change: Change, id: string): Promise<Invitation> {
  const { tx, tenantId, parts, principal } = change
  const invitation = await requireInvitation(change, id)
  await assertMayGrantRolesOf(change, invitation)
  // While it was too old its place was free for others.
  if (invitation.expired) await assertPlaceLeft(change)
  const renewed = await renewLink(tx, parts.vault, invitation, principal.email)
  await change.record({ email: invitation.email })
  await parts.mailLater(tx, { kind: 'invitation', id, tenantId })
  return renewed
}

export async function revoke(change: Change, id: string): Promise<void> {
  const invitation = await requireInvitation(change, id)
  await withdraw(change, invitation)
  await change.record({ email: invitation.email })
}

/** Nobody takes back what they could not have given. */
async function withdraw(change: Change, invitation: Invitation): Promise<void> {
  await assertMayGrantRolesOf(change, invitation)
  await revokeInvitation(change.tx, invitation)
}

async function assertMayGrantRolesOf({ tx, tenantId, parts, held }: Change, { roles }: Invitation): Promise<void> {
  assertMayGrant(held, (await chooseRoles(tx, tenantId, roles, parts.rules)).permissions)
}

async function requireInvitation({ tx, tenantId }: Change, id: string): Promise<Invitation> {
  const invitation = await findOpenInvitation(tx, tenantId, { id })
  if (invitation === undefined) throw kitProblems.problem('not-found', 'No open invitation has this id here.')
  return invitation
}

export const userExists = () =>
  peopleProblems.problem('user-exists', 'Somebody with this address is a user here already. Nothing was changed.')
