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

export type SiteActionName = 'open' | 'suspend' | 'resume' | 'restart' | 'drop'

/** One action as the API tells it: what is not allowed is shown with its reason, not hidden. */
export interface SiteAction {
  name: SiteActionName
  allowed: boolean
  reason: string | null
}

/** From which states an action starts. The console, the API and the operations all read this one table. */
const startsFrom: Record<SiteActionName, readonly SiteState[]> = {
  open: ['active'],
  suspend: ['active', 'broken'],
  resume: ['suspended'],
  restart: ['active', 'broken'],
  drop: ['pending', 'active', 'suspended', 'inactive', 'broken'],
}

const instead: Record<SiteActionName, string> = {
  open: 'Only an active site can be opened.',
  suspend: 'Only an active site can be suspended.',
  resume: 'Only a suspended site can be resumed.',
  restart: 'Only an active site can be restarted.',
  drop: 'This site cannot be dropped now.',
}

/** Why an action may not start now, or null. `operation` is the type of the operation that runs on this site. */
export function siteActionObjection(name: SiteActionName, state: SiteState, operation: string | null): string | null {
  if (!startsFrom[name].includes(state)) return `${instead[name]} It is ${state}.`
  if (name !== 'open' && operation !== null) return `The operation "${operation}" is still running on this site.`
  return null
}

export const siteActions = (state: SiteState, operation: string | null): SiteAction[] =>
  (Object.keys(startsFrom) as SiteActionName[]) // keys of a Record over SiteActionName
    .map((name) => ({ name, reason: siteActionObjection(name, state, operation) }))
    .map(({ name, reason }) => ({ name, allowed: reason === null, reason }))
