import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import type { Vault } from '../secrets/index.ts'

const KEY_BYTES = 32

export interface SealedDataKey {
  /** For `sealStream` and `openStream`. Prints nothing of itself. */
  key: KeyObject
  /** What to keep (a row, a manifest): the vault's text, which opens only with the master key and the same context. */
  sealed: string
}

/** A fresh 32 byte key, wrapped by the vault. `context` says whose key it is. Destroying `sealed` destroys all it sealed. */
export function newDataKey(vault: Vault, context: string): SealedDataKey {
  const bytes = randomBytes(KEY_BYTES)
  const sealed = vault.seal(bytes, context)
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return { key, sealed }
}

/** @throws VaultError for a wrong master key, context or text; RangeError for what is not a data key. */
export function openDataKey(vault: Vault, sealed: string, context: string): KeyObject {
  const bytes = vault.openBytes(sealed, context)
  if (bytes.length !== KEY_BYTES) throw new RangeError(`${context} holds no data key: ${bytes.length} bytes`)
  return createSecretKey(bytes)
}
