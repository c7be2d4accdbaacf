/** Secrets inside a snapshot: readable by the one consumer that holds the key, and only in the place they were sealed for. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const FORMAT = 's1'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** The contexts (additional authenticated data) that the manager seals with and consumers open with. */
export const sealingContexts = {
  databasePassword: (siteId: string): string => `site/${siteId}/database-password`,
  dataKey: (siteId: string): string => `site/${siteId}/data-key`,
  /** @param names the `names` of the certificate, in the order of the snapshot */
  certificateKey: (names: readonly string[]): string => `certificate/${names.join(',')}/private-key`,
}

/**
 * AES-256-GCM with a random nonce.
 * @param key 32 bytes, the consumer's sealing key.
 * @returns `s1.` + base64url of nonce, tag and ciphertext.
 */
export function sealFor(key: Buffer, plaintext: string | Buffer, context: string): string {
  requireKey(key)
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return `${FORMAT}.${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url')}`
}

/** @throws when the text is not of this form, or was sealed with another key or context. */
export function openSealed(key: Buffer, sealed: string, context: string): Buffer {
  requireKey(key)
  const [format, body, ...rest] = sealed.split('.')
  const bytes = Buffer.from(body ?? '', 'base64url')
  if (format !== FORMAT || rest.length > 0 || bytes.length < NONCE_BYTES + TAG_BYTES) {
    throw new Error(`sealed field for ${context} is malformed`)
  }
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw new Error(`sealed field for ${context} cannot be opened with this key`, { cause })
  }
}

function requireKey(key: Buffer): void {
  if (key.length !== KEY_BYTES) throw new Error(`a sealing key has ${KEY_BYTES} bytes, not ${key.length}`)
}
