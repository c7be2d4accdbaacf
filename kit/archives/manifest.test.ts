import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { archiveObjects, canonicalJson, signManifest, verifyManifest } from './index.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519')
const schema = z.strictObject({ owner: z.string(), takenAt: z.iso.datetime(), objects: archiveObjects })
const body = {
  owner: 'société à Orléans �',
  takenAt: '2026-11-20T12:00:00Z',
  objects: [
    { name: 'dump', plainBytes: 10, plainSha256: 'a'.repeat(64), cipherBytes: 54, cipherSha256: 'b'.repeat(64) },
    { name: 'files/1', plainBytes: 0, plainSha256: 'c'.repeat(64), cipherBytes: 44, cipherSha256: 'd'.repeat(64) },
  ],
}
const read = (text: string | Buffer, publicKeys = [publicKey]) => verifyManifest(text, { publicKeys, body: schema })

describe('a manifest', () => {
  test('comes back as it was signed, whatever the order of its members was', () => {
    const text = signManifest(body, privateKey)
    expect(read(text)).toEqual(body)
    expect(read(Buffer.from(text))).toEqual(body)
    const { objects, ...rest } = body
    expect(signManifest({ objects, ...rest }, privateKey)).toBe(text)
  })

  test('of a key that was replaced opens while that key is trusted', () => {
    const text = signManifest(body, privateKey)
    expect(read(text, [stranger.publicKey, publicKey])).toEqual(body)
    expect(() => read(text, [stranger.publicKey])).toThrow(expect.objectContaining({ reason: 'unknown-key' }))
  })

  test('of another version is refused as such, signed or not', () => {
    const newer = signManifest(body, privateKey).replace('"version":1}', '"version":2}')
    expect(() => read(newer)).toThrow(expect.objectContaining({ reason: 'unknown-version' }))
  })

  test('with another body is not authentic, with a body the caller does not want not as listed', () => {
    const text = signManifest(body, privateKey)
    expect(() => read(text.replace('Orléans', 'Avignon'))).toThrow(expect.objectContaining({ reason: 'not-authentic' }))
    expect(() => read(signManifest({ ...body, extra: 1 }, privateKey))).toThrow(
      expect.objectContaining({ reason: 'not-as-listed' }),
    )
    const twice = { ...body, objects: [...body.objects, ...body.objects] }
    expect(() => read(signManifest(twice, privateKey))).toThrow(expect.objectContaining({ reason: 'not-as-listed' }))
  })

  test('that somebody formatted, extended or repeated a member of is refused', () => {
    const text = signManifest(body, privateKey)
    const edits = [
      `${text}\n`,
      ` ${text}`,
      JSON.stringify(JSON.parse(text), null, 2),
      text.replace('"owner":', '"__proto__":{"a":1},"owner":'),
      text.replace('"owner":', '"owner":"x","owner":'),
      text.replace('"version":1}', '"version":1.0}'),
      text.replace('"version":1}', '"version":1,"extra":1}'),
      text.replace('Ed25519', 'none'),
      '{}',
      'null',
      '',
    ]
    for (const edit of edits)
      expect(() => read(edit), edit.slice(0, 60)).toThrow(expect.objectContaining({ name: 'ArchiveError' }))
  })

  test('is signed by Ed25519 keys only', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    expect(() => signManifest(body, rsa.privateKey)).toThrow('Ed25519')
  })

  test('1,000 random damages are 1,000 errors', () => {
    const bytes = Buffer.from(signManifest(body, privateKey))
    const position = fc.nat(bytes.length - 1)
    fc.assert(
      fc.property(
        position,
        position,
        fc.nat(7),
        fc.constantFrom('flip', 'cut', 'remove', 'swap'),
        (a, b, bit, kind) => {
          const damaged = damage(bytes, { a, b, bit, kind })
          fc.pre(!damaged.equals(bytes))
          expect(() => read(damaged)).toThrow(expect.objectContaining({ name: 'ArchiveError' }))
        },
      ),
      { numRuns: 1000 },
    )
  })
})

function damage(bytes: Buffer, how: { a: number; b: number; bit: number; kind: string }): Buffer {
  const copy = Buffer.from(bytes)
  if (how.kind === 'cut') return copy.subarray(0, how.a)
  if (how.kind === 'remove') return Buffer.concat([copy.subarray(0, how.a), copy.subarray(how.b)])
  // Both positions lie within the buffer.
  if (how.kind === 'swap') [copy[how.a], copy[how.b]] = [copy[how.b]!, copy[how.a]!]
  else copy[how.a]! ^= 1 << how.bit
  return copy
}

describe('canonical JSON', () => {
  test('sorts members by code unit and writes numbers and texts as JavaScript does', () => {
    // Examples of RFC 8785, 3.2.2 and 3.2.3.
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27],
      string: '€$\u000f\nA\'B"\\"/',
      literals: [null, true, false],
    }
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\"/"}`,
    )
    expect(canonicalJson({ '€': 1, '\r': 2, '\ufb33': 3, 1: 4, '😀': 5, '\u0080': 6, ö: 7 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    )
  })

  test.each([[undefined], [Number.NaN], [Infinity], [1n], [new Date()], [{ a: undefined }], [new Map()], ['\ud800']])(
    '%o is refused, because JSON would change it',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError)
    },
  )

  test('read back and written again it is the same text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        let text: string
        try {
          text = canonicalJson(value)
        } catch {
          return // A member named __proto__ or half a character.
        }
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
    )
  })
})
