import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Secret } from './secret.ts'

const FORMAT = 'v1'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES
const SHORTEST_BYTES = WRAPPED_BYTES + NONCE_BYTES + TAG_BYTES

/** A 32 byte key and the short public name that sealed texts carry. */
export interface VaultKey {
  id: string
  key: Buffer
}

export interface VaultKeys {
  /** Seals. */
  current: VaultKey
  /** Open only what was sealed before a rotation. */
  previous?: readonly VaultKey[]
}

/**
 * Envelope encryption: every seal has its own random data key (AES-256-GCM), which the master key wraps. The context, for example
 * `sites/<id>/app-password`, is authenticated: a text moved to another row or column does not open.
 */
export interface Vault {
  seal(plaintext: Secret | Buffer, context: string): string
  /** Throws VaultError. */
  open(sealed: string, context: string): Secret
  /** Throws VaultError. */
  openBytes(sealed: string, context: string): Buffer
  /** The same sealed content under the current key, for rotation; returns its input when nothing is to be done. Throws VaultError. */
  rewrap(sealed: string, context: string): string
}

/** Why a sealed text does not open. `not-authentic` covers a wrong context, a wrong key and changed bytes: they cannot be told apart. */
export class VaultError extends Error {
  readonly reason: 'malformed' | 'unknown-key' | 'not-authentic'

  constructor(reason: VaultError['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'VaultError'
    this.reason = reason
  }
}

interface Parts {
  keyId: string
  wrapped: Buffer
  content: Buffer
}

export function createVault(keys: VaultKeys): Vault {
  const known = new Map<string, Buffer>()
  for (const { id, key } of [keys.current, ...(keys.previous ?? [])]) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw new RangeError(`"${id}" is not a key id (letters, digits, _ and -)`)
    if (key.length !== KEY_BYTES) throw new RangeError(`key ${id} has ${key.length} bytes, not ${KEY_BYTES}`)
    if (known.has(id)) throw new RangeError(`key id ${id} is given twice`)
    known.set(id, key)
  }

  const wrap = (dataKey: Buffer, context: string): Buffer =>
    encrypt(keys.current.key, dataKey, keyAad(keys.current.id, context))

  const unwrap = (parts: Parts, context: string): Buffer => {
    const key = known.get(parts.keyId)
    if (key === undefined)
      throw new VaultError(
        'unknown-key',
        `a secret for ${context} was sealed by key ${parts.keyId}, which this vault does not have`,
      )
    return decrypt(key, parts.wrapped, keyAad(parts.keyId, context), context)
  }

  const openBytes = (sealed: string, context: string): Buffer => {
    const parts = parse(sealed)
    return decrypt(unwrap(parts, context), parts.content, dataAad(context), context)
  }

  return {
    seal(plaintext, context) {
      if (context === '') throw new RangeError('a sealed secret needs a context that says where it belongs')
      const bytes = plaintext instanceof Secret ? Buffer.from(plaintext.expose(), 'utf8') : plaintext
      const dataKey = randomBytes(KEY_BYTES)
      return print(keys.current.id, wrap(dataKey, context), encrypt(dataKey, bytes, dataAad(context)))
    },
    open: (sealed, context) => new Secret(openBytes(sealed, context).toString('utf8')),
    openBytes,
    rewrap(sealed, context) {
      const parts = parse(sealed)
      const dataKey = unwrap(parts, context)
      if (parts.keyId === keys.current.id) return sealed
      return print(keys.current.id, wrap(dataKey, context), parts.content)
    },
  }
}

// The content does not name the master key, so that a rotation rewraps 32 bytes and leaves the content alone.
function dataAad(context: string): Buffer {
  return Buffer.from(`platen/${FORMAT}/content\n${context}`, 'utf8')
}

function keyAad(keyId: string, context: string): Buffer {
  return Buffer.from(`platen/${FORMAT}/key/${keyId}\n${context}`, 'utf8')
}

function encrypt(key: Buffer, plaintext: Buffer, aad: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(aad)
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, sealed: Buffer, aad: Buffer, context: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    decipher.setAAD(aad)
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw new VaultError(
      'not-authentic',
      `a sealed secret does not open as ${context}: it was changed, moved, or sealed by another key`,
      { cause },
    )
  }
}

function print(keyId: string, wrapped: Buffer, content: Buffer): string {
  return `${FORMAT}.${keyId}.${Buffer.concat([wrapped, content]).toString('base64url')}`
}

function parse(sealed: string): Parts {
  const match = /^v1\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]+)$/.exec(sealed)
  const [, keyId, text] = match ?? []
  if (keyId === undefined || text === undefined)
    throw new VaultError('malformed', 'this is not a sealed secret of a known format')
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < SHORTEST_BYTES) throw new VaultError('malformed', 'a sealed secret is cut short')
  return { keyId, wrapped: bytes.subarray(0, WRAPPED_BYTES), content: bytes.subarray(WRAPPED_BYTES) }
}
