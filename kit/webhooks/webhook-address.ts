// Where webhooks may lead. Names are looked at once they are resolved, by the addresses that are then dialled. Nothing ever goes where
// clouds keep the credentials of a machine, nor to what only looks like a public address: forms of IPv6 that carry an IPv4 one.
import { BlockList, isIP } from 'node:net'

/** Whether a network of the operator's may be reached: by the operator all of them, by tenants those that the operator named. */
export interface AddressRule {
  isLocalAllowed(address: string, family: 'ipv4' | 'ipv6'): boolean
}

/** The operator owns this machine and its network, so their webhooks may lead there; what is sent in clear stays there. */
export const operatorAddresses: AddressRule = { isLocalAllowed: (address, family) => local.check(address, family) }

/** Webhooks of tenants and sites: public addresses by https, and these networks (`10.1.0.0/16`, `192.168.1.5`), in clear as well. */
export function tenantAddresses(networks: readonly string[]): AddressRule {
  const named = blockList(...networks.map(parseNetwork))
  return { isLocalAllowed: (address, family) => named.check(address, family) }
}

/** Why nothing is sent to a URL; undefined when it is. Names are looked at once they are resolved. */
export function addressRefusal(text: string, rule: AddressRule): string | undefined {
  const url = URL.parse(text)
  if (url === null) return 'This is not a URL.'
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'Only https and http are spoken.'
  if (url.username !== '' || url.password !== '') return 'A URL with a user or a password is shown in lists and logs.'
  if (url.hash !== '') return 'What follows # is never sent.'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? undefined : ipRefusal(host, url.protocol, rule)
}

/** The same for an IP address that a name turned out to be. */
export function ipRefusal(address: string, protocol: string, rule: AddressRule): string | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (never.check(address, family)) return `${address} is not an address that webhooks are sent to.`
  if (rule.isLocalAllowed(address, family)) return undefined
  if (!isPublic(address, family)) return `${address} is inside of a network that webhooks may not reach.`
  if (protocol === 'http:') return `${address} is outside of this machine and its network: use https.`
  return undefined
}

/** `10.1.0.0/16` or a single address. @throws RangeError for anything else. */
export function parseNetwork(text: string): readonly [net: string, prefix: number] {
  const [net = '', prefix, more] = text.split('/')
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(net)] ?? -1
  const length = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
  if (more !== undefined || length < 0 || length > longest)
    throw new RangeError(`${text} is not an address or a network`)
  return [net, length]
}

const isPublic = (address: string, family: 'ipv4' | 'ipv6'): boolean =>
  !special.check(address, family) && (family === 'ipv4' || global.check(address, family) || isMapped(address))

/** `::ffff:a.b.c.d`: the lists look at the IPv4 address in it. */
const isMapped = (address: string): boolean => mapped.check(address, 'ipv6')

const local = blockList(
  ['127.0.0.0', 8], ['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10], ['::1', 128], ['fc00::', 7],
) // prettier-ignore
const never = blockList(
  ['0.0.0.0', 8], ['169.254.0.0', 16], ['224.0.0.0', 3], ['::', 128], ['fe80::', 10], ['ff00::', 8],
  // Metadata of Alibaba and Oracle clouds, of AWS and of Google.
  ['100.100.100.200', 32], ['192.0.0.192', 32], ['fd00:ec2::254', 128], ['fd20:ce::254', 128],
  // IPv4 inside of IPv6: translated, 6to4, Teredo; and the site-local addresses of old.
  ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['::ffff:0:0:0', 96], ['2002::', 16], ['2001::', 32], ['fec0::', 10],
) // prettier-ignore
/** What is not one machine of the internet: networks of the inside, of protocols, of examples and of measurements. */
const special = blockList(
  ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24],
  ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['2001::', 23], ['2001:db8::', 32], ['3fff::', 20],
) // prettier-ignore
const global = blockList(['2000::', 3])
const mapped = blockList(['::ffff:0:0', 96])

function blockList(...subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, isIP(net) === 6 ? 'ipv6' : 'ipv4')
  return list
}
