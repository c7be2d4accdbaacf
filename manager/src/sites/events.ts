import { defineEvent, type EventDefinition } from '@platen/kit/outbox'
import { z } from 'zod'
import type { SiteState } from './site.ts'

const site = z.strictObject({ siteId: z.uuid(), name: z.string(), host: z.string(), plan: z.string() })

const siteEvent = (type: string, description: string): EventDefinition<typeof site> =>
  defineEvent({ type, version: 1, aggregate: 'site', description, payload: site })

const SiteCreated = siteEvent(
  'SiteCreated',
  'A site answered at its address for the first time, new or made of a backup.',
)
const SiteSuspended = siteEvent('SiteSuspended', 'Visitors of a site are turned away; its data stays.')
const SiteResumed = siteEvent('SiteResumed', 'A suspended site is served again.')
const SiteArchived = siteEvent(
  'SiteArchived',
  'A site is only its final backup from now on; name and address stay its own.',
)
const SiteRevived = siteEvent('SiteRevived', 'An archived site is served again.')
const SiteDropped = siteEvent('SiteDropped', 'A site is gone for good, and its name is free.')

export interface SiteChange {
  from: SiteState
  to: SiteState
  /** It has been served at some time. */
  wasActive: boolean
}

/** What a change of state is called outside, undefined if it is nobody else's business: a site that never came to life, a pause. */
export function siteEventOf({ from, to, wasActive }: SiteChange): EventDefinition<typeof site> | undefined {
  if (from === to) return undefined
  if (to === 'dropped') return wasActive ? SiteDropped : undefined
  if (to === 'active' && from === 'installing') return wasActive ? SiteRevived : SiteCreated
  if (to === 'active' && from === 'suspended') return SiteResumed
  if (to === 'suspended' && (from === 'active' || from === 'broken')) return SiteSuspended
  return to === 'archived' && from === 'suspended' ? SiteArchived : undefined
}
