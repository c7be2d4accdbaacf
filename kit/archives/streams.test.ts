import { createSecretKey, randomBytes } from 'node:crypto'
import { Readable, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createVault } from '../secrets/index.ts'
import { newDataKey, openDataKey, openStream, sealStream, type ArchiveSums } from './index.ts'

const FRAME_BYTES = 65_536
const HEADER_BYTES = 28
const SEALED_FRAME_BYTES = FRAME_BYTES + 16
const key = createSecretKey(randomBytes(32))

async function seal(plain: Buffer, context = 'a', chunkBytes = 50_000): Promise<{ sealed: Buffer; sums: ArchiveSums }> {
  const stream = sealStream(key, { context, frameBytes: FRAME_BYTES })
  const sealed = await buffer(Readable.from(chunksOf(plain, chunkBytes)).pipe(stream))
  return { sealed, sums: stream.sums }
}

async function open(sealed: Buffer, context = 'a', expected?: ArchiveSums, chunkBytes = 70_000): Promise<Buffer> {
  const parts: Buffer[] = []
  const collect = new Writable({ write: (chunk: Buffer, _encoding, done) => (parts.push(chunk), done()) })
  const stream = openStream(key, expected ? { context, expected } : { context })
  await pipeline(Readable.from(chunksOf(sealed, chunkBytes)), stream, collect)
  return Buffer.concat(parts)
}

function chunksOf(bytes: Buffer, chunkBytes: number): Buffer[] {
  const count = Math.ceil(bytes.length / chunkBytes)
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes))
}

