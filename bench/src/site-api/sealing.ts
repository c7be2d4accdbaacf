import type { Logger } from '@platen/kit/logging'
import type { ServedSite } from '../sites/index.ts'

const pauseMs = 1000

export interface Sealing {
  /** Somebody may have written to the audit trail: seal it within a second. */
  nudge(site: ServedSite): void
  /** Now; for the sweep, which covers what a process that died had written. */
  seal(site: ServedSite): Promise<void>
  stop(): Promise<void>
}

/** Seals the audit trail of the sites that this process works for, each at most once a second. A site that rests costs nothing. */
export function createSealing({ logger }: { logger: Logger }): Sealing {
  const waiting = new Map<ServedSite, NodeJS.Timeout>()
  const running = new Set<Promise<void>>()
  const stopping = new AbortController()

  const seal = async (site: ServedSite): Promise<void> => {
    const leave = site.enter('platform')
    try {
      await site.resources().auditTrail.tend(stopping.signal)
    } catch (error) {
      if (stopping.signal.aborted) return
      logger.warn(
        { err: error, site: site.snapshot.id },
        'the audit trail of a site was not sealed; the sweep tries again',
      )
    } finally {
      leave()
    }
  }

  return {
    seal,
    nudge(site) {
      if (stopping.signal.aborted || waiting.has(site)) return
      const timer = setTimeout(() => {
        waiting.delete(site)
        const run = seal(site).finally(() => running.delete(run))
        running.add(run)
      }, pauseMs)
      waiting.set(site, timer)
    },
    async stop() {
      stopping.abort()
      for (const timer of waiting.values()) clearTimeout(timer)
      waiting.clear()
      await Promise.all(running)
    },
  }
}
