import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { SeededRandom } from './random.ts'
import { ToxicPipe, type Toxics } from './toxic-pipe.ts'

/** Of a unix socket, or on a host. */
export type Address = { path: string } | { host: string; port: number }

export interface TcpProxyOptions {
  upstream: Address
  /** Default a free port of 127.0.0.1. Only TCP has real resets: on a unix socket a reset is a close. */
  listen?: Address
  /** Decides jitter and slices. */
  random: SeededRandom
}

interface Link {
  client: Socket
  server: Socket
  pipes: ToxicPipe[]
  /** Lost bytes while half-open: is reset when the line is back. */
  isBroken: boolean
  /** Half-open for good, whatever becomes of the line. */
  isStranded: boolean
}

/**
 * A line to a server that can be made bad, and good again, while connections run over it (after Toxiproxy). What it cannot show: the
 * kernel of this machine goes on answering TCP keep-alives, so a half-open line is noticed by time-outs of programs only, as it is
 * with a peer that hangs.
 */
export class TcpProxy {
  readonly #options: TcpProxyOptions
  readonly #server: Server
  readonly #links = new Set<Link>()
  #address: Address
  #toxics: Toxics = {}
  #change = Promise.withResolvers<void>()
  #bytes = { up: 0, down: 0 }
  #accepted = 0

  private constructor(options: TcpProxyOptions) {
    this.#options = options
    this.#address = options.listen ?? { host: '127.0.0.1', port: 0 }
    // Half-open is for the toxic to say: by default the end of one direction would end the other.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client))
  }

  static async start(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options)
    await proxy.#listen()
    return proxy
  }

  /** Where clients connect; stays the same while the proxy is down. */
  get address(): Address {
    return this.#address
  }

  /** For clients that want host and port. Throws on a unix socket. */
  get endpoint(): { host: string; port: number } {
    if ('path' in this.#address) throw new TypeError('this proxy listens on a unix socket')
    return this.#address
  }

  get statistics(): { open: number; accepted: number; bytesUp: number; bytesDown: number } {
    const { up, down } = this.#bytes
    return { open: this.#links.size, accepted: this.#accepted, bytesUp: up, bytesDown: down }
  }

  /** Replaces all toxics, for connections that are open too. */
  async set(toxics: Toxics): Promise<void> {
    this.#toxics = { ...toxics }
    const change = this.#change
    this.#change = Promise.withResolvers()
    change.resolve()
    if (toxics.halfOpen === undefined)
      for (const link of this.#links) if (link.isBroken && !link.isStranded) this.#reset(link)
    if (toxics.down === true) await this.#stopListening()
    else if (!this.#server.listening) await this.#listen()
  }

  /** Nothing is wrong any more. */
  heal(): Promise<void> {
    return this.set({})
  }

  /** Resets what is open now; new connections are not touched. @returns how many there were. */
  resetAll(): number {
    const links = [...this.#links]
    for (const link of links) this.#reset(link)
    return links.length
  }

  /**
   * What is open now is half-open from here on, and no healing helps it; new connections are not touched. So it looks when a server is
   * replaced by its standby, or a router forgets. @returns how many there were.
   */
  strandAll(): number {
    for (const link of this.#links) link.isStranded = true
    return this.#links.size
  }

  async close(): Promise<void> {
    await this.#stopListening()
    // Pipes that hold bytes wait for this.
    this.#change.resolve()
  }

  async #listen(): Promise<void> {
    if ('path' in this.#address) await rm(this.#address.path, { force: true })
    this.#server.listen(this.#address)
    await once(this.#server, 'listening')
    const bound = this.#server.address()
    if (bound !== null && typeof bound === 'object') this.#address = { host: bound.address, port: bound.port }
  }

  async #stopListening(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined
    this.#server.close()
    this.resetAll()
    await closed
  }

  #accept(client: Socket): void {
    this.#accepted += 1
    const server = connect({ ...this.#options.upstream, allowHalfOpen: true })
    const link: Link = { client, server, pipes: [], isBroken: false, isStranded: false }
    this.#links.add(link)
    link.pipes = [this.#pipe(link, 'up'), this.#pipe(link, 'down')]
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.setNoDelay?.(true)
      socket.on('error', () => this.#fail(link))
      socket.on('close', () => {
        if (other.destroyed) this.#forget(link)
      })
    }
  }

  #pipe(link: Link, direction: 'up' | 'down'): ToxicPipe {
    const [from, to] = direction === 'up' ? [link.client, link.server] : [link.server, link.client]
    return new ToxicPipe({
      from,
      to,
      toxics: () => (link.isStranded ? { halfOpen: 'drop' } : this.#toxicsOf(direction)),
      changed: () => this.#change.promise,
      random: this.#options.random,
      onBytes: (count) => void (this.#bytes[direction] += count),
      onBroken: (now) => {
        link.isBroken = true
        if (now) this.#reset(link)
      },
    })
  }

  #toxicsOf(direction: 'up' | 'down'): Toxics {
    const { direction: wanted = 'both' } = this.#toxics
    return wanted === 'both' || wanted === direction ? this.#toxics : {}
  }

  /** A side broke off. Behind a half-open line the other does not learn of it. */
  #fail(link: Link): void {
    if (this.#toxics.halfOpen === undefined && !link.isStranded) this.#reset(link)
    else link.isBroken = true
  }

  #reset(link: Link): void {
    this.#forget(link)
    for (const socket of [link.client, link.server]) {
      // Only TCP can say RST. Node throws for unix sockets.
      if (socket.remoteAddress === undefined) socket.destroy()
      else socket.resetAndDestroy()
    }
  }

  #forget(link: Link): void {
    this.#links.delete(link)
    for (const pipe of link.pipes) pipe.stop()
  }
}
