/**
 * What a picture is, by its own bytes. The declared type is only compared: a page that calls itself a picture would
 * otherwise be served from the site's own host. SVG is a document with scripts, so it is no picture here. Dimensions
 * come from the header, so that a small file that unpacks to gigapixels is refused without decoding it.
 */
export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const
export type PictureType = (typeof PICTURE_TYPES)[number]

export interface PictureFacts {
  contentType: PictureType
  width: number
  height: number
}

export const MAX_PICTURE_BYTES = 10 * 1024 * 1024
export const MAX_PICTURE_SIDE = 12_000
export const MAX_PICTURE_PIXELS = 50_000_000

/** Facts of an acceptable picture, or the sentence that says why it is refused. */
export function inspectPicture(content: Buffer, declaredType: string): PictureFacts | string {
  const facts = readHeader(content)
  if (!facts) return 'The file is not a PNG, JPEG, WebP or GIF picture.'
  if (facts.contentType !== declaredType) return `The file is ${facts.contentType} but was sent as ${declaredType}.`
  const { width, height } = facts
  if (width === 0 || height === 0) return 'The picture has no area.'
  if (width > MAX_PICTURE_SIDE || height > MAX_PICTURE_SIDE || width * height > MAX_PICTURE_PIXELS) {
    return `The picture has ${width} x ${height} pixels; at most ${MAX_PICTURE_SIDE} per side and ${MAX_PICTURE_PIXELS} in all.`
  }
  return facts
}

function readHeader(content: Buffer): PictureFacts | undefined {
  return readPng(content) ?? readJpeg(content) ?? readWebp(content) ?? readGif(content)
}

function readPng(content: Buffer): PictureFacts | undefined {
  const isPng = content.length >= 33 && content.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))
  if (!isPng || content.toString('latin1', 12, 16) !== 'IHDR') return undefined
  return { contentType: 'image/png', width: content.readUInt32BE(16), height: content.readUInt32BE(20) }
}

function readGif(content: Buffer): PictureFacts | undefined {
  if (content.length < 13 || !/^GIF8[79]a/.test(content.toString('latin1', 0, 6))) return undefined
  return { contentType: 'image/gif', width: content.readUInt16LE(6), height: content.readUInt16LE(8) }
}

function readWebp(content: Buffer): PictureFacts | undefined {
  const isWebp = content.toString('latin1', 0, 4) === 'RIFF' && content.toString('latin1', 8, 12) === 'WEBP'
  if (!isWebp || content.length < 30) return undefined
  const size = webpSize(content)
  return size && { contentType: 'image/webp', ...size }
}

// Three kinds of first chunk: lossy, lossless, extended (RFC 9649).
function webpSize(content: Buffer): { width: number; height: number } | undefined {
  switch (content.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: content.readUInt16LE(26) & 0x3fff, height: content.readUInt16LE(28) & 0x3fff }
    case 'VP8L': {
      const bits = content.readUInt32LE(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case 'VP8X':
      return { width: content.readUIntLE(24, 3) + 1, height: content.readUIntLE(27, 3) + 1 }
    default:
      return undefined
  }
}

const JPEG_MARKERS_WITHOUT_LENGTH: ReadonlySet<number> = new Set([0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7])

// Walks the segments to the frame header (SOF0..SOF15, without the three codes in that range that mean other things).
function readJpeg(content: Buffer): PictureFacts | undefined {
  if (content.length < 4 || content.readUIntBE(0, 3) !== 0xffd8ff) return undefined
  let offset = 2
  while (offset + 9 <= content.length) {
    if (content[offset] !== 0xff) return undefined
    const marker = content.readUInt8(offset + 1)
    if (marker === 0xff) {
      offset += 1
    } else if (JPEG_MARKERS_WITHOUT_LENGTH.has(marker)) {
      offset += 2
    } else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return {
        contentType: 'image/jpeg',
        height: content.readUInt16BE(offset + 5),
        width: content.readUInt16BE(offset + 7),
      }
    } else {
      offset += 2 + content.readUInt16BE(offset + 2)
    }
  }
  return undefined
}
