import { importJWK, type CryptoKey, type JWK } from 'jose'
import type { Vault } from '@platen/kit/secrets'
import type { Db, Tx } from '@platen/kit/sql'
import { signingAlgorithm, type PublicJwk } from './new-key.ts'
import { makeFirstKey, readKeys, sealContext, type KeyRow, type KeyTiming } from './signing-key-store.ts'

export interface Signer {
  kid: string
  key: CryptoKey
}

/** The signing keys as one process sees them, at most 5 seconds old. */
export interface KeyRing {
  /** The key that signs now. The first use of an empty table makes the first key. */
  signer(tx?: Tx): Promise<Signer>
  /** By `kid`, which only ever indexes our own keys. Invented ones cost no query of their own. */
  verifier(kid: string | undefined): Promise<CryptoKey | undefined>
  /** Public halves, as a JSON Web Key Set has them. */
  published(): Promise<PublishedKey[]>
}

/** A public key as a JSON Web Key Set has it. */
export interface PublishedKey extends PublicJwk {
  kid: string
  alg: string
  use: string
}

interface Reading {
  at: number
  keys: Promise<KeyRow[]>
}

export function createKeyRing(db: Db, vault: Vault, timing: KeyTiming): KeyRing {
  const verifiers = new Map<string, Promise<CryptoKey>>()
  let signing: { kid: string; signer: Promise<Signer> } | undefined
  let reading: Reading | undefined

  const isFresh = (kept: Reading): boolean => performance.now() - kept.at < timing.readEveryMs
  const read = (): Promise<KeyRow[]> => {
    if (reading !== undefined && isFresh(reading)) return reading.keys
    const mine: Reading = { at: performance.now(), keys: readKeys(db, timing) }
    reading = mine
    const forget = (): void => void (reading === mine && (reading = undefined))
    // An empty table is asked again at once: another process may have made the first key since.
    mine.keys.then((keys) => keys.length === 0 && forget(), forget)
    return mine.keys
  }
  const signerOf = (row: KeyRow): Promise<Signer> => {
    if (signing?.kid !== row.kid) {
      signing = { kid: row.kid, signer: unseal(vault, row) }
      signing.signer.catch(() => (signing = undefined))
    }
    return signing.signer
  }

  return {
    async signer(tx) {
      if (tx !== undefined && (reading === undefined || !isFresh(reading))) {
        // What the caller's transaction reads may be a key that is gone when it rolls back, so nothing of it is kept.
        return unseal(vault, await firstOf(tx, vault, () => readKeys(tx, timing)))
      }
      return signerOf(await firstOf(db, vault, read))
    },
    async verifier(kid) {
      if (typeof kid !== 'string') return undefined
      const row = (await read()).find((key) => key.kid === kid)
      if (row === undefined) return undefined
      const known = verifiers.get(kid) ?? importKey(row.publicJwk)
      verifiers.set(kid, known)
      return known
    },
    published: async () =>
      (await read()).map(({ kid, publicJwk: { kty, n, e } }) => ({
        kty,
        n,
        e,
        kid,
        alg: signingAlgorithm,
        use: 'sig',
      })),
  }
}

async function firstOf(db: Db, vault: Vault, keys: () => Promise<KeyRow[]>): Promise<KeyRow> {
  const [first] = await keys()
  if (first !== undefined) return first
  await makeFirstKey(db, vault)
  const [made] = await keys()
  if (made === undefined) throw new Error('there is no signing key although one was just made')
  return made
}

async function unseal(vault: Vault, { kid, sealedPrivateKey }: KeyRow): Promise<Signer> {
  const privateJwk = JSON.parse(vault.open(sealedPrivateKey, sealContext(kid)).expose()) as JWK // written by insertKey
  return { kid, key: await importKey(privateJwk) }
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, signingAlgorithm)
  if (key instanceof Uint8Array) throw new Error('an RSA key was expected')
  return key
}
