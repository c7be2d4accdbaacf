import type { SiteInspection } from '@platen/drivers/databases'
import type { Difference } from './difference.ts'

/** A site that should be served, as its row says. */
export interface WantedSite {
  id: string
  tenantId: string
  name: string
  state: 'active' | 'suspended'
  placed: boolean
  routed: boolean
  hosts: number
  /** An operation that is not over is at work on it: whatever looks wrong is its business. */
  isBusy: boolean
  /** Owner tags of the operations that ever worked on this site. */
  tags: readonly string[]
}

/** What has to be done so that each site is what its row says. Pure. */
export function planSites(wanted: readonly WantedSite[], actual: ReadonlyMap<string, SiteInspection>): Difference[] {
  return wanted
    .filter(({ isBusy }) => !isBusy)
    .flatMap((site) => [...planDatabase(site, actual.get(site.id)), ...planServing(site)])
}

function planDatabase(site: WantedSite, found: SiteInspection | undefined): Difference[] {
  if (found === undefined) return []
  if (!found.exists) {
    const why = found.halfDropped ? 'is half dropped: its data is gone' : 'is missing'
    const detail = `The database ${found.name} ${why}. It is never made again empty: restore a backup.`
    return [difference(site, 'database-missing', detail, site.state === 'active' ? 'mark-broken' : null)]
  }
  if (found.tag === null || !site.tags.includes(found.tag)) {
    const mark =
      found.tag === null
        ? 'carries no mark'
        : `carries the mark ${found.tag}, which is not of an operation on this site`
    return [
      difference(site, 'database-not-ours', `The database ${found.name} ${mark}. Nothing is changed in it.`, null),
    ]
  }
  return found.wrong.length === 0 ? [] : [difference(site, 'roles-wrong', sentence(found.wrong), 'repair-roles')]
}

function planServing(site: WantedSite): Difference[] {
  const missing = [...(site.placed ? [] : ['no bench serves it']), ...(site.routed ? [] : ['no route leads to it'])]
  return [
    ...(missing.length === 0 ? [] : [difference(site, 'site-not-served', sentence(missing), 'serve-again')]),
    ...(site.hosts > 0 ? [] : [difference(site, 'host-missing', 'The site has no host.', null)]),
  ]
}

const difference = (
  { id, name, tenantId }: WantedSite,
  kind: Difference['kind'],
  detail: string,
  remedy: Difference['remedy'],
): Difference => ({ kind, subject: { kind: 'site', id, label: name }, tenantId, detail, remedy })

const sentence = (parts: readonly string[]): string => {
  const text = parts.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
