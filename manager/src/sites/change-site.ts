import { z } from 'zod'
import { siteAnchorPrefix, siteObjectPrefix, siteRoleNames } from '@platen/kit/names'
import { defineOperation, type Step } from '@platen/kit/operations'
import type { Tx } from '@platen/kit/sql'
import { forgetFormerDatabase, formerDatabases } from './former-databases.ts'
import { setSiteState } from './set-site-state.ts'
import type { SiteContext, SiteDeps } from './site-deps.ts'
import { probeActive, probeSuspended, publishEverywhere, publishToBench, publishToEdge } from './site-steps.ts'
import { raiseGeneration, releaseSite, requireSite, setPlaced, setRouted } from './site-store.ts'

const input = z.strictObject({ siteId: z.uuid() })
type Input = z.infer<typeof input>

const becomes = (state: 'active' | 'suspended') => (context: SiteContext) =>
  publishEverywhere(context, (tx) => setSiteState(tx, context.input.siteId, state))

/** Visitors see a page that says so; data and addresses stay. */
export const suspendSite = defineOperation<Input, SiteDeps>({
  type: 'suspend-site',
  version: 1,
  input,
  steps: [
    { name: 'publish-suspension', run: becomes('suspended'), undo: becomes('active') },
    { name: 'probe', run: probeSuspended, undo: 'nothing-to-undo', timeoutMs: 30_000 },
  ],
})

export const resumeSite = defineOperation<Input, SiteDeps>({
  type: 'resume-site',
  version: 1,
  input,
  steps: [
    { name: 'publish-resumption', run: becomes('active'), undo: becomes('suspended') },
    { name: 'probe', run: probeActive, undo: 'nothing-to-undo', timeoutMs: 30_000 },
  ],
})

/** Every process of the bench closes the site's connections and forgets what it cached, then serves it afresh. */
export const restartSite = defineOperation<Input, SiteDeps>({
  type: 'restart-site',
  version: 1,
  input,
  steps: [
    {
      name: 'restart',
      run: (context) => publishToBench(context, (tx) => raiseGeneration(tx, context.input.siteId)),
      // A higher generation is harmless: it only makes the bench start the site afresh once more.
      undo: 'nothing-to-undo',
    },
    { name: 'probe', run: probeActive, undo: 'nothing-to-undo', timeoutMs: 30_000 },
    {
      name: 'activate',
      run: ({ input: { siteId }, write }) => write((tx) => setSiteState(tx, siteId, 'active')),
      undo: 'nothing-to-undo',
    },
  ],
})

/** A site goes from its address, then from its bench; removing its database is the point of no return. */
export const siteRemovalSteps: Step<{ siteId: string }, SiteDeps>[] = [
  { name: 'retire-route', run: retireRoute, undo: restoreRoute },
  { name: 'leave-bench', run: leaveBench, undo: returnToBench },
  {
    name: 'remove-database',
    run: removeDatabases,
    undo: 'nothing-to-undo',
    pivot: true,
    timeoutMs: 120_000,
    weight: 2,
  },
  { name: 'remove-storage', run: removeStorage, undo: 'nothing-to-undo', timeoutMs: 300_000 },
]

/**
 * The route goes first, the name is given back last. Removing the database is the point of no return: before it a failure
 * puts the site back at its address, after it the operation only goes forward.
 */
export const dropSite = defineOperation<Input, SiteDeps>({
  type: 'drop-site',
  version: 1,
  input,
  steps: [
    ...siteRemovalSteps,
    {
      name: 'release-host',
      run: ({ input: { siteId }, write }) => write((tx) => releaseSite(tx, siteId)),
      undo: 'nothing-to-undo',
    },
  ],
})

function retireRoute(context: SiteContext): Promise<void> {
  return publishToEdge(context, (tx) => setRouted(tx, context.input.siteId, false))
}
function restoreRoute(context: SiteContext): Promise<void> {
  return publishToEdge(context, (tx) => serveAgain(tx, context.input.siteId, setRouted))
}
function leaveBench(context: SiteContext): Promise<void> {
  return publishToBench(context, (tx) => setPlaced(tx, context.input.siteId, false), 'go on without')
}
function returnToBench(context: SiteContext): Promise<void> {
  return publishToBench(context, (tx) => serveAgain(tx, context.input.siteId, setPlaced))
}

/** An archived site was not served before either. */
async function serveAgain(tx: Tx, siteId: string, set: typeof setRouted): Promise<void> {
  const { state } = await requireSite(tx, siteId)
  if (state !== 'archived') await set(tx, siteId, true)
}

/** Also those that restores in place have set aside. */
async function removeDatabases({ input: { siteId }, deps, tag, signal, write }: SiteContext): Promise<void> {
  const { site, former } = await write(async (tx) => ({
    site: await requireSite(tx, siteId),
    former: await formerDatabases(tx, siteId),
  }))
  for (const name of [site.database_name, ...former.map(({ databaseName }) => databaseName)]) {
    const roles = Object.values(siteRoleNames(name))
    await deps.databases.removeSiteDatabase({ name, roles, session: tag }, { signal })
    await write((tx) => forgetFormerDatabase(tx, name))
  }
}

/** With the anchors of its audit trail: they prove databases that are gone. */
async function removeStorage({ input: { siteId }, deps, signal }: SiteContext): Promise<void> {
  for (const prefix of [siteObjectPrefix(siteId), siteAnchorPrefix(siteId)])
    await deps.objects.removePrefix(prefix, { signal })
}
