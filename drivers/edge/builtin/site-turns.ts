/**
 * Keeps one site from taking the machine from all others. Of each site a few requests are passed on at a time, the others wait in line
 * here, where waiting costs nothing: who floods a site waits for that site, and a neighbour's request meets an upstream that works on a
 * few requests of the flood instead of all.
 *
 * A turn lasts until the request is over, but no longer than a slice: what takes long (a report, an upload, an event stream) waits for
 * something else than this machine's processors, and must not keep its own site's quick requests waiting.
 */
export interface SiteTurnsOptions {
  /** Turns of one site at the same time. */
  atOnce: number
  sliceMs: number
  /** Of one site; whoever comes then is told to come back later. */
  maxWaiting: number
}

interface Line {
  running: number
  waiting: (() => void)[]
}

const noop = (): void => undefined

export class SiteTurns {
  readonly #options: SiteTurnsOptions
  readonly #lines = new Map<string, Line>()

  constructor(options: SiteTurnsOptions) {
    this.#options = options
  }

  /** Waits for a turn of the site. Answers what gives it back (repeating is fine); undefined when the line is full. */
  async take(siteId: string): Promise<(() => void) | undefined> {
    const { atOnce, maxWaiting } = this.#options
    const line = this.#lines.get(siteId) ?? { running: 0, waiting: [] }
    this.#lines.set(siteId, line)
    if (line.running >= atOnce) {
      if (line.waiting.length >= maxWaiting) return undefined
      // Whoever gives a turn back hands it over: it is counted all the time.
      await new Promise<void>((resolve) => line.waiting.push(resolve))
    } else line.running += 1
    return this.#turn(siteId, line)
  }

  #turn(siteId: string, line: Line): () => void {
    let giveBack = (): void => {
      giveBack = noop
      clearTimeout(slice)
      const next = line.waiting.shift()
      if (next !== undefined) return next()
      line.running -= 1
      if (line.running === 0) this.#lines.delete(siteId)
    }
    const slice = setTimeout(() => giveBack(), this.#options.sliceMs).unref()
    return () => giveBack()
  }
}
