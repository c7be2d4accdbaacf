import { describe, expect, it } from 'vitest'
import { aGif, aPng } from '../testing/builders.ts'
import { inspectPicture } from './picture.ts'

function aJpeg(width: number, height: number): Buffer {
  const start = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex')
  const comment = Buffer.from('fffe0004abcd', 'hex')
  const frame = Buffer.from('ffc2001108000000000301220002110103110100', 'hex')
  frame.writeUInt16BE(height, 5)
  frame.writeUInt16BE(width, 7)
  return Buffer.concat([start, comment, frame])
}

function aWebp(chunk: 'VP8 ' | 'VP8L' | 'VP8X', bytes: string): Buffer {
  const content = Buffer.alloc(40)
  content.write('RIFF', 0, 'latin1')
  content.write(`WEBP${chunk}`, 8, 'latin1')
  Buffer.from(bytes, 'hex').copy(content, 20)
  return content
}

describe('a picture is what its bytes say', () => {
  it.each([
    ['image/png', aPng(640, 480), 640, 480],
    ['image/gif', aGif(3, 2), 3, 2],
    ['image/jpeg', aJpeg(1024, 768), 1024, 768],
    ['image/webp', aWebp('VP8 ', '0000009d012a80026401'), 640, 356],
    ['image/webp', aWebp('VP8L', '2f7f825900'), 640, 359],
    ['image/webp', aWebp('VP8X', '000000007f02005f0100'), 640, 352],
  ])('%s', (contentType, content, width, height) => {
    expect(inspectPicture(content, contentType)).toEqual({ contentType, width, height })
  })

  it.each([
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['an empty file', Buffer.alloc(0)],
    ['a cut PNG', aPng(1, 1).subarray(0, 20)],
    ['a JPEG without a frame', aJpeg(1, 1).subarray(0, 22)],
    ['a WebP of an unknown kind', aWebp('VP8 ', '00').fill('ALPH', 12, 16)],
  ])('%s is none', (_name, content) => {
    expect(inspectPicture(content, 'image/png')).toMatch('not a PNG, JPEG, WebP or GIF')
  })

  it('whose declared type differs is refused', () => {
    expect(inspectPicture(aGif(3, 2), 'image/png')).toBe('The file is image/gif but was sent as image/png.')
  })

  it.each([
    [0, 5],
    [20_000, 10],
    [9_000, 9_000],
    [4_294_967_295, 4_294_967_295],
  ])('of %d x %d pixels is refused before anybody decodes it', (width, height) => {
    expect(typeof inspectPicture(aPng(width, height), 'image/png')).toBe('string')
  })

  it('never throws, whatever the bytes', () => {
    for (let length = 0; length < 60; length += 1) {
      for (const sample of [aJpeg(9, 9), aPng(9, 9), aGif(9, 9), aWebp('VP8L', '2f7f825901')]) {
        expect(() => inspectPicture(sample.subarray(0, length), 'image/png')).not.toThrow()
      }
    }
    expect(inspectPicture(Buffer.from('ffd8ffe00000ffe00000ffe00000ffe00000', 'hex'), 'image/jpeg')).toMatch('not a')
  })
})
