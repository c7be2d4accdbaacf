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
  tenantOpen: boolean
  /** It was suspended because its tenant was. */
  suspendedWithTenant: boolean
  /** An operation that is not over is at work on it: whatever looks wrong is its business. */
  isBusy: boolean
  /** Owner tags of the operations that ever worked on this site. */
  tags: readonly string[]
}

/** What has to be done so that each site is what its row says. Pure. */
export function planSites(wanted: readonly WantedSite[], actual: ReadonlyMap<string, SiteInspection>): Difference[] {
  return wanted
    .filter(({ isBusy }) => !isBusy)
    .flatMap((site) => [...planDatabase(site, actual.get(site.id)), ...planServing(site), ...planTenant(site)])
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

/** Looked at for a minute first: what begins with the request is usually all, and an operation that fails is not begun again at once. */
const tenantWaitMs = 60_000

/** A site goes with its tenant. Here are those that were busy or too many when that changed, and those whose operation failed. */
function planTenant(site: WantedSite): Difference[] {
  const { state, tenantOpen, suspendedWithTenant } = site
  if (state === 'active' && !tenantOpen) {
    const detail = 'Its organisation is suspended, and the site is not.'
    return [{ ...difference(site, 'tenant-suspended', detail, 'suspend-site'), waitMs: tenantWaitMs }]
  }
  if (state === 'suspended' && tenantOpen && suspendedWithTenant) {
    const detail = 'It was suspended with its organisation, which is open again.'
    return [{ ...difference(site, 'tenant-resumed', detail, 'resume-site'), waitMs: tenantWaitMs }]
  }
  return []
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
