import type { Tx } from '@platen/kit/sql'
import { peopleProblems } from '../grants/index.ts'
import type { AccessRules, HeldRole } from '../principal.ts'
import { listOwnRoles } from './role-store.ts'

/** Roles that somebody is to have. */
export interface ChosenRoles {
  roles: HeldRole[]
  /** What they allow, together. */
  permissions: ReadonlySet<string>
}

/** Finds roles by id: names of system roles, uuids of own ones. @throws ProblemError role-unknown, naming the allowed ones */
export async function chooseRoles(
  tx: Tx,
  tenantId: string,
  ids: readonly string[],
  { roles: system }: AccessRules,
): Promise<ChosenRoles> {
  const own = new Map((await listOwnRoles(tx, tenantId)).map((role) => [role.id, role]))
  const isSystem = (id: string) => Object.hasOwn(system, id)
  const errors = ids.flatMap((id, index) =>
    isSystem(id) || own.has(id) ? [] : [{ pointer: `/roles/${index}`, message: 'is the id of no role' }],
  )
  if (errors.length > 0) {
    const allowed = [...Object.keys(system), ...[...own.values()].map(({ id, name }) => `${id} (${name})`)]
    throw peopleProblems.problem('role-unknown', `Allowed are: ${allowed.join(', ')}. Nothing was changed.`, { errors })
  }
  const chosen = [...new Set(ids)]
  return {
    roles: chosen.map((id) => ({ id, name: own.get(id)?.name ?? id, system: isSystem(id) })),
    permissions: new Set(
      chosen.flatMap((id) => (isSystem(id) ? (system[id] ?? []) : (own.get(id)?.permissions ?? []))),
    ),
  }
}

/** Role ids with their names, as far as they are known. */
export async function nameRoles(
  tx: Tx,
  tenantId: string,
  { roles: system }: AccessRules,
): Promise<(ids: readonly string[]) => HeldRole[]> {
  const own = new Map((await listOwnRoles(tx, tenantId)).map(({ id, name }) => [id, name]))
  return (ids) => ids.map((id) => ({ id, name: own.get(id) ?? id, system: Object.hasOwn(system, id) }))
}
