import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'

export interface HostHeader {
  /** Lower-case ASCII without port and trailing dot; IPv6 without brackets. */
  name: string
  /** As the client wrote it, '' when it wrote none. */
  port: string
  isAddress: boolean
}

const WITH_PORT = /^(\[[0-9a-fA-F:.]{2,45}\]|[^:[\]]{1,255})(?::(\d{1,5}))?$/
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?$/

/** @returns undefined when it is not a host at all. */
export function parseHost(header: string): HostHeader | undefined {
  const match = WITH_PORT.exec(header)
  if (!match) return undefined
  const [, raw = '', port = ''] = match
  if (raw.startsWith('[')) {
    const address = raw.slice(1, -1).toLowerCase()
    return isIP(address) === 6 ? { name: address, port, isAddress: true } : undefined
  }
  const name = normalizeName(raw)
  return name === undefined ? undefined : { name, port, isAddress: isIP(name) === 4 }
}

/** The eight groups of an IPv6 address in hexadecimal without leading zeros: one text per address, whichever way it was written. */
export function expandAddress(address: string): string[] {
  // The URL parser writes every form, the dotted one too, in the shortest; only '::' is left to be filled.
  const [head = '', tail] = new URL(`http://[${address.split('%', 1)[0]}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  if (tail === undefined) return groups(head)
  const missing = 8 - groups(head).length - groups(tail).length
  return [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)]
}

/** As routes are written: lower-case, punycode, one trailing dot removed. */
export function normalizeName(raw: string): string | undefined {
  const dotless = raw.endsWith('.') ? raw.slice(0, -1) : raw
  // Header bytes arrive as latin1; a client that sends Unicode sends UTF-8.
  const ascii = /^[\x20-\x7e]*$/.test(dotless)
    ? dotless.toLowerCase()
    : domainToASCII(Buffer.from(dotless, 'latin1').toString('utf8'))
  return NAME.test(ascii) && !ascii.includes('..') ? ascii : undefined
}
