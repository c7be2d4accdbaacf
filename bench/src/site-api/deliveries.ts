import { deliverPending, pruneDelivered, type EventHandler } from '@platen/kit/outbox'
import type { Logger } from '@platen/kit/logging'
import { forgetOldAttempts, type WebhookLanes } from '@platen/kit/webhooks'
import type { SiteJobs } from '../site-jobs/index.ts'
import type { ServedSite, SiteRegistry } from '../sites/index.ts'
import { webhooksOf } from './webhooks-of.ts'

const defaultSweepMs = 15_000
/** Sites with visitors in this time are looked at in every sweep; of the others one per sweep, so that thousands cost next to nothing. */
const recentMs = 5 * 60_000
/** Sites that one sweep looks at together: each takes a connection, and all at once would take every one that the server has. */
const sweepWidth = 4

/** Events that everybody has got are kept this long, to look at and to replay; looked at once a day and site. */
const keptDays = 30
const pruneMs = 24 * 3_600_000

export interface Deliveries {
  /** After a commit in this process: deliver what it appended and run what it queued. */
  nudge(site: ServedSite): void
  start(): void
  /** Ends what runs after its current delivery. */
  stop(): Promise<void>
}

export interface DeliveriesOptions {
  registry: SiteRegistry
  handlersOf(site: ServedSite): readonly EventHandler[]
  jobs: SiteJobs
  /** What is sent to webhooks, in lines of its own. */
  webhooks: WebhookLanes
  /** What else a site needs from time to time; done after its deliveries. */
  tend?(site: ServedSite): Promise<void>
  logger: Logger
  /** Default 15 s. */
  sweepMs?: number
}

/** The bench that wrote nudges itself; a rotating sweep covers crashes. Several processes may do this for one site at once. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { registry, handlersOf, jobs, webhooks, tend, logger, sweepMs } = options
  const pauseMs = sweepMs ?? defaultSweepMs
  const stopping = new AbortController()
  const running = new Map<ServedSite, Promise<void>>()
  const again = new Set<ServedSite>()
  const prunedAtMs = new WeakMap<ServedSite, number>()
  let next = 0
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<unknown> | undefined

  const deliver = async (site: ServedSite): Promise<void> => {
    const leave = site.enter('platform')
    try {
      const { db, identity } = site.resources()
      const begun = jobs.look(site)
      const delivered = await deliverPending(db, handlersOf(site), {
        signal: stopping.signal,
        onFailure: ({ handler, event, events, attempt, error, dead }) => {
          const facts = {
            err: error,
            site: site.snapshot.id,
            handler,
            event: event.id,
            type: event.type,
            events,
            attempt,
          }
          if (dead) logger.error(facts, 'a delivery was given up: it waits for a person among the dead letters')
          else logger.warn(facts, 'a delivery failed and is tried again')
        },
      })
      await webhooks.look(webhooksOf(site))
      await begun
      // A handler may have queued some.
      if (delivered > 0) await jobs.look(site)
      if (performance.now() - (prunedAtMs.get(site) ?? -Infinity) > pruneMs) {
        await pruneDelivered(db, { olderThanDays: keptDays })
        await forgetOldAttempts(db)
        prunedAtMs.set(site, performance.now())
      }
      await identity.keys.rotateWhenDue()
      await tend?.(site)
    } catch (error) {
      if (stopping.signal.aborted) return
      logger.warn({ err: error, site: site.snapshot.id }, 'deliveries of a site failed; the sweep tries again')
    } finally {
      leave()
    }
  }

  const nudge = (site: ServedSite): void => {
    if (stopping.signal.aborted) return
    if (running.has(site)) {
      again.add(site)
      return
    }
    const run = deliver(site).finally(() => {
      running.delete(site)
      if (again.delete(site)) nudge(site)
    })
    running.set(site, run)
  }

  const sweep = (): void => {
    const sites = [...registry.all()].filter(({ snapshot }) => snapshot.state === 'active')
    const isRecent = (site: ServedSite) => site.lastVisitAt() > 0 && performance.now() - site.lastVisitAt() < recentMs
    const oneOfAll = sites[next++ % Math.max(1, sites.length)]
    registry.closeIdle()
    jobs.readClock()
    const isDue = (site: ServedSite) => jobs.isDue(site) || webhooks.isDue({ siteId: site.snapshot.id })
    const due = sites.filter((site) => site === oneOfAll || isRecent(site) || isDue(site))
    const takeTurns = async (): Promise<void> => {
      for (let site = due.shift(); site !== undefined; site = due.shift()) {
        nudge(site)
        await running.get(site)
        await jobs.settled(site, pauseMs)
      }
    }
    // One that takes longer than the pause is not overtaken by the next.
    sweeping ??= Promise.all(Array.from({ length: sweepWidth }, takeTurns)).finally(() => (sweeping = undefined))
  }

  return {
    nudge,
    start() {
      timer = setInterval(sweep, pauseMs)
    },
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await Promise.all([...running.values(), jobs.stop(), webhooks.stop()])
      await sweeping
    },
  }
}
