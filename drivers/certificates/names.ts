import { isIP } from 'node:net'
import { DriverError } from '../errors/index.ts'

const LABEL = '(?!-)[a-z0-9-]{1,63}(?<!-)'
const DNS_NAME = new RegExp(`^(?=.{1,253}$)(\\*\\.)?${LABEL}(\\.${LABEL})*$`)

/** Names that the public DNS never gives to anybody (RFC 6761, 6762, 8375, ICANN 2024): safe to certify for a private authority. */
const PRIVATE_DOMAINS = ['localhost', 'local', 'test', 'internal', 'home.arpa', 'lan']

/** @throws DriverError `refused` naming the first name that cannot be certified. */
export function requireNames(names: readonly string[], permittedDomains: readonly string[] | null): void {
  if (names.length === 0 || names.length > 100) throw new DriverError('refused', 'a certificate has 1 to 100 names')
  for (const name of names) {
    if (isIP(name) !== 0) continue
    // The last label of a host name is never a number, so what looks like an IP address here is a damaged one.
    if (!DNS_NAME.test(name) || /(^|\.)\d+$/.test(name)) {
      throw new DriverError('refused', `not a host name or IP address: ${JSON.stringify(name.slice(0, 80))}`)
    }
    if (permittedDomains && !permittedDomains.some((domain) => isWithin(name, domain))) {
      throw new DriverError(
        'refused',
        `this platform's own authority may certify only names under ${permittedDomains.join(', ')}, not ${name}`,
      )
    }
  }
}

/**
 * What the authority of a zone may certify. Its certificate lands in the browsers of people: for a private zone it is limited to
 * private names, so that a stolen key cannot impersonate their bank. IP addresses stay free, the console is reached by any of them.
 * For a public zone there is no limit, because this authority is the last resort for customers' own domains (decision 11).
 */
export function permittedDomainsFor(zone: string): string[] | null {
  return PRIVATE_DOMAINS.some((domain) => isWithin(zone, domain)) ? PRIVATE_DOMAINS : null
}

export function mayCertify(permittedDomains: readonly string[] | null, zone: string): boolean {
  return !permittedDomains || permittedDomains.some((domain) => isWithin(zone, domain))
}

function isWithin(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`)
}
