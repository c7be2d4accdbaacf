import { randomUUID, type JsonWebKey } from 'node:crypto'
import { exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose'
import { maybe, one, sql, violates, type Db } from '@platen/kit/sql'
import { Secret, type Vault } from '@platen/kit/secrets'

/** Decision 9: an access token lives 15 minutes. */
export const accessTokenSeconds = 15 * 60
const algorithm = 'RS256'
/** RFC 8725 3.11 and RFC 9068: explicit typing keeps other tokens of the same issuer out. */
const tokenType = 'at+jwt'
/** A process looks for a rotated key at most this often when it meets a kid it does not know. */
const unknownKeyPauseMs = 5_000

export interface AccessClaims {
  accountId: string
  tenantId: string
  sessionId: string
}

export interface TokenKeys {
  sign(claims: AccessClaims): Promise<string>
  /** The claims, or undefined for anything that this issuer did not sign for this audience. */
  verify(token: string): Promise<AccessClaims | undefined>
}

interface TokenKeysOptions {
  db: Db
  vault: Vault
  issuer: string
  audience: string
}

interface KeyRow {
  kid: string
  public_jwk: JWK
  sealed_private_key: string
  retired_at: Date | null
}

/** RS256 keys kept in identity.signing_keys, private halves sealed. The first use of an empty table makes the first key. */
export function createTokenKeys({ db, vault, issuer, audience }: TokenKeysOptions): TokenKeys {
  const verifiers = new Map<string, CryptoKey>()
  let signer: Promise<{ kid: string; key: CryptoKey }> | undefined
  let lookedForUnknownAt = 0

  const loadSigner = async (): Promise<{ kid: string; key: CryptoKey }> => {
    const row = (await currentKey(db)) ?? (await createKey(db, vault))
    return { kid: row.kid, key: await importKey(JSON.parse(vault.open(row.sealed_private_key, sealContext(row.kid)).expose()) as JWK) }
  }

  const verifier = async (kid: string): Promise<CryptoKey | undefined> => {
    const known = verifiers.get(kid)
    if (known !== undefined) return known
    if (Date.now() - lookedForUnknownAt < unknownKeyPauseMs && verifiers.size > 0) return undefined
    lookedForUnknownAt = Date.now()
    const row = await maybe(db, sql<KeyRow>`SELECT * FROM identity.signing_keys WHERE kid = ${kid}`)
    if (row === undefined) return undefined
    const key = await importKey(row.public_jwk)
    verifiers.set(kid, key)
    return key
  }

  return {
    async sign({ accountId, tenantId, sessionId }) {
      signer ??= loadSigner().catch((cause: unknown) => {
        signer = undefined
        throw cause
      })
      const { kid, key } = await signer
      return new SignJWT({ sid: sessionId, tid: tenantId })
        .setProtectedHeader({ alg: algorithm, typ: tokenType, kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(accountId)
        .setIssuedAt()
        .setExpirationTime(`${accessTokenSeconds}s`)
        .setJti(randomUUID())
        .sign(key)
    },
    async verify(token) {
      const keyOf = async ({ kid }: { kid?: string }): Promise<CryptoKey> => {
        const key = kid === undefined ? undefined : await verifier(kid)
        if (key === undefined) throw new Error('no such key')
        return key
      }
      const options = { algorithms: [algorithm], typ: tokenType, issuer, audience, clockTolerance: 5 }
      const result = await jwtVerify(token, keyOf, options).catch(() => undefined)
      if (result === undefined) return undefined
      const { sub, sid, tid } = result.payload
      if (typeof sub !== 'string' || typeof sid !== 'string' || typeof tid !== 'string') return undefined
      return { accountId: sub, sessionId: sid, tenantId: tid }
    },
  }
}

const sealContext = (kid: string): string => `identity.signing_keys/${kid}`

const currentKey = (db: Db): Promise<KeyRow | undefined> =>
  maybe(db, sql<KeyRow>`SELECT * FROM identity.signing_keys WHERE retired_at IS NULL`)

async function createKey(db: Db, vault: Vault): Promise<KeyRow> {
  const { kid, publicJwk, privateJwk } = await takeSpareKey()
  const sealed = vault.seal(new Secret(JSON.stringify(privateJwk)), sealContext(kid))
  try {
    return await one(
      db,
      sql<KeyRow>`INSERT INTO identity.signing_keys (kid, public_jwk, sealed_private_key)
        VALUES (${kid}, ${JSON.stringify(publicJwk)}::jsonb, ${sealed}) RETURNING *`,
    )
  } catch (error) {
    // Another process made the first key at the same moment: use that one.
    if (!violates(error, 'signing_keys_one_current')) throw error
    return one(db, sql<KeyRow>`SELECT * FROM identity.signing_keys WHERE retired_at IS NULL`)
  }
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
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { modulusLength: 2048, extractable: true })
  const publicJwk = (await exportJWK(publicKey)) as JsonWebKey // jose and node name the same structure differently
  return { kid: randomUUID(), publicJwk, privateJwk: await exportJWK(privateKey) }
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm)
  if (key instanceof Uint8Array) throw new Error('an RSA key was expected')
  return key
}
