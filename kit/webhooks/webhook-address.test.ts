import { describe, expect, test } from 'vitest'
import { readWebhookAddresses } from './config.ts'
import { addressRefusal, ipRefusal, operatorAddresses, parseNetwork, tenantAddresses } from './webhook-address.ts'

describe('webhooks of the operator', () => {
  test.each([
    'https://hooks.example.org/alerts?x=1',
    'https://93.184.216.34/',
    'http://localhost:9000',
    'http://127.0.0.1/x',
    'http://192.168.1.10:8080',
    'http://[::1]:9000/',
    'http://[fd00::1]/',
  ])('lead to %s', (url) => {
    expect(addressRefusal(url, operatorAddresses)).toBeUndefined()
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
    ['https://[64:ff9b::a9fe:a9fe]/', 'not an address'],
    ['https://[2002:a9fe:a9fe::1]/', 'not an address'],
  ])('do not lead to %s', (url, why) => {
    expect(addressRefusal(url, operatorAddresses)).toContain(why)
  })

  test('are refused by what a name turned out to be', () => {
    expect(ipRefusal('93.184.216.34', 'http:', operatorAddresses)).toContain('use https')
    expect(ipRefusal('169.254.169.254', 'https:', operatorAddresses)).toContain('not an address')
    expect(ipRefusal('::ffff:10.0.0.1', 'http:', operatorAddresses)).toBeUndefined()
  })
})

describe('webhooks of tenants and sites', () => {
  const rule = tenantAddresses(['192.168.1.5', '10.1.0.0/16', 'fd12::/32', '169.254.0.0/16'])

  test.each([
    'https://hooks.example.org/',
    'https://93.184.216.34/',
    'https://[2606:2800:220:1:248:1893:25c8:1946]/',
    'https://[::ffff:93.184.216.34]/',
    'http://192.168.1.5:8080/',
    'https://10.1.200.3/',
    'http://[fd12:0:1::1]/',
    'http://[::ffff:10.1.0.1]/',
  ])('lead to %s', (url) => {
    expect(addressRefusal(url, rule)).toBeUndefined()
  })

  // This machine and the network, in every spelling; IPv4 in IPv6: mapped, compatible, translated, 6to4, Teredo; credentials of
  // clouds, also where somebody allowed the network; and what is no machine of the internet.
  test.each([
    '127.0.0.1', '127.1', '0x7f.1', '2130706433', '017700000001', '127.255.255.254', '[::1]', '[::]', '0', '10.0.0.1', '10.2.0.1',
    '172.16.0.1', '172.31.255.255', '192.168.1.6', '100.64.0.1', '[fc00::1]', '[fd13::1]', '[fe80::1]', '[fec0::1]', '[ff02::1]',
    '[::ffff:127.0.0.1]', '[::ffff:a00:1]', '[::127.0.0.1]', '[::ffff:0:127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b:1::a00:1]',
    '[2002:7f00:1::]', '[2002:a00:1::1]', '[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
    '169.254.169.254', '[::ffff:a9fe:a9fe]', '[fd00:ec2::254]', '100.100.100.200', '192.0.0.192', '224.0.0.1', '255.255.255.255',
    '192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '192.88.99.1', '240.0.0.1', '[2001:db8::1]', '[3fff::1]', '[4000::1]',
  ])('do not lead to %s', (host) => {
    expect(addressRefusal(`https://${host}/`, rule)).toBeDefined()
  }) // prettier-ignore

  test('go to the internet by https only', () => {
    expect(addressRefusal('http://93.184.216.34/', rule)).toContain('use https')
    expect(ipRefusal('93.184.216.34', 'http:', rule)).toContain('use https')
  })
})

test('networks are what the operator writes into the settings, and nothing else is one', () => {
  const rule = readWebhookAddresses({ PLATEN_WEBHOOK_NETWORKS: '192.168.1.5, 10.1.0.0/16,' })
  expect(addressRefusal('http://192.168.1.5/', rule)).toBeUndefined()
  expect(addressRefusal('http://192.168.1.5/', readWebhookAddresses({}))).toContain('may not reach')
  expect(() => readWebhookAddresses({ PLATEN_WEBHOOK_NETWORKS: 'localhost' })).toThrow('PLATEN_WEBHOOK_NETWORKS')
  for (const text of ['', 'x', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '::/129', '10.0.0.0/08x'])
    expect(() => parseNetwork(text), text).toThrow(RangeError)
})
