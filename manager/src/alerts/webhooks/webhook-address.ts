// Where alerts may be sent. The operator owns this machine and its network, so webhooks may lead there; but what is sent in clear stays
// there, and nothing ever goes where clouds keep the credentials of a machine: link-local addresses, and a few others.
import { BlockList, isIP } from 'node:net'

/** Why alerts are not sent to an address; undefined when they are. Names are looked at once they are resolved. */
export function addressRefusal(text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null) return 'This is not a URL.'
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'Only https and http are spoken.'
  if (url.username !== '' || url.password !== '') return 'A URL with a user or a password is shown in lists and logs.'
  if (url.hash !== '') return 'What follows # is never sent.'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? undefined : ipRefusal(host, url.protocol)
}

/** The same for an IP address that a name turned out to be. */
export function ipRefusal(address: string, protocol: string): string | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (never.check(address, family)) return `${address} is not an address that alerts are sent to.`
  if (protocol === 'http:' && !local.check(address, family))
    return `${address} is outside of this machine and its network: use https.`
  return undefined
}

const local = blockList(
  ['127.0.0.0', 8], ['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10], ['::1', 128], ['fc00::', 7],
) // prettier-ignore
const never = blockList(
  ['0.0.0.0', 8], ['169.254.0.0', 16], ['224.0.0.0', 3], ['::', 128], ['fe80::', 10], ['ff00::', 8],
  // Metadata of Alibaba and Oracle clouds, of AWS and of Google.
  ['100.100.100.200', 32], ['192.0.0.192', 32], ['fd00:ec2::254', 128], ['fd20:ce::254', 128],
) // prettier-ignore

function blockList(...subnets: readonly [string, number][]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, isIP(net) === 6 ? 'ipv6' : 'ipv4')
  return list
}
