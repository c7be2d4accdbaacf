import { hkdfSync } from 'node:crypto'
import { Secret } from './secret.ts'

/** A second secret from a first one: HKDF-SHA256 with the label as info, 32 bytes as base64url. Same root and label, same secret. */
export function deriveSecret(root: Buffer | Secret, label: string): Secret {
  const material = root instanceof Secret ? Buffer.from(root.expose(), 'utf8') : root
  if (material.length < 16) throw new RangeError('a root secret needs at least 16 bytes')
  if (label === '') throw new RangeError('a derived secret needs a label that says what it is for')
  const bytes = hkdfSync('sha256', material, Buffer.alloc(0), `platen/${label}`, 32)
  return new Secret(Buffer.from(bytes).toString('base64url'))
}