describe('a sealed stream', () => {
  test.each([0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES, 200_001])(
    'of %i bytes opens to the same bytes, whatever the pieces it travels in',
    async (sizeBytes) => {
      const plain = randomBytes(sizeBytes)
      for (const chunkBytes of [997, FRAME_BYTES, 1_000_000]) {
        const { sealed, sums } = await seal(plain, 'a', chunkBytes)
        expect((await open(sealed, 'a', sums, chunkBytes)).equals(plain)).toBe(true)
        const frames = Math.max(1, Math.ceil(sizeBytes / FRAME_BYTES))
        expect(sums).toMatchObject({ plainBytes: sizeBytes, cipherBytes: sealed.length })
        expect(sealed.length).toBe(HEADER_BYTES + sizeBytes + 16 * frames)
      }
    },
  )

  test('shows nothing of its content and differs each time', async () => {
    const plain = Buffer.alloc(100_000, 'confidential')
    const [one, two] = [await seal(plain), await seal(plain)]
    expect(one.sealed.includes('confidential')).toBe(false)
    expect(one.sealed.subarray(HEADER_BYTES, 200).equals(two.sealed.subarray(HEADER_BYTES, 200))).toBe(false)
    expect(one.sums.plainSha256).toBe(two.sums.plainSha256)
  })

  test('opens in no other context and with no other key', async () => {
    const { sealed } = await seal(randomBytes(1000), 'tenant-1/backup-1/dump')
    await expect(open(sealed, 'tenant-2/backup-1/dump')).rejects.toMatchObject({ reason: 'not-authentic' })
    const other = openStream(createSecretKey(randomBytes(32)), { context: 'tenant-1/backup-1/dump' })
    await expect(buffer(Readable.from([sealed]).pipe(other))).rejects.toMatchObject({ reason: 'not-authentic' })
  })

  test('says what is wrong with it, and where', async () => {
    const { sealed } = await seal(randomBytes(200_000))
    const flipped = Buffer.from(sealed)
    flipped[HEADER_BYTES + SEALED_FRAME_BYTES + 5]! ^= 1 // a byte of frame 1, which exists
    await expect(open(flipped)).rejects.toMatchObject({
      reason: 'not-authentic',
      message: expect.stringContaining('frame 1'),
    })
    const cutAtFrame = sealed.subarray(0, HEADER_BYTES + 2 * SEALED_FRAME_BYTES)
    await expect(open(cutAtFrame)).rejects.toMatchObject({
      reason: 'truncated',
      message: expect.stringContaining('frame 1'),
    })
    await expect(open(sealed.subarray(0, 10))).rejects.toMatchObject({ reason: 'truncated' })
    await expect(open(Buffer.alloc(0))).rejects.toMatchObject({ reason: 'truncated' })
    await expect(open(Buffer.from('PGDMP something else entirely'))).rejects.toMatchObject({ reason: 'malformed' })
    const newer = Buffer.from(sealed)
    newer[8] = 2
    await expect(open(newer)).rejects.toMatchObject({ reason: 'unknown-version' })
    const full = await seal(randomBytes(FRAME_BYTES))
    await expect(open(Buffer.concat([full.sealed, Buffer.from('x')]))).rejects.toMatchObject({
      reason: 'trailing-data',
    })
  })

  test('that is genuine but not the listed one is refused, and a longer one before it was read', async () => {
    const [listed, other] = [await seal(randomBytes(1000)), await seal(randomBytes(1000))]
    await expect(open(other.sealed, 'a', listed.sums)).rejects.toMatchObject({ reason: 'not-as-listed' })
    let givenBytes = 0
    const endless = Readable.from(
      (function* () {
        for (; ; givenBytes += 1000) yield Buffer.alloc(1000)
      })(),
    )
    await expect(pipeline(endless, openStream(key, { context: 'a', expected: listed.sums }).resume())).rejects.toThrow()
    expect(givenBytes).toBeLessThan(1_000_000)
  })

  test('delivers nothing of a frame that was changed', async () => {
    const plain = randomBytes(3 * FRAME_BYTES)
    const { sealed } = await seal(plain)
    sealed[HEADER_BYTES + SEALED_FRAME_BYTES + 5]! ^= 1 // a byte of frame 1, which exists
    const stream = openStream(key, { context: 'a' })
    let deliveredBytes = 0
    stream.on('data', (piece: Buffer) => void (deliveredBytes += piece.length))
    await expect(pipeline(Readable.from([sealed]), stream)).rejects.toThrow()
    expect(deliveredBytes).toBeLessThanOrEqual(FRAME_BYTES)
  })

  test('knows its sums only when it has ended', () => {
    expect(() => sealStream(key, { context: 'a' }).sums).toThrow('has not ended')
    expect(() => openStream(key, { context: 'a' }).sums).toThrow('has not ended')
  })

  test.each([0, 1, 65_535, 100_000, 2 ** 21])('of frames of %i bytes is refused', (frameBytes) => {
    expect(() => sealStream(key, { context: 'a', frameBytes })).toThrow(RangeError)
  })

  test('without a context, or with a short key, is refused', () => {
    expect(() => sealStream(key, { context: '' })).toThrow('context')
    expect(() => sealStream(createSecretKey(randomBytes(16)), { context: 'a' })).toThrow('32 bytes')
  })

  test('of 512 MB passes through a few frames of memory', async () => {
    const block = randomBytes(1_000_000)
    const source = Readable.from(
      (function* () {
        for (let index = 0; index < 512; index += 1) yield block
      })(),
    )
    const before = process.memoryUsage().rss
    let peak = before
    const sink = new Writable({
      write(_chunk, _encoding, done) {
        peak = Math.max(peak, process.memoryUsage.rss())
        done()
      },
    })
    const sealing = sealStream(key, { context: 'a' })
    const opening = openStream(key, { context: 'a' })
    await pipeline(source, sealing, opening, sink)
    expect(opening.sums).toEqual(sealing.sums)
    console.log(`sealing and opening 512 MB: RSS grew by ${Math.round((peak - before) / 1e6)} MB at most`)
    expect(peak - before).toBeLessThan(150e6)
  }, 60_000)
})

type Damage =
  | { kind: 'flip'; at: number; bit: number }
  | { kind: 'cut' | 'cut-frames' | 'drop' | 'repeat' | 'swap'; at: number }
  | { kind: 'reorder'; at: number; to: number }
  | { kind: 'remove'; at: number; count: number }
  | { kind: 'append'; bytes: Uint8Array }
  | { kind: 'whole-swap' }

