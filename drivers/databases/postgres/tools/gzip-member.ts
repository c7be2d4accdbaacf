// The package carries a whole PostgreSQL as one gzip inside a native addon that we never load. Its place changes with every
// build, so it is looked for; its own checksum and length tell that it is found and complete.
import { crc32, createInflateRaw } from 'node:zlib'

const MAGIC = Buffer.from([0x1f, 0x8b, 8])
const FIXED_HEADER_BYTES = 10
const TRAILER_BYTES = 8
const MOST_BYTES = 256 * 1024 * 1024
const flags = { text: 1, checksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 }

/** The content of the first gzip of at least `leastBytes` whose CRC32 and length are right; undefined if there is none. */
export async function findGzip(bytes: Buffer, leastBytes: number): Promise<Buffer | undefined> {
  for (let at = bytes.indexOf(MAGIC); at !== -1; at = bytes.indexOf(MAGIC, at + 1)) {
    const content = await gzipAt(bytes, at)
    if (content && content.length >= leastBytes) return content
  }
  return undefined
}

async function gzipAt(bytes: Buffer, at: number): Promise<Buffer | undefined> {
  const start = endOfHeader(bytes, at)
  if (start === undefined) return undefined
  const compressed = bytes.subarray(start)
  const sums = { sizeBytes: 0, crc: 0 }
  const usedBytes = await inflate(compressed, (chunk) => {
    sums.sizeBytes += chunk.length
    sums.crc = crc32(chunk, sums.crc)
    return sums.sizeBytes <= MOST_BYTES
  })
  if (usedBytes === undefined || compressed.length < usedBytes + TRAILER_BYTES) return undefined
  const isRight =
    compressed.readUInt32LE(usedBytes) === sums.crc && compressed.readUInt32LE(usedBytes + 4) === sums.sizeBytes
  return isRight ? contentOf(compressed, sums.sizeBytes) : undefined
}

// Once more into a buffer of the known size: collecting pieces and joining them would hold everything twice.
async function contentOf(compressed: Buffer, sizeBytes: number): Promise<Buffer> {
  const content = Buffer.allocUnsafe(sizeBytes)
  let filledBytes = 0
  await inflate(compressed, (chunk) => {
    filledBytes += chunk.copy(content, filledBytes)
    return true
  })
  return content
}

/** Where the compressed data begins; undefined for what is no header (RFC 1952, 2.3). */
function endOfHeader(bytes: Buffer, at: number): number | undefined {
  const flag = bytes[at + 3]
  if (flag === undefined || (flag & flags.reserved) !== 0) return undefined
  let end = at + FIXED_HEADER_BYTES
  if (flag & flags.extra) {
    if (end + 2 > bytes.length) return undefined
    end += 2 + bytes.readUInt16LE(end)
  }
  for (const field of [flags.name, flags.comment]) {
    if (!(flag & field)) continue
    const zero = bytes.indexOf(0, end)
    if (zero === -1) return undefined
    end = zero + 1
  }
  if (flag & flags.checksum) end += 2
  return end < bytes.length ? end : undefined
}

/** Gives the pieces to `take` until it answers false. Returns how many bytes it used; undefined for what does not inflate. */
function inflate(bytes: Buffer, take: (chunk: Buffer) => boolean): Promise<number | undefined> {
  return new Promise((resolve) => {
    const engine = createInflateRaw({ chunkSize: 262_144 })
    engine.on('data', (chunk: Buffer) => {
      if (!take(chunk)) engine.destroy()
    })
    engine.once('end', () => resolve(engine.bytesWritten))
    engine.on('error', () => resolve(undefined))
    engine.once('close', () => resolve(undefined))
    engine.end(bytes)
  })
}
