import encodeQr from 'qr'

/** The dark squares of a QR code as one SVG path, and the side of the square they stand in (with the quiet border that readers need). */
export function qrPath(text: string): { path: string; side: number } {
  const rows = encodeQr(text, 'raw', { border: 4, ecc: 'medium' })
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return { path, side: rows.length }
}