describe('damage to a sealed stream, by its tags alone', () => {
  test('1,000 random damages are 1,000 errors', async () => {
    const [mine, neighbour] = [
      await seal(randomBytes(300_000), 'tenant-1'),
      await seal(randomBytes(300_000), 'tenant-2'),
    ]
    const frames = framesOf(mine.sealed)
    const frame = fc.nat(frames.length - 1)
    const damage: fc.Arbitrary<Damage> = fc.oneof(
      fc.record({ kind: fc.constant('flip' as const), at: fc.nat(mine.sealed.length - 1), bit: fc.nat(7) }),
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat(mine.sealed.length - 1) }),
      fc.record({ kind: fc.constant('cut-frames' as const), at: frame }),
      fc.record({ kind: fc.constant('drop' as const), at: frame }),
      fc.record({ kind: fc.constant('repeat' as const), at: frame }),
      fc.record({ kind: fc.constant('reorder' as const), at: frame, to: frame }),
      fc.record({ kind: fc.constant('swap' as const), at: frame }),
      fc.record({
        kind: fc.constant('remove' as const),
        at: fc.nat(mine.sealed.length - 1),
        count: fc.integer({ min: 1, max: 100_000 }),
      }),
      fc.record({ kind: fc.constant('append' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 70_000 }) }),
      fc.record({ kind: fc.constant('whole-swap' as const) }),
    )
    let found = 0
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const damaged = applied(how)
        fc.pre(!damaged.equals(mine.sealed))
        await expect(open(damaged, 'tenant-1')).rejects.toMatchObject({ name: 'ArchiveError' })
        found += 1
      }),
      { numRuns: 1000 },
    )
    console.log(`${found} damages, ${found} found`)
    expect(found).toBeGreaterThanOrEqual(1000)

    function applied(how: Damage): Buffer {
      const header = mine.sealed.subarray(0, HEADER_BYTES)
      const list = [...frames]
      if (how.kind === 'flip') {
        const copy = Buffer.from(mine.sealed)
        copy[how.at]! ^= 1 << how.bit // at lies within the buffer
        return copy
      }
      if (how.kind === 'cut') return mine.sealed.subarray(0, how.at)
      if (how.kind === 'append') return Buffer.concat([mine.sealed, how.bytes])
      if (how.kind === 'remove')
        return Buffer.concat([mine.sealed.subarray(0, how.at), mine.sealed.subarray(how.at + how.count)])
      if (how.kind === 'whole-swap') return neighbour.sealed
      if (how.kind === 'cut-frames') list.length = how.at
      if (how.kind === 'drop') list.splice(how.at, 1)
      if (how.kind === 'repeat') list.splice(how.at, 0, list[how.at]!) // at lies within the list
      if (how.kind === 'reorder') list.splice(how.to, 0, ...list.splice(how.at, 1))
      if (how.kind === 'swap') list[how.at] = framesOf(neighbour.sealed)[how.at]! // both have as many
      return Buffer.concat([header, ...list])
    }
  }, 120_000)
})

function framesOf(sealed: Buffer): Buffer[] {
  return chunksOf(sealed.subarray(HEADER_BYTES), SEALED_FRAME_BYTES)
}

describe('a data key', () => {
  const vault = createVault({ current: { id: 'k1', key: randomBytes(32) } })

  test('comes back from its sealed text in its own context only', async () => {
    const { key: fresh, sealed } = newDataKey(vault, 'tenants/1/backup-key')
    expect(openDataKey(vault, sealed, 'tenants/1/backup-key').equals(fresh)).toBe(true)
    expect(() => openDataKey(vault, sealed, 'tenants/2/backup-key')).toThrow('does not open')
    expect(() => openDataKey(vault, vault.seal(randomBytes(16), 'x'), 'x')).toThrow('no data key')
  })

  test('prints nothing of itself', () => {
    const { key: fresh } = newDataKey(vault, 'tenants/1/backup-key')
    const hex = fresh.export().toString('hex')
    expect(`${JSON.stringify(fresh)}${inspect(fresh, { showHidden: true })}`).not.toContain(hex)
  })
})
