import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Secret } from '../secrets/index.ts'
import {
  checkoutDirectory, consoleUrl, defineSettings, definedSettings, dnsName, flag, ipAddress, port, readPlatformSettings, readSettings,
  SettingsError, siteHost, siteUrl, unknownSettings, wholeNumber,
} from './index.ts' // prettier-ignore

const table = defineSettings({
  size: { env: 'PLATEN_TEST_SIZE', schema: wholeNumber(1, 9), default: '3', description: 'A size.' },
  note: { env: 'PLATEN_TEST_NOTE', schema: z.string().optional(), description: 'A note.' },
  key: { env: 'PLATEN_TEST_KEY', schema: z.string(), secret: true, description: 'A key.' },
})
const goodKey = 'kJ8xq2vR7mZp4wLs9tYb3nHc6dFg1aQe'

function faultsOf(read: () => unknown): readonly { env: string; problem: string; remedy: string }[] {
  try {
    read()
  } catch (error) {
    if (error instanceof SettingsError) return error.faults
    throw error
  }
  return []
}

describe('reading settings', () => {
  test('gives typed values, defaults, and secrets in their wrapper', () => {
    const settings = readSettings(table, { PLATEN_TEST_KEY: goodKey })
    expect(settings.size).toBe(3)
    expect(settings.note).toBeUndefined()
    expect(settings.key).toBeInstanceOf(Secret)
    expect(settings.key.expose()).toBe(goodKey)
    expect(JSON.stringify(settings)).not.toContain(goodKey)
  })

  test('treats an empty variable as absent', () => {
    expect(readSettings(table, { PLATEN_TEST_SIZE: '', PLATEN_TEST_KEY: goodKey }).size).toBe(3)
  })

  test('names every bad setting at once, with what to do', () => {
    const read = (): unknown => readSettings(table, { PLATEN_TEST_SIZE: 'ten' })
    expect(faultsOf(read).map(({ env }) => env)).toEqual(['PLATEN_TEST_SIZE', 'PLATEN_TEST_KEY'])
    expect(read).toThrow('PLATEN_TEST_SIZE is wrong (it is "ten"): must be a whole number from 1 to 9')
    expect(read).toThrow('PLATEN_TEST_KEY is missing and is a secret. Please set it to at least 32 random bytes')
  })

  test('refuses the word secret as a secret', () => {
    expect(faultsOf(() => readSettings(table, { PLATEN_TEST_KEY: 'secret' }))[0]?.problem).toContain(
      'well-known default',
    )
  })

  test.each([
    'changeme',
    'CHANGE-ME!',
    'password',
    'Passw0rd123',
    'changemechangemechangemechangeme',
    'my-secret-my-secret-my-secret-my-secret',
    'change-this-secret-key-password-2026',
    '12345678901234567890123456789012',
    'abcdabcdabcdabcdabcdabcdabcdabcdabcd',
    'kJ8xq2vR7mZp4wLs',
  ])('refuses %s as a secret and does not repeat it', (weak) => {
    const read = (): unknown => readSettings(table, { PLATEN_TEST_KEY: weak })
    const [fault] = faultsOf(read)
    expect(fault?.env).toBe('PLATEN_TEST_KEY')
    expect(fault?.remedy).toContain('openssl rand')
    expect(`${fault?.problem}${fault?.remedy}`).not.toContain(weak)
  })

  test.each(['0x10', '1e3', ' 5', '-1', '+1', '5.0', '10', '0', '٣'])(
    'refuses %s as a whole number from 1 to 9',
    (text) => {
      expect(wholeNumber(1, 9).safeParse(text).success).toBe(false)
    },
  )

  test.each([
    [port(), ['1', '65535'], ['0', '65536', 'http']],
    [ipAddress(), ['127.0.0.1', '::', '0.0.0.0'], ['localhost', '256.1.1.1', '[::1]', '127.1']],
    [
      dnsName(),
      ['platen.localhost', 'example.com', 'a.b.c'],
      ['nonsense', 'Example.com', 'a..b', '-a.com', 'a_b', '127.0.0.1', 'a.', 'münchen.de', 'a\n.de'],
    ],
    [flag(), ['true', 'false', 'on'], ['maybe']],
  ])('reads the good and refuses the bad (%#)', (schema, good, bad) => {
    for (const text of good) expect(schema.safeParse(text).success, text).toBe(true)
    for (const text of bad) expect(schema.safeParse(text).success, text).toBe(false)
  })
})

