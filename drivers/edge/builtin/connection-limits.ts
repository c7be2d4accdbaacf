/** How many connections one client address may hold at the same time, over both listeners. */
import type { Socket } from 'node:net'
import { plainAddress } from './headers.ts'
import { expandAddress } from './host.ts'

/** A browser holds six per host; 512 are an office of eighty people behind one address, and a twentieth of what the edge takes. */
export const CONNECTIONS_PER_ADDRESS = 512
/** Tunnels and proxies of the machine itself bring many people under one address. A fifth of what the edge takes. */
export const CONNECTIONS_OF_LOOPBACK = 2_000

type Connection = Pick<Socket, 'remoteAddress' | 'destroy'> & { once(event: 'close', listener: () => void): unknown }

export class ConnectionLimits {
  readonly #open = new Map<string, number>()

  /** False when the connection is one too many; it was closed then. */
  admit(socket: Connection): boolean {
    const origin = originOf(socket.remoteAddress ?? '')
    const open = this.#open.get(origin) ?? 0
    if (open >= (origin === LOOPBACK ? CONNECTIONS_OF_LOOPBACK : CONNECTIONS_PER_ADDRESS)) {
      socket.destroy()
      return false
    }
    this.#open.set(origin, open + 1)
    socket.once('close', () => {
      const left = (this.#open.get(origin) ?? 1) - 1
      if (left === 0) this.#open.delete(origin)
      else this.#open.set(origin, left)
    })
    return true
  }
}

const LOOPBACK = 'loopback'

/** Who counts as one: an IPv4 address, or the /64 that a line is given with IPv6, within which a client picks addresses freely. */
export function originOf(remoteAddress: string): string {
  const address = plainAddress(remoteAddress)
  if (address === '::1' || address.startsWith('127.')) return LOOPBACK
  return address.includes(':') ? expandAddress(address).slice(0, 4).join(':') : address
}
