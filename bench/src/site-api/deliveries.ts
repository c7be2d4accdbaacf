import { deliverPending, type EventHandler } from '@platen/kit/outbox'
import type { Logger } from '@platen/kit/logging'
import type { ServedSite, SiteRegistry } from '../sites/index.ts'

const sweepMs = 15_000
/** Sites with visitors in this time are looked at in every sweep; of the others one per sweep, so that thousands cost next to nothing. */
const recentMs = 5 * 60_000

export interface Deliveries {
  /** After a commit in this process: deliver what it appended. */
  nudge(site: ServedSite): void
  start(): void
  stop(): Promise<void>
}

/** The bench that wrote nudges itself; a rotating sweep covers crashes. Several processes may do this for one site at once. */
export function createDeliveries(
  registry: SiteRegistry,
  handlersOf: (site: ServedSite) => readonly EventHandler[],
  logger: Logger,
): Deliveries {
  const stopping = new AbortController()
  const running = new Map<string, Promise<void>>()
  const again = new Set<string>()
  let next = 0
  let timer: NodeJS.Timeout | undefined

  const deliver = async (site: ServedSite): Promise<void> => {
    try {
      await deliverPending(site.resources().db, handlersOf(site), { signal: stopping.signal })
    } catch (error) {
      if (!stopping.signal.aborted)
        logger.warn({ err: error, site: site.snapshot.id }, 'deliveries of a site failed; the sweep tries again')
    }
  }

  const nudge = (site: ServedSite): void => {
    const { id } = site.snapshot
    if (stopping.signal.aborted) return
    if (running.has(id)) {
      again.add(id)
      return
    }
    const run = deliver(site).finally(() => {
      running.delete(id)
      if (again.delete(id)) nudge(site)
    })
    running.set(id, run)
  }

  const sweep = (): void => {
    const sites = [...registry.all()].filter(({ snapshot }) => snapshot.state === 'active')
    const recent = sites.filter((site) => site.lastUsedAt() > 0 && performance.now() - site.lastUsedAt() < recentMs)
    const oneOfAll = sites[next++ % Math.max(1, sites.length)]
    for (const site of new Set([...recent, oneOfAll])) if (site !== undefined) nudge(site)
    registry.closeIdle()
  }

  return {
    nudge,
    start() {
      timer = setInterval(sweep, sweepMs)
    },
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await Promise.all(running.values())
    },
  }
}
