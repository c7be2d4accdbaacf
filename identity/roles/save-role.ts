import { assertUnchanged } from '@platen/kit/http'
import { kitProblems } from '@platen/kit/problems'
import { assertMayGrant, peopleProblems, type Change } from '../grants/index.ts'
import type { AccessRules } from '../principal.ts'
import {
  countHolders,
  deleteRole,
  findOwnRole,
  insertRole,
  updateRole,
  type OwnRole,
  type RoleDetails,
  type RoleUse,
} from './role-store.ts'

type RolePatch = { [Field in keyof RoleDetails]?: RoleDetails[Field] | undefined }

export const roleNotFound = () => kitProblems.problem('not-found', 'No role has this id here.')

export async function createOwnRole(change: Change, details: RoleDetails): Promise<OwnRole> {
  assertSound(change, details)
  assertMayGrant(change.held, details.permissions)
  const role = await insertRole(change.tx, change.tenantId, details)
  await change.record({ after: detailsOf(role) }, { resourceId: role.id })
  return role
}

/** Changes a role, and with it what everybody may do who has it. Only who holds what it gave and what it will give may do that. */
export async function changeOwnRole(
  change: Change,
  id: string,
  { details, versions }: { details: RolePatch; versions: readonly number[] | undefined },
): Promise<OwnRole> {
  const before = await requireOwnRole(change, id)
  assertUnchanged(before, versions)
  const wanted = {
    name: details.name ?? before.name,
    description: details.description ?? before.description,
    permissions: details.permissions ?? before.permissions,
  }
  assertSound(change, wanted)
  assertMayGrant(change.held, [...before.permissions, ...wanted.permissions])
  if (JSON.stringify(wanted) === JSON.stringify(detailsOf(before))) return before
  const after = await updateRole(change.tx, change.tenantId, id, wanted)
  await change.record({ before: detailsOf(before), after: detailsOf(after) })
  return after
}

export async function deleteOwnRole(
  change: Change,
  id: string,
  versions: readonly number[] | undefined,
): Promise<void> {
  const role = await requireOwnRole(change, id)
  assertUnchanged(role, versions)
  assertMayGrant(change.held, role.permissions)
  const use = (await countHolders(change.tx, change.tenantId)).get(id)
  if (use !== undefined) throw roleInUse(use)
  await deleteRole(change.tx, change.tenantId, id)
  await change.record({ before: detailsOf(role) })
}

async function requireOwnRole({ tx, tenantId, parts }: Change, id: string): Promise<OwnRole> {
  if (Object.hasOwn(parts.rules.roles, id)) {
    throw peopleProblems.problem('role-is-system', `"${id}" is a role of the system. Nothing was changed.`)
  }
  const role = await findOwnRole(tx, tenantId, id)
  if (role === undefined) throw roleNotFound()
  return role
}

function assertSound({ parts: { rules } }: Change, { name, permissions }: RoleDetails): void {
  if (Object.keys(rules.roles).some((system) => system === name.toLowerCase())) {
    throw peopleProblems.problem('role-name-taken', 'A role of the system has this name. Nothing was changed.', {
      errors: [{ pointer: '/name', message: 'is the name of a role of the system' }],
    })
  }
  assertKnown(rules, permissions)
}

function assertKnown({ permissions: known }: AccessRules, permissions: readonly string[]): void {
  const errors = permissions.flatMap((permission, index) =>
    known.includes(permission) ? [] : [{ pointer: `/permissions/${index}`, message: 'is no permission here' }],
  )
  if (errors.length === 0) return
  throw peopleProblems.problem('permission-unknown', `Allowed are: ${known.join(', ')}. Nothing was changed.`, {
    errors,
  })
}

function roleInUse({ users, invitations }: RoleUse): Error {
  const counted = [
    ...(users === 0 ? [] : [`${users} ${users === 1 ? 'user has' : 'users have'} this role`]),
    ...(invitations === 0
      ? []
      : [`${invitations} open ${invitations === 1 ? 'invitation' : 'invitations'} would give it`]),
  ]
  return peopleProblems.problem('role-in-use', `${counted.join(', ')}. Nothing was changed.`, {
    extensions: { users, invitations },
  })
}

const detailsOf = ({ name, description, permissions }: RoleDetails): RoleDetails => ({ name, description, permissions })
