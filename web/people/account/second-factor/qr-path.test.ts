import decodeQr from 'qr/decode.js'
import { expect, test } from 'vitest'
import { qrPath } from './qr-path.ts'

test('a reader gets the text back from the drawn squares', () => {
  const text = 'otpauth://totp/Platen:ada%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Platen'
  const { path, side } = qrPath(text)
  expect(decodeQr(pictureOf(path, side, 4))).toBe(text)
})

/** Paints the path as a browser would, `scale` points per square. */
function pictureOf(path: string, side: number, scale: number) {
  const size = side * scale
  const data = new Uint8Array(size * size * 4).fill(255)
  for (const [, x = '', y = ''] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let dy = 0; dy < scale; dy++) {
      for (let dx = 0; dx < scale; dx++) {
        const at = ((Number(y) * scale + dy) * size + Number(x) * scale + dx) * 4
        data.fill(0, at, at + 3)
      }
    }
  }
  return { width: size, height: size, data }
}
