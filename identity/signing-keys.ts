import { randomUUID, type JsonWebKey } from 'node:crypto'
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import { Secret, type Vault } from '@platen/kit/secrets'
import { maybe, rows, sql, type Db } from '@platen/kit/sql'

export const signingAlgorithm = 'RS256'
/** A process looks for a rotated key at most this often when it meets a kid it does not know. */
const unknownKeyPauseMs = 5_000

interface KeyRow {
  kid: string
  public_jwk: JWK
  sealed_private_key: string
}

export interface Signer {
  kid: string
  key: CryptoKey
}

/** The key that signs now; makes the first one when the table is empty. */
export async function loadSigner(db: Db, vault: Vault): Promise<Signer> {
  const { kid, sealed_private_key } = (await currentKey(db)) ?? (await createKey(db, vault))
  const privateJwk = JSON.parse(vault.open(sealed_private_key, sealContext(kid)).expose()) as JWK // written by createKey
  return { kid, key: await importKey(privateJwk) }
}

/**
 * Public keys by `kid`, which only ever indexes this map. An unknown one makes the whole table be read again, at most every
 * 5 seconds, so that tokens with invented kids neither cost a query each nor hide a key that another process has just made.
 */
export function createVerifierCache(db: Db): (kid: string | undefined) => Promise<CryptoKey | undefined> {
  const verifiers = new Map<string, CryptoKey>()
  let reloaded: { at: number; done: Promise<void> } | undefined

  const reload = async (): Promise<void> => {
    const found = await rows(
      db,
      sql<Pick<KeyRow, 'kid' | 'public_jwk'>>`SELECT kid, public_jwk FROM identity.signing_keys`,
    )
    for (const row of found) if (!verifiers.has(row.kid)) verifiers.set(row.kid, await importKey(row.public_jwk))
  }
  return async (kid) => {
    if (typeof kid !== 'string') return undefined
    const known = verifiers.get(kid)
    if (known !== undefined) return known
    const isRecent = reloaded !== undefined && performance.now() - reloaded.at < unknownKeyPauseMs
    if (!isRecent || verifiers.size === 0) {
      const done = reload()
      done.catch(() => (reloaded = undefined))
      reloaded = { at: performance.now(), done }
    }
    await reloaded?.done
    return verifiers.get(kid)
  }
}

const sealContext = (kid: string): string => `identity.signing_keys/${kid}`

const currentKey = (db: Db): Promise<KeyRow | undefined> =>
  maybe(db, sql<KeyRow>`SELECT kid, public_jwk, sealed_private_key FROM identity.signing_keys WHERE retired_at IS NULL`)

async function createKey(db: Db, vault: Vault): Promise<KeyRow> {
  const { kid, publicJwk, privateJwk } = await takeSpareKey()
  const sealed = vault.seal(new Secret(JSON.stringify(privateJwk)), sealContext(kid))
  // Another process may make the first key at the same moment: one row wins, and both use that one.
  await sql`INSERT INTO identity.signing_keys (kid, public_jwk, sealed_private_key)
    VALUES (${kid}, ${JSON.stringify(publicJwk)}::jsonb, ${sealed}) ON CONFLICT DO NOTHING`.execute(db)
  const current = await currentKey(db)
  if (current === undefined) throw new Error('there is no signing key although one was just made')
  return current
}

interface SpareKey {
  kid: string
  publicJwk: JsonWebKey
  privateJwk: JWK
}

let spare: Promise<SpareKey> | undefined

/** Making an RSA key takes 50 to 500 ms, so a process may keep one ready before anybody waits for it. */
export function prepareSpareSigningKey(): void {
  spare ??= generateSigningKey()
  spare.catch(() => undefined)
}

async function takeSpareKey(): Promise<SpareKey> {
  const taken = spare ?? generateSigningKey()
  spare = undefined
  return taken
}

async function generateSigningKey(): Promise<SpareKey> {
  const { publicKey, privateKey } = await generateKeyPair(signingAlgorithm, { modulusLength: 2048, extractable: true })
  const publicJwk = (await exportJWK(publicKey)) as JsonWebKey // jose and node name the same structure differently
  return { kid: randomUUID(), publicJwk, privateJwk: await exportJWK(privateKey) }
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, signingAlgorithm)
  if (key instanceof Uint8Array) throw new Error('an RSA key was expected')
  return key
}
