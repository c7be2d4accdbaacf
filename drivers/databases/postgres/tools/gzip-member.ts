// The package carries a whole PostgreSQL as one gzip inside a native addon that we never load. Its place changes with every
// build, so it is looked for; its own checksum and length tell that it is found and complete.
import { constants, crc32, inflateRaw, type InflateRaw } from 'node:zlib'

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
  const inflated = await inflate(bytes.subarray(start))
  const trailer = inflated && bytes.subarray(start + inflated.usedBytes, start + inflated.usedBytes + TRAILER_BYTES)
  if (!inflated || trailer?.length !== TRAILER_BYTES) return undefined
  const { content } = inflated
  const isRight = trailer.readUInt32LE(0) === crc32(content) && trailer.readUInt32LE(4) === content.length >>> 0
  return isRight ? content : undefined
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

function inflate(bytes: Buffer): Promise<{ content: Buffer; usedBytes: number } | undefined> {
  const options = { info: true, maxOutputLength: MOST_BYTES, finishFlush: constants.Z_FINISH }
  return new Promise((resolve) => {
    inflateRaw(bytes, options, (error, result) => {
      if (error) return resolve(undefined)
      // With `info` Node answers both; its types know only the plain form.
      const { buffer, engine } = result as unknown as { buffer: Buffer; engine: InflateRaw }
      return resolve({ content: buffer, usedBytes: engine.bytesWritten })
    })
  })
}
