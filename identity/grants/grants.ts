import type { RoleTable } from '../principal.ts'
import { peopleProblems } from './problems.ts'

/** `*` stands for every permission, those of later releases included. */
export const everything = '*'

/** What of the wanted permissions is not held. */
export const missingFrom = (held: ReadonlySet<string>, wanted: Iterable<string>): string[] =>
  held.has(everything) ? [] : [...new Set(wanted)].filter((permission) => !held.has(permission)).toSorted()

/** Nobody gives away a permission that they do not hold themselves. @throws ProblemError grant-refused */
export function assertMayGrant(held: ReadonlySet<string>, wanted: Iterable<string>): void {
  const missing = missingFrom(held, wanted)
  if (missing.length === 0) return
  const named = missing.includes(everything) ? 'everything' : missing.join(', ')
  throw peopleProblems.problem(
    'grant-refused',
    `You do not hold what you want to give or take: ${named}. Nothing was changed.`,
    { extensions: { missing } },
  )
}

/** Nobody changes somebody who may do more. @throws ProblemError user-outranks-you */
export function assertNotOutranked(
  who: { held: ReadonlySet<string>; operator: boolean },
  user: { permissions: ReadonlySet<string>; operator: boolean },
): void {
  const missing = missingFrom(who.held, user.permissions)
  if (missing.length === 0 && (who.operator || !user.operator)) return
  const named = missing.includes(everything) ? 'everything' : missing.join(', ')
  const more = missing.length === 0 ? 'run the platform' : `do what you may not: ${named}`
  throw peopleProblems.problem('user-outranks-you', `This user may ${more}. Nothing was changed.`)
}

/** What somebody may do now of what their session or token allows. */
export function stillHeld(now: ReadonlySet<string>, allowed: ReadonlySet<string>): ReadonlySet<string> {
  if (allowed.has(everything)) return now
  return now.has(everything) ? allowed : new Set([...now].filter((permission) => allowed.has(permission)))
}

/** Roles of the system that may do everything: who has one is an owner. */
export const ownerRoles = (roles: RoleTable): string[] =>
  Object.entries(roles).flatMap(([name, permissions]) => (permissions.includes(everything) ? [name] : []))
