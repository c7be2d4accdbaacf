import { randomBytes } from 'node:crypto'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory, type TemporaryDirectory } from '../testing/index.ts'
import {
  createVault,
  deriveSecret,
  loadOrCreateMasterKey,
  MasterKeyError,
  masterKeyId,
  Secret,
  VaultError,
  type VaultKey,
} from './index.ts'

const context = 'sites/1/app-password'

function aKey(id: string): VaultKey {
  return { id, key: randomBytes(32) }
}

function reasonOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof VaultError) return error.reason
    throw error
  }
  return 'opened'
}

describe('Secret', () => {
  const secret = new Secret('hunter2')

  test.each([
    // oxlint-disable-next-line typescript/restrict-template-expressions -- the accident that Secret is for
    ['a template string', `${secret}`],
    ['concatenation', String(secret)],
    ['JSON', JSON.stringify({ password: secret })],
    ['util.inspect', inspect({ password: secret }, { showHidden: true, depth: 5 })],
    ['console.log', format('%s %o %j', secret, secret, secret)],
    ['an error', inspect(new Error('failed', { cause: { secret } }))],
  ])('%s shows [redacted]', (_, text) => {
    expect(text).not.toContain('hunter2')
    expect(text).toContain('[redacted]')
  })

  test('shows its text where it is asked for', () => {
    expect(secret.expose()).toBe('hunter2')
    expect(Object.keys(secret)).toEqual([])
  })
})

describe('the vault', () => {
  const current = aKey('k1')
  const vault = createVault({ current })

  test('opens what it sealed, text and bytes', () => {
    expect(vault.open(vault.seal(new Secret('pâté 🐗'), context), context).expose()).toBe('pâté 🐗')
    const bytes = randomBytes(10_000)
    expect(vault.openBytes(vault.seal(bytes, context), context).equals(bytes)).toBe(true)
    expect(vault.openBytes(vault.seal(Buffer.alloc(0), context), context)).toHaveLength(0)
  })

  test('seals the same text differently each time and names the key', () => {
    const [first, second] = [vault.seal(new Secret('x'), context), vault.seal(new Secret('x'), context)]
    expect(first).not.toBe(second)
    expect(first).toMatch(/^v1\.k1\.[A-Za-z0-9_-]+$/)
  })

  test('does not open in another context', () => {
    const sealed = vault.seal(new Secret('x'), context)
    expect(reasonOf(() => vault.open(sealed, 'sites/2/app-password'))).toBe('not-authentic')
  })

  test('does not open with another key of the same id', () => {
    const sealed = vault.seal(new Secret('x'), context)
    expect(reasonOf(() => createVault({ current: aKey('k1') }).open(sealed, context))).toBe('not-authentic')
  })

  test('does not open when its key is not there', () => {
    const sealed = vault.seal(new Secret('x'), context)
    expect(reasonOf(() => createVault({ current: aKey('k2') }).open(sealed, context))).toBe('unknown-key')
  })

  test('does not open when any bit was changed', () => {
    const sealed = vault.seal(new Secret('x'), context)
    const [version, id, text] = sealed.split('.')
    const bytes = Buffer.from(text ?? '', 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(reasonOf(() => vault.open(`${version}.${id}.${changed.toString('base64url')}`, context))).toBe(
        'not-authentic',
      )
    }
  })

  test('does not open when it was cut anywhere', () => {
    const sealed = vault.seal(new Secret('some longer text'), context)
    for (let length = 0; length < sealed.length; length += 1) {
      expect(reasonOf(() => vault.open(sealed.slice(0, length), context))).not.toBe('opened')
    }
  })

  test.each(['', 'v1', 'v2.k1.AAAA', 'plain text', 'v1.k1.'])('refuses "%s" as malformed', (text) => {
    expect(reasonOf(() => vault.open(text, context))).toBe('malformed')
  })

  test('the content of one seal does not open under the wrapped key of another', () => {
    const [first, second] = [vault.seal(new Secret('a'), context), vault.seal(new Secret('b'), context)]
    const bytes = [first, second].map((sealed) => Buffer.from(sealed.split('.')[2] ?? '', 'base64url'))
    const mixed = Buffer.concat([
      bytes[0]?.subarray(0, 60) ?? Buffer.alloc(0),
      bytes[1]?.subarray(60) ?? Buffer.alloc(0),
    ])
    expect(reasonOf(() => vault.open(`v1.k1.${mixed.toString('base64url')}`, context))).toBe('not-authentic')
  })

  test('after a rotation old seals open, new ones name the new key, and a rewrap needs the old key no more', () => {
    const sealed = vault.seal(new Secret('x'), context)
    const next = aKey('k2')
    const rotated = createVault({ current: next, previous: [current] })
    expect(rotated.open(sealed, context).expose()).toBe('x')
    expect(rotated.seal(new Secret('y'), context)).toMatch(/^v1\.k2\./)
    const rewrapped = rotated.rewrap(sealed, context)
    expect(createVault({ current: next }).open(rewrapped, context).expose()).toBe('x')
    expect(rotated.rewrap(rewrapped, context)).toBe(rewrapped)
    expect(reasonOf(() => rotated.rewrap(sealed, 'elsewhere'))).toBe('not-authentic')
  })

  test('refuses short keys, odd ids and one id for two keys', () => {
    expect(() => createVault({ current: { id: 'k', key: randomBytes(16) } })).toThrow('16 bytes')
    expect(() => createVault({ current: { id: 'a.b', key: randomBytes(32) } })).toThrow('not a key id')
    expect(() => createVault({ current: aKey('k'), previous: [aKey('k')] })).toThrow('twice')
  })
})

