// The format of a sealed stream, version 1. It is final: archives outlive the code that wrote them.
//
//   header   28 bytes  "PLATENAR" | version 1 | frame size as a power of two (16 to 20) | two zero bytes | salt, 16 random bytes
//   frame    plain bytes sealed by AES-256-GCM, then the 16 byte tag; all frames are full but the last (0 to frame size bytes)
//
// Each object has its own key, HKDF-SHA256(data key, salt, "platen/archive/1/object"): one data key serves any number of
// objects and no nonce ever repeats, because within an object the nonce is the frame's number. A frame's tag covers the header, its number, whether it is the last, and the caller's context. So a frame opens in exactly one place of exactly
// one object: cutting, reordering, repeating, dropping, appending and moving all fail. There is no length field to believe:
// the last frame is the one after which the stream ends, and its tag says that it is.
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { ArchiveError } from './errors.ts'

export const HEADER_BYTES = 28
export const TAG_BYTES = 16
export const DEFAULT_FRAME_BYTES = 256 * 1024
const MAGIC = Buffer.from('PLATENAR', 'latin1')
const VERSION = 1
const VERSION_OFFSET = 8
const SIZE_OFFSET = 9
const SALT_OFFSET = 12
const SALT_BYTES = 16
const SMALLEST_FRAME_LOG2 = 16
const LARGEST_FRAME_LOG2 = 20

/** Seals or opens single frames of one object. */
export interface FrameCodec {
  readonly frameBytes: number
  /** The sealed bytes in pieces, tag last. */
  seal(plain: readonly Buffer[], frame: number, isLast: boolean): Buffer[]
  /** The plain bytes in pieces; undefined if the tag does not match. `sealed` holds one frame, tag included. */
  open(sealed: readonly Buffer[], frame: number, isLast: boolean): Buffer[] | undefined
}

/** @throws RangeError for a frame size that is not a power of two from 64 KiB to 1 MiB. */
export function frameHeader(frameBytes: number, salt: Buffer): Buffer {
  const log2 = Math.log2(frameBytes)
  if (!Number.isInteger(log2) || log2 < SMALLEST_FRAME_LOG2 || log2 > LARGEST_FRAME_LOG2)
    throw new RangeError(`${frameBytes} is not a frame size: a power of two from 65,536 to 1,048,576 bytes`)
  if (salt.length !== SALT_BYTES) throw new RangeError(`a salt has ${SALT_BYTES} bytes`)
  return Buffer.concat([MAGIC, Buffer.from([VERSION, log2, 0, 0]), salt])
}

/** @throws ArchiveError `malformed` or `unknown-version`; RangeError for a key that is not 32 bytes or an empty context. */
export function frameCodec(dataKey: KeyObject, context: string, header: Buffer): FrameCodec {
  const frameBytes = frameSizeOf(header)
  const key = objectKey(dataKey, context, header)
  return {
    frameBytes,
    seal(plain, frame, isLast) {
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(frame), { authTagLength: TAG_BYTES })
      cipher.setAAD(aadOf(header, context, frame, isLast))
      const pieces = plain.map((piece) => cipher.update(piece))
      cipher.final()
      return [...pieces, cipher.getAuthTag()]
    },
    open(sealed, frame, isLast) {
      const { content, tag } = splitTag(sealed)
      const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(frame), { authTagLength: TAG_BYTES })
      decipher.setAAD(aadOf(header, context, frame, isLast))
      decipher.setAuthTag(tag)
      const pieces = content.map((piece) => decipher.update(piece))
      try {
        decipher.final()
        return pieces
      } catch {
        return undefined
      }
    },
  }
}

function frameSizeOf(header: Buffer): number {
  if (!header.subarray(0, MAGIC.length).equals(MAGIC))
    throw new ArchiveError('malformed', 'this is not a sealed archive: it does not begin as one')
  const version = header.readUInt8(VERSION_OFFSET)
  if (version !== VERSION)
    throw new ArchiveError('unknown-version', `a sealed archive of version ${version}; this Platen reads ${VERSION}`)
  const log2 = header.readUInt8(SIZE_OFFSET)
  const isKnown =
    log2 >= SMALLEST_FRAME_LOG2 && log2 <= LARGEST_FRAME_LOG2 && header.readUInt16BE(SIZE_OFFSET + 1) === 0
  if (!isKnown) throw new ArchiveError('malformed', 'the header of a sealed archive is damaged')
  return 2 ** log2
}

function objectKey(dataKey: KeyObject, context: string, header: Buffer): KeyObject {
  if (dataKey.symmetricKeySize !== 32) throw new RangeError('a data key has 32 bytes')
  if (context === '') throw new RangeError('a sealed archive needs a context that says where it belongs')
  const salt = header.subarray(SALT_OFFSET, HEADER_BYTES)
  return createSecretKey(Buffer.from(hkdfSync('sha256', dataKey, salt, `platen/archive/${VERSION}/object`, 32)))
}

function nonceOf(frame: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(frame), 4)
  return nonce
}

function aadOf(header: Buffer, context: string, frame: number, isLast: boolean): Buffer {
  const place = Buffer.alloc(9)
  place.writeBigUInt64BE(BigInt(frame), 0)
  place.writeUInt8(isLast ? 1 : 0, 8)
  return Buffer.concat([header, place, Buffer.from(context, 'utf8')])
}

/** The tag may lie across two pieces. */
function splitTag(sealed: readonly Buffer[]): { content: Buffer[]; tag: Buffer } {
  const content = [...sealed]
  let tag = Buffer.alloc(0)
  while (tag.length < TAG_BYTES) {
    const piece = content.pop()
    if (!piece) break
    const taken = Math.min(piece.length, TAG_BYTES - tag.length)
    tag = Buffer.concat([piece.subarray(piece.length - taken), tag])
    if (taken < piece.length) content.push(piece.subarray(0, piece.length - taken))
  }
  return { content, tag }
}
