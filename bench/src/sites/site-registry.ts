import type { BenchSnapshot, BenchSnapshotSite } from '@platen/drivers/snapshots'
import type { Logger } from '@platen/kit/logging'
import { createServedSite, type ServedSite, type ServedSiteOptions } from './served-site.ts'

/** A site that nobody asked for this long gives up its pool and caches. */
const idleSiteMs = 5 * 60_000

export interface SiteRegistry {
  /** Makes a snapshot what is served; answers sentences about sites that could not be opened. */
  apply(snapshot: BenchSnapshot): string[]
  byHost(host: string): ServedSite | undefined
  byId(id: string): ServedSite | undefined
  all(): Iterable<ServedSite>
  consoleUrl(): string
  release(): string
  /** Gives up what has been idle; called from time to time. */
  closeIdle(): void
  close(): Promise<void>
}

/** Host -> site -> resources. The only truth is the last snapshot. */
export function createSiteRegistry(options: ServedSiteOptions & { logger: Logger }): SiteRegistry {
  let byId = new Map<string, ServedSite>()
  let byHost = new Map<string, ServedSite>()
  let current: Pick<BenchSnapshot, 'consoleUrl' | 'release'> = { consoleUrl: '', release: '' }

  const retire = (site: ServedSite): void => {
    // Requests that run finish on the old pool: closing waits for them.
    site
      .close()
      .catch((error: unknown) => options.logger.warn({ err: error, site: site.snapshot.id }, 'closing a site failed'))
  }

  return {
    apply(snapshot) {
      const problems: string[] = []
      const nextById = new Map<string, ServedSite>()
      for (const described of snapshot.sites) {
        const known = byId.get(described.id)
        if (known && isSame(known.snapshot, described)) {
          nextById.set(described.id, known)
          continue
        }
        try {
          nextById.set(described.id, createServedSite(described, options))
        } catch (error) {
          problems.push(`site ${described.name}: ${error instanceof Error ? error.message : String(error)}`)
        }
      }
      const before = byId
      byId = nextById
      byHost = new Map(
        [...nextById.values()].flatMap((site) => site.snapshot.hosts.map((host) => [host, site] as const)),
      )
      current = snapshot
      for (const [id, site] of before) if (nextById.get(id) !== site) retire(site)
      return problems
    },
    byHost: (host) => byHost.get(host),
    byId: (id) => byId.get(id),
    all: () => byId.values(),
    consoleUrl: () => current.consoleUrl,
    release: () => current.release,
    closeIdle() {
      for (const site of byId.values()) {
        const usedAt = site.lastUsedAt()
        if (usedAt > 0 && performance.now() - usedAt > idleSiteMs) retire(site)
      }
    },
    async close() {
      await Promise.all([...byId.values()].map((site) => site.close()))
    },
  }
}

/** Sealed fields differ each time they are sealed, so they are not compared: they change with the generation. */
const isSame = (one: BenchSnapshotSite, other: BenchSnapshotSite): boolean => comparable(one) === comparable(other)

const comparable = ({
  database: { sealedPassword: _password, ...database },
  sealedDataKey: _dataKey,
  ...rest
}: BenchSnapshotSite): string => JSON.stringify({ ...rest, database })
