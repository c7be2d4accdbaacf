import { expect, test } from 'vitest'
import { addressRefusal, ipRefusal } from './webhook-address.ts'

test.each([
  'https://hooks.example.org/alerts?x=1',
  'https://93.184.216.34/',
  'http://localhost:9000',
  'http://127.0.0.1/x',
  'http://192.168.1.10:8080',
  'http://[::1]:9000/',
  'http://[fd00::1]/',
])('alerts are sent to %s', (url) => {
  expect(addressRefusal(url)).toBeUndefined()
})

test.each([
  ['nonsense', 'not a URL'],
  ['ftp://example.org', 'https and http'],
  ['file:///etc/passwd', 'https and http'],
  ['https://user:password@example.org', 'user or a password'],
  ['https://example.org/#part', '#'],
  ['http://93.184.216.34/', 'use https'],
  ['http://[2606:2800:220:1:248:1893:25c8:1946]/', 'use https'],
  ['https://169.254.169.254/latest/meta-data', 'not an address'],
  ['http://2852039166/', 'not an address'],
  ['http://0xa9.0xfe.0xa9.0xfe/', 'not an address'],
  ['http://[::ffff:169.254.169.254]/', 'not an address'],
  ['https://[fe80::1]/', 'not an address'],
  ['http://0.0.0.0:9000/', 'not an address'],
  ['http://[fd00:ec2::254]/latest/meta-data', 'not an address'],
  ['http://[fd20:ce::254]/computeMetadata/v1', 'not an address'],
  ['http://100.100.100.200/latest/meta-data', 'not an address'],
  ['https://192.0.0.192/opc/v2', 'not an address'],
  ['http://[::ffff:100.100.100.200]/', 'not an address'],
])('alerts are not sent to %s', (url, why) => {
  expect(addressRefusal(url)).toContain(why)
})

test('a name that turns out to be an address in clear outside of the network, or of the cloud, is refused then', () => {
  expect(ipRefusal('93.184.216.34', 'http:')).toContain('use https')
  expect(ipRefusal('169.254.169.254', 'https:')).toContain('not an address')
  expect(ipRefusal('::ffff:10.0.0.1', 'http:')).toBeUndefined()
})
