import type { Permission } from '../api/types.ts'

/** What the matrix shows: a row for each resource, a column for each action that any of them knows. */
export interface Matrix {
  actions: string[]
  rows: { resource: string; cells: (Permission | null)[] }[]
}

/** Actions that nearly everything has come first; the others follow in the order in which the server names them. */
const first = ['read', 'write', 'create']

export function matrixOf(permissions: readonly Permission[]): Matrix {
  const resources = unique(permissions.map(({ resource }) => resource))
  const named = unique(permissions.map(({ action }) => action))
  const actions = [...first.filter((action) => named.includes(action)), ...named.filter((one) => !first.includes(one))]
  return {
    actions,
    rows: resources.map((resource) => ({
      resource,
      cells: actions.map(
        (action) => permissions.find((one) => one.resource === resource && one.action === action) ?? null,
      ),
    })),
  }
}

/** Whether a role or a token with these permissions has that one. */
export function includes(chosen: ReadonlySet<string>, permission: string): boolean {
  return chosen.has('*') || chosen.has(permission)
}

export function toggled(chosen: ReadonlySet<string>, permission: string): ReadonlySet<string> {
  const next = new Set(chosen)
  if (!next.delete(permission)) next.add(permission)
  return next
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}