describe('deriveSecret', () => {
  test('gives the same secret for the same root and label, another for another', () => {
    const root = randomBytes(32)
    expect(deriveSecret(root, 'cookies').expose()).toBe(deriveSecret(root, 'cookies').expose())
    expect(deriveSecret(root, 'cookies').expose()).not.toBe(deriveSecret(root, 'urls').expose())
    expect(deriveSecret(root, 'cookies').expose()).not.toBe(deriveSecret(randomBytes(32), 'cookies').expose())
    expect(deriveSecret(root, 'cookies').expose()).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })

  test('refuses a short root', () => {
    expect(() => deriveSecret(new Secret('short'), 'cookies')).toThrow(RangeError)
  })
})

describe('the master key', () => {
  let directory: TemporaryDirectory
  beforeAll(async () => {
    directory = await temporaryDirectory()
  })
  afterAll(() => directory.remove())

  test('is made once by processes that start together, readable by its owner only', async () => {
    const file = join(directory.path, 'together.key')
    const keys = await Promise.all(Array.from({ length: 16 }, () => loadOrCreateMasterKey(file)))
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
    expect(keys[0]).toHaveLength(32)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readdir(directory.path)).filter((name) => name.startsWith('together'))).toEqual(['together.key'])
  })

  test('is refused when others may read it', async () => {
    const file = join(directory.path, 'open.key')
    await loadOrCreateMasterKey(file)
    await chmod(file, 0o640)
    await expect(loadOrCreateMasterKey(file)).rejects.toThrow(MasterKeyError)
  })

  test.each([
    ['short', Buffer.from('short').toString('base64')],
    ['empty', ''],
    ['not base64', 'x'.repeat(44)],
    ['all zero', Buffer.alloc(32).toString('base64')],
  ])('is refused when it is %s, and left as it is', async (name, content) => {
    const file = join(directory.path, `${name}.key`)
    await writeFile(file, content, { mode: 0o600 })
    await expect(loadOrCreateMasterKey(file)).rejects.toThrow('recovery kit')
    expect(await readFile(file, 'utf8')).toBe(content)
  })

  test('has a public name that differs from key to key', async () => {
    const [one, two] = [randomBytes(32), randomBytes(32)]
    expect(masterKeyId(one)).toMatch(/^[0-9a-f]{12}$/)
    expect(masterKeyId(one)).not.toBe(masterKeyId(two))
  })
})
