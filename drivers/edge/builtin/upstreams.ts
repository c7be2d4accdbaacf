/** The sockets behind the edge: a pool of connections for each, how busy it is, and whether connecting failed lately. */
import { createHash } from 'node:crypto'
import { Pool } from 'undici'
import type { EdgeRoute, EdgeSnapshot } from '../../snapshots/index.ts'

/** After a failed connect a socket is asked last; doubling, because a process that restarts needs a second or two. */
const DOWN_MINIMUM_MS = 250
const DOWN_MAXIMUM_MS = 5_000
/** So many more requests than the least busy process may be under way in a host's own before another one helps. */
const HOME_ADVANTAGE = 8

export class Upstream {
  readonly socketPath: string
  readonly pool: Pool
  inFlight = 0
  #failures = 0
  #downUntilMs = 0

  constructor(socketPath: string) {
    this.socketPath = socketPath
    this.pool = new Pool('http://upstream', {
      socketPath,
      // Event streams and downloads hold a connection each; unix sockets are cheap.
      connections: 1024,
      pipelining: 1,
      connect: { timeout: 3_000 },
      headersTimeout: 120_000,
      bodyTimeout: 300_000,
      // What Node's parser takes on the other side is what we take.
      maxHeaderSize: 64 * 1024,
    })
  }

  get isDown(): boolean {
    return performance.now() < this.#downUntilMs
  }

  noteConnectFailure(): void {
    this.#failures++
    this.#downUntilMs =
      performance.now() + Math.min(DOWN_MAXIMUM_MS, DOWN_MINIMUM_MS * 2 ** Math.min(this.#failures, 10))
  }

  noteAnswer(): void {
    this.#failures = 0
    this.#downUntilMs = 0
  }
}

export class Upstreams {
  readonly #bySocket = new Map<string, Upstream>()
  #benches = new Map<string, Upstream[]>()
  #manager: Upstream[] = []

  /** Pools of sockets that stay are kept with their connections; those of the others close when their requests have ended. */
  replace(snapshot: Pick<EdgeSnapshot, 'benches' | 'managerSocket'>): void {
    this.#benches = new Map(snapshot.benches.map((bench) => [bench.name, bench.sockets.map((path) => this.#at(path))]))
    this.#manager = [this.#at(snapshot.managerSocket)]
    const used = new Set([...this.#benches.values(), this.#manager].flat())
    for (const [path, upstream] of this.#bySocket) {
      if (used.has(upstream)) continue
      this.#bySocket.delete(path)
      void upstream.pool.close().catch(() => undefined)
    }
  }

  /**
   * In the order to try: those not known to be down first, of them the process that a site is at home in, as long as it is not much
   * busier than the least busy one. A site that stays in one process has its connections and caches once, not in all of them.
   */
  candidates(target: EdgeRoute['target']): Upstream[] {
    if (target.kind === 'manager') return this.#manager
    const all = this.#benches.get(target.bench) ?? []
    if (all.length < 2) return all
    const home = all[homeOf(target.siteId, all.length)]
    const load = (upstream: Upstream): number => upstream.inFlight - (upstream === home ? HOME_ADVANTAGE : 0)
    return all.toSorted(
      (a, b) => Number(a.isDown) - Number(b.isDown) || load(a) - load(b) || Number(b === home) - Number(a === home),
    )
  }

  async destroy(): Promise<void> {
    await Promise.all([...this.#bySocket.values()].map((upstream) => upstream.pool.destroy()))
  }

  #at(socketPath: string): Upstream {
    const present = this.#bySocket.get(socketPath)
    if (present) return present
    const made = new Upstream(socketPath)
    this.#bySocket.set(socketPath, made)
    return made
  }
}

/** Which of so many processes a site is at home in: always the same one, and sites are spread evenly. */
const homeOf = (siteId: string, processes: number): number =>
  createHash('sha1').update(siteId).digest().readUInt32BE() % processes
