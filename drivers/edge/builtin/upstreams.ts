/** The sockets behind the edge: a pool of connections for each, how busy it is, and whether connecting failed lately. */
import { Pool } from 'undici'
import type { EdgeRoute, EdgeSnapshot } from '../../snapshots/index.ts'

/** After a failed connect a socket is asked last; doubling, because a process that restarts needs a second or two. */
const DOWN_MINIMUM_MS = 250
const DOWN_MAXIMUM_MS = 5_000

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
  #turn = 0

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

  /** In the order to try: those not known to be down first, the least busy of them, taking turns among equals. */
  candidates(target: EdgeRoute['target']): Upstream[] {
    const all = target.kind === 'manager' ? this.#manager : (this.#benches.get(target.bench) ?? [])
    if (all.length < 2) return all
    this.#turn = (this.#turn + 1) % all.length
    const turned = [...all.slice(this.#turn), ...all.slice(0, this.#turn)]
    return turned.toSorted((a, b) => Number(a.isDown) - Number(b.isDown) || a.inFlight - b.inFlight)
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