describe('declaring settings', () => {
  test.each([
    ['a foreign name', { x: { env: 'HOME', schema: z.string(), description: 'x' } }, 'not a PLATEN_ name'],
    ['no description', { x: { env: 'PLATEN_TEST_X', schema: z.string(), description: '' } }, 'no description'],
    [
      'a secret with a default',
      { x: { env: 'PLATEN_TEST_X', schema: z.string(), description: 'x', default: 'y', secret: true } },
      'must not have a default',
    ],
  ])('is refused with %s', (_what, bad, message) => {
    expect(() => defineSettings(bad)).toThrow(message)
  })
})

describe('settings of the platform', () => {
  test('have the documented defaults', () => {
    expect(readPlatformSettings({})).toEqual({
      dataDirectory: `${checkoutDirectory}/.platen`,
      httpsPort: 32_443,
      httpPort: 32_380,
      zone: 'platen.localhost',
      bind: '127.0.0.1',
      prefix: 'erp-saas-cloud-c16-',
      logLevel: 'info',
    })
  })

  test('take a data directory as it is when absolute and from the checkout when relative', () => {
    expect(readPlatformSettings({ PLATEN_DATA_DIR: '/var/lib/platen/' }).dataDirectory).toBe('/var/lib/platen')
    expect(readPlatformSettings({ PLATEN_DATA_DIR: 'data/x' }).dataDirectory).toBe(`${checkoutDirectory}/data/x`)
  })

  test('refuse one port for two purposes', () => {
    expect(() => readPlatformSettings({ PLATEN_HTTP_PORT: '32443' })).toThrow(
      'PLATEN_HTTP_PORT is the same as PLATEN_HTTPS_PORT',
    )
  })

  test('give addresses, without the port when it is 443', () => {
    const address = { zone: 'example.com', httpsPort: 32_443 }
    expect(consoleUrl(address)).toBe('https://console.example.com:32443')
    expect(siteHost(address, 'acme')).toBe('acme.example.com')
    expect(siteUrl({ ...address, httpsPort: 443 }, 'acme')).toBe('https://acme.example.com')
  })
})

describe('unknown settings', () => {
  test.each([
    ['PLATEN_HTTP_PROT', 'PLATEN_HTTP_PORT'],
    ['PLATEN_DATADIR', 'PLATEN_DATA_DIR'],
    ['PLATEN_LOGLEVEL', 'PLATEN_LOG_LEVEL'],
    ['PLATEN_COMPLETELY_DIFFERENT', undefined],
  ])('%s leads to %s', (name, nearest) => {
    const [unknown] = unknownSettings({ [name]: 'x', HOME: '/root', PLATEN_ZONE: 'a.test' })
    expect(unknown).toMatchObject({ env: name, ...(nearest === undefined ? {} : { nearest }) })
    expect(unknown?.nearest).toBe(nearest)
  })

  test('are not those of another process', () => {
    expect(unknownSettings({ PLATEN_ELSEWHERE: 'x' }, ['PLATEN_ELSEWHERE'])).toEqual([])
  })

  test('are told from the known ones, which are listed once and sorted', () => {
    const names = definedSettings().map(({ env }) => env)
    expect(names).toEqual([...new Set(names)].sort())
    expect(names).toContain('PLATEN_DATA_DIR')
  })
})
