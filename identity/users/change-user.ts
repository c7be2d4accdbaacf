import { assertUnchanged } from '@platen/kit/http'
import { kitProblems } from '@platen/kit/problems'
import { assertMayGrant, assertNotOutranked, ownerRoles, peopleProblems, type Change } from '../grants/index.ts'
import type { HeldRole } from '../principal.ts'
import { chooseRoles } from '../roles/index.ts'
import { appendUserEvent, type UserFacts } from '../events.ts'
import { eraseUserRows } from './erase-store.ts'
import { assertPlaceLeft } from './places.ts'
import {
  countOtherOwners,
  endSessionsOfUser,
  findUser,
  replaceRoles,
  updateProfile,
  updateUser,
  type User,
} from './user-store.ts'

export const userNotFound = () => kitProblems.problem('not-found', 'No user has this id here.')

/** Those that the change may be made from, see `expectedVersion`. */
type Versions = readonly number[] | undefined

export interface UserChange {
  name?: string | undefined
  /** Ids. */
  roles?: readonly string[] | undefined
}

/** Changes somebody's name or roles. */
export async function changeUser(
  change: Change,
  id: string,
  { name, roles, versions }: UserChange & { versions: Versions },
): Promise<User> {
  const before = await requireUser(change, id, versions)
  const chosen = roles === undefined ? undefined : await giveRoles(change, before, roles)
  const isRenamed = name !== undefined && name !== before.name
  if (!isRenamed && chosen === undefined) return before
  await updateUser(change.tx, change.tenantId, id, { name: name ?? before.name, state: before.state })
  if (chosen !== undefined) await replaceRoles(change.tx, change.tenantId, id, chosen)
  const after = await reread(change, id)
  await change.record({
    ...(isRenamed ? { name: { before: before.name, after: after.name } } : {}),
    ...(chosen === undefined ? {} : { roles: { before: namesOf(before.roles), after: namesOf(after.roles) } }),
  })
  await tell(change, after)
  return after
}

/** Shuts a user out of this tenant, or lets them in again; their account is left alone. Repeating it changes nothing. */
export async function setUserActive(
  change: Change,
  id: string,
  { active, versions }: { active: boolean; versions: Versions },
): Promise<User> {
  const before = await requireUser(change, id, versions)
  assertNotSelf(change, id)
  const state = active ? 'active' : 'disabled'
  if (before.state === state) return before
  if (active) await assertPlaceLeft(change)
  else await assertOwnerLeft(change, before)
  await updateUser(change.tx, change.tenantId, id, { name: before.name, state })
  if (!active) await endSessionsOfUser(change.tx, change.tenantId, before.accountId, 'the user was deactivated')
  const after = await reread(change, id)
  await change.record({ state: { before: before.state, after: state } })
  await tell(change, after)
  return after
}

/** Takes away who somebody was. What they did stays, without their name. */
export async function eraseUser(change: Change, id: string, versions: Versions): Promise<void> {
  const user = await requireUser(change, id, versions)
  assertNotSelf(change, id)
  await assertOwnerLeft(change, user)
  const { accountErased } = await eraseUserRows(change.tx, change.tenantId, user)
  await change.record({ roles: { before: namesOf(user.roles), after: [] }, accountErased })
  await tell(change, { ...user, name: '', roles: [] }, 'erased')
}

/** One's own name and language. */
export async function changeOwnProfile(
  change: Change,
  profile: { name?: string | undefined; locale?: string | undefined; versions: Versions },
): Promise<User> {
  const { tx, tenantId, principal } = change
  const before = await reread(change, principal.userId)
  assertUnchanged(before, profile.versions)
  const { name = before.name, locale = before.locale } = profile
  if (name === before.name && locale === before.locale) return before
  await updateUser(tx, tenantId, before.id, { name, state: before.state })
  await updateProfile(tx, before.accountId, { name, locale })
  const after = await reread(change, before.id)
  await change.record({
    name: { before: before.name, after: after.name },
    locale: { before: before.locale, after: after.locale },
  })
  await tell(change, after)
  return after
}

/** The user as they are, when who asks may change them. */
async function requireUser(change: Change, id: string, versions: Versions): Promise<User> {
  const user = await findUser(change.tx, change.tenantId, id, change.parts.rules.roles)
  if (user === undefined) throw userNotFound()
  assertUnchanged(user, versions)
  assertNotOutranked(change, user)
  return user
}

/** The roles that somebody is to have now; undefined when they have exactly these. */
async function giveRoles(change: Change, user: User, ids: readonly string[]): Promise<readonly HeldRole[] | undefined> {
  const { roles, permissions } = await chooseRoles(change.tx, change.tenantId, ids, change.parts.rules)
  assertMayGrant(change.held, permissions)
  const had = new Set(user.roles.map(({ id }) => id))
  if (roles.length === had.size && roles.every(({ id }) => had.has(id))) return undefined
  const owners = ownerRoles(change.parts.rules.roles)
  if (!roles.some(({ id }) => owners.includes(id))) await assertOwnerLeft(change, user)
  return roles
}

/** Somebody who may do everything must remain. @throws ProblemError last-owner */
async function assertOwnerLeft({ tx, tenantId, parts }: Change, user: User): Promise<void> {
  const owners = ownerRoles(parts.rules.roles)
  const isOwner = user.state === 'active' && user.roles.some(({ id, system }) => system && owners.includes(id))
  if (!isOwner || (await countOtherOwners(tx, tenantId, user.id, owners)) > 0) return
  throw peopleProblems.problem('last-owner', `${user.name} is the last one with a role that may do everything.`)
}

function assertNotSelf({ principal }: Change, id: string): void {
  if (principal.userId !== id) return
  throw peopleProblems.problem('own-user', 'Nobody deactivates or erases themselves. Nothing was changed.')
}

async function reread({ tx, tenantId, parts }: Change, id: string): Promise<User> {
  const user = await findUser(tx, tenantId, id, parts.rules.roles)
  if (user === undefined) throw userNotFound()
  return user
}

const tell = ({ tx, tenantId }: Change, user: User, state: UserFacts['state'] = user.state): Promise<void> =>
  appendUserEvent(tx, 'UserUpdated', {
    tenantId,
    user: { userId: user.id, accountId: user.accountId, name: user.name, roles: user.roles.map(({ id }) => id), state },
  })

const namesOf = (roles: readonly HeldRole[]): string[] => roles.map(({ name }) => name)
