/** What every object store must do. Called by the test of each vendor with a factory for an empty store. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { Secret } from '@platen/kit/secrets'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ObjectTooLarge, type ObjectStore } from './contract.ts'

const text = { contentType: 'text/plain', maxBytes: 1_000_000 }
// Typed unknown because the matchers are `any`.
const aDate: unknown = expect.any(Date)
const refusedOrAbsent: unknown = expect.stringMatching(/refused|not-found/)
const refused: unknown = expect.objectContaining({ kind: 'refused' })
const notFound: unknown = expect.objectContaining({ kind: 'not-found' })
const unauthorized: unknown = expect.objectContaining({ kind: 'unauthorized' })

export function objectStoreConformance(makeStore: (options: { urlSecret: Secret }) => Promise<ObjectStore>): void {
  const aStore = (): Promise<ObjectStore> => makeStore({ urlSecret: new Secret('x'.repeat(32)) })
  describe('content', () => contentSuite(aStore))
  describe('listing and removing', () => listingSuite(aStore))
  describe('keys and scopes', () => scopeSuite(aStore))
  describe('signed URLs', () => signedUrlSuite(aStore))
}

function contentSuite(aStore: () => Promise<ObjectStore>): void {
  test('what was put is got, with its type, size and hash', async () => {
    const store = await aStore()
    const content = randomBytes(300_000)
    const sha256 = createHash('sha256').update(content).digest('hex')
    const put = await store.put('sites/1/a', Readable.from([content.subarray(0, 1000), content.subarray(1000)]), {
      contentType: 'image/png',
      maxBytes: 300_000,
    })
    expect(put).toEqual({ sizeBytes: 300_000, sha256 })
    const got = await store.get('sites/1/a')
    expect(got).toMatchObject({
      key: 'sites/1/a',
      sizeBytes: 300_000,
      contentType: 'image/png',
      sha256,
      range: { start: 0, end: 299_999 },
    })
    expect((await buffer(got.stream)).equals(content)).toBe(true)
    expect(await store.head('sites/1/a')).toMatchObject({ sizeBytes: 300_000, lastModified: aDate })
  })

  test('an empty object is an object', async () => {
    const store = await aStore()
    await store.put('empty', Buffer.alloc(0), text)
    const got = await store.get('empty')
    expect(got.sizeBytes).toBe(0)
    expect((await buffer(got.stream)).length).toBe(0)
  })

  test.each([
    [{ start: 0, end: 0 }, '0'],
    [{ start: 2, end: 4 }, '234'],
    [{ start: 7 }, '789'],
    [{ start: 5, end: 900 }, '56789'],
  ])('range %o is %s', async (range, expected) => {
    const store = await aStore()
    await store.put('k', Buffer.from('0123456789'), text)
    expect((await buffer((await store.get('k', { range })).stream)).toString()).toBe(expected)
  })

  test.each([{ start: 10 }, { start: -1 }, { start: 5, end: 4 }, { start: 1.5 }])(
    'range %o is refused',
    async (range) => {
      const store = await aStore()
      await store.put('k', Buffer.from('0123456789'), text)
      await expect(store.get('k', { range })).rejects.toEqual(refused)
    },
  )

  test('the absent is not found', async () => {
    const store = await aStore()
    await expect(store.get('absent')).rejects.toEqual(notFound)
    await expect(store.head('absent')).rejects.toEqual(notFound)
    await expect(store.copy('absent', 'b')).rejects.toEqual(notFound)
  })

  test('putting again replaces content and type together', async () => {
    const store = await aStore()
    await store.put('k', Buffer.from('old and long'), text)
    await store.put('k', Buffer.from('new'), { ...text, contentType: 'text/html' })
    const got = await store.get('k')
    expect(got.contentType).toBe('text/html')
    expect((await buffer(got.stream)).toString()).toBe('new')
  })

  test('readers beside writers see one version or the other, whole', async () => {
    const store = await aStore()
    const versions = ['a', 'b'].map((letter) => Buffer.from(letter.repeat(50_000)))
    await store.put('k', versions[0] ?? Buffer.alloc(0), text)
    const write = async (): Promise<void> => {
      for (let round = 0; round < 20; round++) await store.put('k', versions[round % 2] ?? Buffer.alloc(0), text)
    }
    const read = async (): Promise<void> => {
      for (let round = 0; round < 40; round++) {
        const got = await store.get('k')
        const sha256 = createHash('sha256')
          .update(await buffer(got.stream))
          .digest('hex')
        expect(sha256).toBe(got.sha256)
      }
    }
    await Promise.all([write(), read(), read()])
  })

  test('one byte more than allowed is refused and nothing is stored, the limit itself is allowed', async () => {
    const store = await aStore()
    await store.put('k', Buffer.alloc(100), { ...text, maxBytes: 100 })
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(60)
      })(),
    )
    await expect(store.put('k2', endless, { ...text, maxBytes: 100 })).rejects.toBeInstanceOf(ObjectTooLarge)
    await expect(store.put('k', Buffer.alloc(101), { ...text, maxBytes: 100 })).rejects.toBeInstanceOf(ObjectTooLarge)
    expect((await store.list('')).map(({ key, sizeBytes }) => [key, sizeBytes])).toEqual([['k', 100]])
  })

  test('a body that breaks off leaves what was there before', async () => {
    const store = await aStore()
    await store.put('k', Buffer.from('before'), text)
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('aft')
        throw new Error('client went away')
      })(),
    )
    await expect(store.put('k', broken, text)).rejects.toEqual(expect.objectContaining({ kind: 'unavailable' }))
    expect((await buffer((await store.get('k')).stream)).toString()).toBe('before')
    await expect(store.put('k3', Readable.from([]), { ...text, signal: AbortSignal.abort() })).rejects.toEqual(
      expect.objectContaining({ kind: 'unavailable' }),
    )
    expect(await store.list('')).toHaveLength(1)
  })

  test('a put is aborted while it streams', async () => {
    const store = await aStore()
    const controller = new AbortController()
    const slow = Readable.from(
      (async function* () {
        yield Buffer.from('a')
        controller.abort()
        yield Buffer.from('b')
      })(),
    )
    await expect(store.put('k', slow, { ...text, signal: controller.signal })).rejects.toEqual(
      expect.objectContaining({ kind: 'unavailable' }),
    )
    expect(await store.list('')).toEqual([])
  })

  test('a copy is independent of its source', async () => {
    const store = await aStore()
    await store.put('a/1', Buffer.from('one'), text)
    await store.copy('a/1', 'b/1')
    await store.put('a/1', Buffer.from('two'), text)
    await store.remove('a/1')
    expect((await buffer((await store.get('b/1')).stream)).toString()).toBe('one')
  })
}

function listingSuite(aStore: () => Promise<ObjectStore>): void {
  async function aStoreWith(...keys: string[]): Promise<ObjectStore> {
    const store = await aStore()
    for (const key of keys) await store.put(key, Buffer.from(key), text)
    return store
  }

  test('a prefix is whole segments, in key order, page by page', async () => {
    const store = await aStoreWith('sites/12/a', 'sites/1/c', 'sites/1/a', 'sites/1/b/deep', 'sites/1-x/a')
    const keys = async (...call: Parameters<ObjectStore['list']>): Promise<string[]> =>
      (await store.list(...call)).map(({ key }) => key)
    expect(await keys('sites/1')).toEqual(['sites/1/a', 'sites/1/b/deep', 'sites/1/c'])
    expect(await keys('sites/1', { limit: 2 })).toEqual(['sites/1/a', 'sites/1/b/deep'])
    expect(await keys('sites/1', { after: 'sites/1/b/deep' })).toEqual(['sites/1/c'])
    expect(await keys('sites/9')).toEqual([])
    expect(await keys('')).toHaveLength(5)
  })

  test('a key may also be the prefix of others', async () => {
    const store = await aStoreWith('a', 'a/b')
    expect((await store.list('a')).map(({ key }) => key)).toEqual(['a/b'])
    await store.removePrefix('a')
    expect((await store.list('')).map(({ key }) => key)).toEqual(['a'])
  })

  test('removing is repeatable, also of what was never there', async () => {
    const store = await aStoreWith('a/1')
    await store.remove('a/1')
    await store.remove('a/1')
    await store.remove('never/there')
    await store.removePrefix('never')
    expect(await store.list('')).toEqual([])
  })

  test('removing a prefix leaves its neighbours', async () => {
    const store = await aStoreWith('sites/1/a', 'sites/1/b/c', 'sites/12/a')
    await store.removePrefix('sites/1')
    expect((await store.list('')).map(({ key }) => key)).toEqual(['sites/12/a'])
    await store.put('sites/1/a', Buffer.from('again'), text)
    expect(await store.list('sites/1')).toHaveLength(1)
  })

  test('the empty prefix is not removed', async () => {
    const store = await aStoreWith('a/1')
    await expect(store.removePrefix('')).rejects.toEqual(refused)
  })

  test('usage is told per site', async () => {
    const store = await aStoreWith('sites/1/a', 'sites/1/b', 'sites/2/a')
    expect(await store.describe()).toEqual({
      prefixes: [
        { prefix: 'sites/1', objects: 2, sizeBytes: 18 },
        { prefix: 'sites/2', objects: 1, sizeBytes: 9 },
      ],
      objects: 3,
      sizeBytes: 27,
    })
    await store.removePrefix('sites')
    expect(await store.describe()).toEqual({ prefixes: [], objects: 0, sizeBytes: 0 })
  })

  test('the check is ok', async () => {
    expect(await (await aStore()).check()).toMatchObject({ ok: true })
  })
}

function scopeSuite(aStore: () => Promise<ObjectStore>): void {
  const evil = [
    '',
    '/',
    '/etc/passwd',
    '..',
    '../x',
    'a/../b',
    'a/..',
    './a',
    'a//b',
    'a/',
    'A',
    'a.b',
    '.incoming/x',
    'a%2fb',
    'a\\b',
    'a\0b',
    'é',
    'a b',
    'x'.repeat(65),
    Array.from({ length: 9 }, () => 'a').join('/'),
    'a\n',
  ]

  test.each(evil)('key %j is refused everywhere', async (key) => {
    const store = await aStore()
    for (const view of [store, store.scoped('sites/1')]) {
      await expect(view.put(key, Buffer.alloc(1), text)).rejects.toEqual(refused)
      await expect(async () => view.get(key)).rejects.toEqual(refused)
      await expect(async () => view.head(key)).rejects.toEqual(refused)
      await expect(async () => view.remove(key)).rejects.toEqual(refused)
      await expect(async () => view.copy('a', key)).rejects.toMatchObject({
        kind: refusedOrAbsent,
      })
      // As a prefix, one final slash is allowed.
      if (key === 'a/') continue
      await expect(async () => view.removePrefix(key)).rejects.toEqual(refused)
      expect(() => view.scoped(key)).toThrow(refused)
    }
  })

  test('a scope sees its own, by relative keys, and cannot reach its neighbour', async () => {
    const store = await aStore()
    await store.put('sites/2/secret', Buffer.from('s'), text)
    const site = store.scoped('sites/1/')
    await site.put('a', Buffer.from('mine'), text)
    await site.copy('a', 'b/c')
    expect((await site.list('')).map(({ key }) => key)).toEqual(['a', 'b/c'])
    expect((await site.list('', { after: 'a', limit: 1 })).map(({ key }) => key)).toEqual(['b/c'])
    const got = await site.get('a')
    got.stream.destroy()
    expect(got.key).toBe('a')
    expect((await store.head('sites/1/a')).sizeBytes).toBe(4)
    await expect(site.get('secret')).rejects.toEqual(notFound)
    expect(await site.describe({ depth: 1 })).toMatchObject({ objects: 2, sizeBytes: 8 })
    await site.scoped('b').remove('c')
    expect((await store.list('')).map(({ key }) => key)).toEqual(['sites/1/a', 'sites/2/secret'])
  })

  test('whatever the key, the store outside of the scope stays as it is', async () => {
    const store = await aStore()
    await store.put('sites/2/a', Buffer.from('s'), text)
    const site = store.scoped('sites/1')
    const fragment = fc.constantFrom('..', '.', '/', '\\', '%2e', 'a', 'sites', '2', '1', '\0', '//')
    await fc.assert(
      fc.asyncProperty(fc.array(fragment, { maxLength: 8 }), async (parts) => {
        await site.put(parts.join(''), Buffer.from('x'), text).catch(() => undefined)
        await site.remove(parts.join('')).catch(() => undefined)
      }),
      { numRuns: 100 },
    )
    expect((await store.list('')).map(({ key }) => key).filter((key) => !key.startsWith('sites/1/'))).toEqual([
      'sites/2/a',
    ])
  })
}

function signedUrlSuite(aStore: () => Promise<ObjectStore>): void {
  const baseUrl = 'https://acme.example/api/v1/objects'
  const sign = (store: ObjectStore, key: string): string =>
    store.signedUrl({ key, method: 'GET', expiresInSeconds: 60, baseUrl })
  const otherSecret = new Secret('y'.repeat(32))

  test('a signed URL leads to its key, absolute or as a server sees it', async () => {
    const store = (await aStore()).scoped('sites/1')
    const key = randomUUID()
    const url = sign(store, key)
    expect(url.startsWith(`${baseUrl}/${key}?`)).toBe(true)
    expect(store.verifySigned({ method: 'GET', url, baseUrl })).toEqual({ key })
    expect(store.verifySigned({ method: 'GET', url: url.slice('https://acme.example'.length), baseUrl })).toEqual({
      key,
    })
  })

  test.each<[string, (url: string, root: ObjectStore) => { method?: string; url?: string; store?: ObjectStore }]>([
    ['another method', () => ({ method: 'PUT' })],
    ['another key', (url) => ({ url: url.replace('/objects/a', '/objects/b') })],
    ['a key with dots', (url) => ({ url: url.replace('/objects/a', '/objects/x/../a/../b') })],
    ['a later expiry', (url) => ({ url: url.replace(/expires=\d+/, 'expires=9999999999') })],
    ['no expiry', (url) => ({ url: url.replace(/expires=\d+&/, '') })],
    ['a second expiry', (url) => ({ url: `${url}&expires=9999999999` })],
    ['a further parameter', (url) => ({ url: `${url}&download=1` })],
    ['a cut signature', (url) => ({ url: url.slice(0, -3) })],
    ['no signature', (url) => ({ url: url.replace(/&signature=.*/, '') })],
    ['a key that leads to the same through dots', (url) => ({ url: url.replace('/objects/a', '/objects/x/../a') })],
    ['a key that begins with a dot', (url) => ({ url: url.replace('/objects/a', '/objects/./a') })],
    ['an encoded key', (url) => ({ url: url.replace('/objects/a', '/objects/%61') })],
    ['a path that leads to the base through dots', (url) => ({ url: url.replace('/objects/', '/x/../objects/') })],
    ['a backslash', (url) => ({ url: url.replace('/objects/a', '/objects\\a') })],
    ['zeros before the expiry', (url) => ({ url: url.replace('expires=', 'expires=0') })],
    ['a fraction in the expiry', (url) => ({ url: url.replace(/expires=\d+/, '$&.0') })],
    ['a space before the expiry', (url) => ({ url: url.replace('expires=', 'expires=+') })],
    ['an exponent in the expiry', (url) => ({ url: url.replace(/expires=(\d+)/, 'expires=$1e0') })],
    [
      'a hexadecimal expiry',
      (url) => ({ url: url.replace(/expires=(\d+)/, (_all, n) => `expires=0x${Number(n).toString(16)}`) }),
    ],
    ['padding behind the signature', (url) => ({ url: `${url}=` })],
    ['another last letter of the signature that means the same bytes', (url) => ({ url: twinOf(url) })],
    ['a signature in the other alphabet of base64', (url) => ({ url: `${url}%2B` })],
    ['the parameters in another order', (url) => ({ url: url.replace(/\?(expires=\d+)&(signature=.*)/, '?$2&$1') })],
    ['an encoded parameter name', (url) => ({ url: url.replace('expires=', '%65xpires=') })],
    ['a fragment', (url) => ({ url: `${url}#x` })],
    ['another path', (url) => ({ url: url.replace('/objects/', '/others/') })],
    ['another scope', (_url, root) => ({ store: root.scoped('sites/2') })],
    ['the store above', (_url, root) => ({ store: root })],
    ['another secret', (_url, root) => ({ store: root.scoped('sites/1', { urlSecret: otherSecret }) })],
  ])('with %s it is worth nothing', async (_case, change) => {
    const root = await aStore()
    const site = root.scoped('sites/1')
    const url = sign(site, 'a')
    const changed = change(url, root)
    const verify = (): unknown =>
      (changed.store ?? site).verifySigned({ method: changed.method ?? 'GET', url: changed.url ?? url, baseUrl })
    expect(verify).toThrow(unauthorized)
  })

  test.each([0, -1, 301, Number.NaN])('a life of %d seconds is refused', async (expiresInSeconds) => {
    const store = await aStore()
    expect(() => store.signedUrl({ key: 'a', method: 'GET', expiresInSeconds, baseUrl })).toThrow(refused)
  })
}

/** The last of 43 letters carries four bits of 32 bytes: decoders ignore the two others. */
function twinOf(url: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return url.slice(0, -1) + (alphabet[alphabet.indexOf(url.slice(-1)) + 1] ?? '')
}
