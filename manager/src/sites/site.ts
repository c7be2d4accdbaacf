/** What a site is allowed to become and what may be done with it. Pure: no clock, no database. */

export const siteStates = [
  'pending',
  'installing',
  'updating',
  'recovering',
  'active',
  'suspended',
  'inactive',
  'broken',
  'archived',
  'dropped',
] as const

export type SiteState = (typeof siteStates)[number]

export const siteActionNames = [
  'open',
  'back-up',
  'restore',
  'suspend',
  'resume',
  'restart',
  'archive',
  'revive',
  'drop',
] as const

export type SiteActionName = (typeof siteActionNames)[number]

/** How long an archived site can be revived; until then its name and hosts stay reserved. */
const archivedDays = 30

export const archivedUntil = (archivedAt: Date): Date => new Date(archivedAt.getTime() + archivedDays * 86_400_000)

/** What visitors see in that state. `starting` is a page that reloads itself: something is being exchanged under the site. */
export function servedAs(state: string): 'active' | 'suspended' | 'starting' {
  if (state === 'suspended') return 'suspended'
  return state === 'recovering' ? 'starting' : 'active'
}

/** One action as the API tells it: what is not allowed is shown with its reason, not hidden. */
export interface SiteAction {
  name: SiteActionName
  allowed: boolean
  reason: string | null
}

/** From which states an action starts. The console, the API and the operations all read this one table. */
const startsFrom: Record<SiteActionName, readonly SiteState[]> = {
  open: ['active'],
  // Whether people get in or not: what has a database.
  'back-up': ['active', 'suspended', 'inactive', 'broken'],
  restore: ['active', 'suspended', 'broken'],
  suspend: ['active', 'broken'],
  resume: ['suspended'],
  restart: ['active', 'broken'],
  archive: ['active', 'suspended'],
  revive: ['archived'],
  drop: ['pending', 'active', 'suspended', 'inactive', 'broken', 'archived'],
}

const instead: Record<SiteActionName, string> = {
  open: 'Only an active site can be opened.',
  'back-up': 'This site cannot be backed up.',
  restore: 'Nothing can be restored into this site.',
  suspend: 'Only an active site can be suspended.',
  resume: 'Only a suspended site can be resumed.',
  restart: 'Only an active site can be restarted.',
  archive: 'Only an active or suspended site can be archived.',
  revive: 'Only an archived site can be revived.',
  drop: 'This site cannot be dropped now.',
}

/** Why an action may not start now, or null. `operation` is the type of the operation that runs on this site. */
export function siteActionObjection(name: SiteActionName, state: SiteState, operation: string | null): string | null {
  if (!startsFrom[name].includes(state)) return `${instead[name]} It is ${state}.`
  if (name !== 'open' && operation !== null) return `The operation "${operation}" is still running on this site.`
  return null
}

export const siteActions = (state: SiteState, operation: string | null): SiteAction[] =>
  siteActionNames
    .map((name) => ({ name, reason: siteActionObjection(name, state, operation) }))
    .map(({ name, reason }) => ({ name, allowed: reason === null, reason }))
