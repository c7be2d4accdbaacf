/**
 * Keeps one site from taking the machine from all others. While others are at work, of each site a few requests are passed on at a time;
 * the rest waits in line here, where waiting costs nothing. Who floods a site waits for that site, and a neighbour's request meets an
 * upstream that works on a few requests of the flood instead of all. A site that is alone is not held back.
 *
 * A turn lasts until the request is over, but no longer than a slice: what takes long (a report, an upload, an event stream) waits for
 * something else than this machine's processors, and must not keep its own site's quick requests waiting.
 *
 * Who waits for a site waits in turn with its other visitors, not behind all that one of them has sent: clients are served one after the
 * other, and a line that is full gives up the newest request of whoever has most in it.
 *
 * A site that has a line, while others are at work, rests after each turn as long as that took, and three times as long once its line
 * has lasted for more than a second: the burst of a page that opens is over by then, a flood is not.
 */
export interface SiteTurnsOptions {
  /** Turns of one site at the same time, while others are at work. */
  atOnce: number
  /** The same for a site that is alone. */
  atOnceAlone: number
  sliceMs: number
  /** Others count as at work for so long after their last request. */
  presenceMs: number
  /** Of one site; one of them is told to come back later then. */
  maxWaiting: number
}

/** Answers whether the turn has come; false tells to come back later. */
type Waiting = (hasCome: boolean) => void

interface Line {
  siteId: string
  /** Turns that are taken, resting ones too. */
  taken: number
  /** By client, in the order in which they are served; nobody without a request is among them. */
  clients: Map<string, Waiting[]>
  waiting: number
  /** Since when somebody has been waiting all the time. */
  sinceMs: number
}

interface Visit {
  siteId: string
  atMs: number
}

const burstMs = 1_000
const lastingRest = 3

const noop = (): void => undefined

export class SiteTurns {
  readonly #options: SiteTurnsOptions
  readonly #lines = new Map<string, Line>()
  /** The last request of all, and the last one of another site than that. */
  #latest: Visit = { siteId: '', atMs: -Infinity }
  #latestOther: Visit = this.#latest

  constructor(options: SiteTurnsOptions) {
    this.#options = options
  }

  /** Waits for a turn of the site. Answers what gives it back (repeating is fine); undefined when too many wait. */
  async take(siteId: string, client: string): Promise<(() => void) | undefined> {
    this.#note(siteId)
    const line = this.#lines.get(siteId) ?? {
      siteId,
      taken: 0,
      clients: new Map<string, Waiting[]>(),
      waiting: 0,
      sinceMs: 0,
    }
    this.#lines.set(siteId, line)
    const hasCome = await new Promise<boolean>((resolve) => {
      const own = line.clients.get(client) ?? []
      line.clients.set(client, own)
      own.push(resolve)
      if (line.waiting === 0) line.sinceMs = performance.now()
      line.waiting += 1
      this.#admit(line)
      if (line.waiting > this.#options.maxWaiting) giveUpOne(line)
    })
    return hasCome ? this.#turn(line) : undefined
  }

  #admit(line: Line): void {
    const { atOnce, atOnceAlone } = this.#options
    const limit = this.#othersAreAtWork(line.siteId) ? atOnce : atOnceAlone
    while (line.taken < limit) {
      const next = nextOf(line)
      if (next === undefined) break
      line.taken += 1
      next(true)
    }
    if (line.taken === 0) this.#lines.delete(line.siteId)
  }

  #turn(line: Line): () => void {
    const startedMs = performance.now()
    const end = (): void => {
      line.taken -= 1
      this.#admit(line)
    }
    let giveBack = (): void => {
      giveBack = noop
      clearTimeout(slice)
      const hasToRest = line.waiting > 0 && this.#othersAreAtWork(line.siteId)
      const nowMs = performance.now()
      const share = nowMs - line.sinceMs > burstMs ? lastingRest : 1
      if (hasToRest) setTimeout(end, (nowMs - startedMs) * share)
      else end()
    }
    const slice = setTimeout(() => giveBack(), this.#options.sliceMs).unref()
    return () => giveBack()
  }

  #note(siteId: string): void {
    if (siteId !== this.#latest.siteId) this.#latestOther = this.#latest
    this.#latest = { siteId, atMs: performance.now() }
  }

  #othersAreAtWork(siteId: string): boolean {
    const { atMs } = this.#latest.siteId === siteId ? this.#latestOther : this.#latest
    return performance.now() - atMs < this.#options.presenceMs
  }
}

/** The oldest request of the client whose turn it is; that client is last then. */
function nextOf(line: Line): Waiting | undefined {
  for (const [client, own] of line.clients) {
    line.clients.delete(client)
    const next = own.shift()
    if (own.length > 0) line.clients.set(client, own)
    line.waiting -= 1
    return next
  }
  return undefined
}

/** The newest request of the client with the most of them leaves the line; among equals of the one that is served last. */
function giveUpOne(line: Line): void {
  let most: { client: string; own: Waiting[] } | undefined
  for (const [client, own] of line.clients) {
    if (most === undefined || own.length >= most.own.length) most = { client, own }
  }
  if (most === undefined) return
  line.waiting -= 1
  most.own.pop()?.(false)
  if (most.own.length === 0) line.clients.delete(most.client)
}
