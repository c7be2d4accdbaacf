import type { Tx } from '@platen/kit/sql'
import { siteProblems } from './problems.ts'
import type { Published } from '../snapshots/index.ts'
import type { SiteContext } from './site-deps.ts'
import { benchOfSite, recordProbe, requireSite } from './site-store.ts'

/** Undoing must not wait for ever for a consumer that is gone: what it served disappears with its database or its route. */
type WhenSilent = 'fail' | 'go on without'
const acknowledgementTimeoutMs = { fail: 20_000, 'go on without': 5_000 } as const

/** Changes rows, tells the site's bench, and waits until every process of it serves accordingly. */
export async function publishToBench(
  context: SiteContext,
  change: (tx: Tx) => Promise<void>,
  whenSilent: WhenSilent = 'fail',
): Promise<void> {
  const published = await context.write(async (tx) => {
    await change(tx)
    return tellBench(tx, context)
  })
  await awaitAcknowledgement(context, published, whenSilent)
}

/** Changes rows, tells the edge, and waits until it routes accordingly. */
export async function publishToEdge(
  context: SiteContext,
  change: (tx: Tx) => Promise<void>,
  whenSilent: WhenSilent = 'fail',
): Promise<void> {
  const published = await context.write(async (tx) => {
    await change(tx)
    return context.deps.snapshots.changedForEdge(tx)
  })
  await awaitAcknowledgement(context, published, whenSilent)
}

/** Changes rows, tells bench and edge, waits for both. */
export async function publishEverywhere(context: SiteContext, change: (tx: Tx) => Promise<void>): Promise<void> {
  const published = await context.write(async (tx) => {
    await change(tx)
    return [...(await tellBench(tx, context)), ...(await context.deps.snapshots.changedForEdge(tx))]
  })
  await awaitAcknowledgement(context, published, 'fail')
}

async function tellBench(tx: Tx, { deps, input }: SiteContext): Promise<Published[]> {
  const benchId = await benchOfSite(tx, input.siteId)
  return benchId === null ? [] : deps.snapshots.changedForBench(tx, benchId)
}

async function awaitAcknowledgement(
  { deps, signal, log }: SiteContext,
  published: readonly Published[],
  whenSilent: WhenSilent,
): Promise<void> {
  const silent = await deps.snapshots.waitUntilAcknowledged(published, {
    signal,
    timeoutMs: acknowledgementTimeoutMs[whenSilent],
  })
  if (silent.length === 0) return
  const names = silent.join(', ')
  if (whenSilent === 'fail') throw siteProblems.problem('site-not-answering', `Not acknowledged in time by ${names}.`)
  await log(`${names} did not acknowledge in time; going on, because what was published is being taken away`)
}

/** A site counts as active when its own program answered through the public address (principle 3). */
export const probeActive = (context: SiteContext): Promise<void> => probeUntil(context, 'active')
/** A suspended site must show its page, and nothing of itself, at the public address. */
export const probeSuspended = (context: SiteContext): Promise<void> => probeUntil(context, 'suspended')

async function probeUntil(
  { input, deps, signal, write }: SiteContext,
  expected: 'active' | 'suspended',
): Promise<void> {
  const site = await write((tx) => requireSite(tx, input.siteId))
  const seen = await deps.prober.probe({ host: site.host ?? '', siteId: site.id, expected }, { signal })
  await write((tx) => recordProbe(tx, site.id, { ok: seen.ok && expected === 'active', detail: seen.detail }))
  if (!seen.ok) throw siteProblems.problem('site-not-answering', seen.detail)
}
