/**
 * Keeps one site from taking the machine from all others. While others are at work, of each site a few requests are passed on at a time;
 * the rest waits in line here, where waiting costs nothing. Who floods a site waits for that site, and a neighbour's request meets an
 * upstream that works on a few requests of the flood instead of all. A site that is alone is not held back.
 *
 * A turn lasts until the request is over, but no longer than a slice: what takes long (a report, an upload, an event stream) waits for
 * something else than this machine's processors, and must not keep its own site's quick requests waiting.
 *
 * A site that has a line, while others are at work, rests after each turn as long as that took: half of its share of the machine is
 * left to them.
 */
export interface SiteTurnsOptions {
  /** Turns of one site at the same time, while others are at work. */
  atOnce: number
  /** The same for a site that is alone. */
  atOnceAlone: number
  sliceMs: number
  /** Others count as at work for so long after their last request. */
  presenceMs: number
  /** Of one site; whoever comes then is told to come back later. */
  maxWaiting: number
}

interface Line {
  siteId: string
  /** Turns that are taken, resting ones too. */
  taken: number
  waiting: (() => void)[]
}

interface Visit {
  siteId: string
  atMs: number
}

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

  /** Waits for a turn of the site. Answers what gives it back (repeating is fine); undefined when the line is full. */
  async take(siteId: string): Promise<(() => void) | undefined> {
    this.#note(siteId)
    const line = this.#lines.get(siteId) ?? { siteId, taken: 0, waiting: [] }
    this.#lines.set(siteId, line)
    if (line.waiting.length >= this.#options.maxWaiting) return undefined
    await new Promise<void>((resolve) => {
      line.waiting.push(resolve)
      this.#admit(line)
    })
    return this.#turn(line)
  }

  #admit(line: Line): void {
    const { atOnce, atOnceAlone } = this.#options
    const limit = this.#othersAreAtWork(line.siteId) ? atOnce : atOnceAlone
    while (line.taken < limit) {
      const next = line.waiting.shift()
      if (next === undefined) break
      line.taken += 1
      next()
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
      const hasToRest = line.waiting.length > 0 && this.#othersAreAtWork(line.siteId)
      if (hasToRest) setTimeout(end, performance.now() - startedMs)
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
