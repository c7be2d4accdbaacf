import type { BenchSnapshot, BenchSnapshotSite } from '@platen/drivers/snapshots'
import type { Logger } from '@platen/kit/logging'
import { createServedSite, type ServedSite, type ServedSiteOptions } from './served-site.ts'

export interface SiteRegistryOptions extends ServedSiteOptions {
  logger: Logger
  /** A site that nobody asked for this long gives up its pool and caches. Default 5 minutes. */
  idleSiteMs?: number
  /**
   * With more sites open than this, those that nobody has used for longest give up their connections. Default 100: the edge asks for a
   * site in one process, so two processes with a connection or two per site stay below the 500 of the database server.
   */
  maxOpenSites?: number
}

export interface SiteRegistry {
  /** Makes a snapshot what is served; answers sentences about sites that could not be opened. */
  apply(snapshot: BenchSnapshot): string[]
  /** @param host lower case, without port and trailing dot. */
  byHost(host: string): ServedSite | undefined
  byId(id: string): ServedSite | undefined
  all(): Iterable<ServedSite>
  /** Gives up what has been idle; called from time to time. */
  closeIdle(): void
  close(): Promise<void>
}

const defaultIdleSiteMs = 5 * 60_000
const defaultMaxOpenSites = 100

/** Host -> site -> resources. The only truth is the last snapshot. */
export function createSiteRegistry(options: SiteRegistryOptions): SiteRegistry {
  const { idleSiteMs = defaultIdleSiteMs, maxOpenSites = defaultMaxOpenSites } = options
  let byId = new Map<string, ServedSite>()
  let byHost = new Map<string, ServedSite>()

  const retire = (site: ServedSite): void => {
    site
      .close()
      .catch((error: unknown) => options.logger.warn({ err: error, site: site.snapshot.id }, 'closing a site failed'))
  }

  const makeRoom = (): void => {
    const open = [...byId.values()].flatMap((site) => {
      const idleMs = site.idleForMs()
      return idleMs === undefined ? [] : [{ site, idleMs }]
    })
    const idle = open.filter(({ idleMs }) => idleMs > 0).toSorted((a, b) => b.idleMs - a.idleMs)
    for (const { site } of idle.slice(0, Math.max(0, open.length - maxOpenSites))) retire(site)
  }
  const opening = { ...options, onOpen: makeRoom }

  return {
    apply(snapshot) {
      const problems: string[] = []
      const before = byId
      byId = new Map()
      for (const described of snapshot.sites) {
        const known = before.get(described.id)
        const site = known && isSame(known.snapshot, described) ? known : openOrReport(described, opening, problems)
        if (site !== undefined) byId.set(described.id, site)
      }
      byHost = new Map([...byId.values()].flatMap((site) => hostsOf(site).map((host) => [host, site] as const)))
      for (const [id, site] of before) if (byId.get(id) !== site) retire(site)
      return problems
    },
    byHost: (host) => byHost.get(host),
    byId: (id) => byId.get(id),
    all: () => byId.values(),
    closeIdle() {
      for (const site of byId.values()) if (site.isIdle(idleSiteMs)) retire(site)
    },
    async close() {
      await Promise.all([...byId.values()].map((site) => site.close()))
    },
  }
}

function openOrReport(
  described: BenchSnapshotSite,
  options: ServedSiteOptions,
  problems: string[],
): ServedSite | undefined {
  try {
    return createServedSite(described, options)
  } catch (error) {
    problems.push(`site ${described.name}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

const hostsOf = ({ snapshot }: ServedSite): string[] => snapshot.hosts.map((host) => host.toLowerCase())

/** Sealed fields differ each time they are sealed, so they are not compared: they change with the generation. */
const isSame = (one: BenchSnapshotSite, other: BenchSnapshotSite): boolean => comparable(one) === comparable(other)

const comparable = ({
  database: { sealedPassword: _password, ...database },
  sealedDataKey: _dataKey,
  ...rest
}: BenchSnapshotSite): string => JSON.stringify({ ...rest, database })
