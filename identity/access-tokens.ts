import { randomUUID, type JsonWebKey } from 'node:crypto'
import {
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type CryptoKey,
  type JWK,
} from 'jose'
import { z } from 'zod'
import { maybe, rows, sql, type Db, type Tx } from '@platen/kit/sql'
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
  /** `tx` where the caller is inside a transaction: one that waited for a second connection of its own pool could wait for ever. */
  sign(claims: AccessClaims, tx?: Tx): Promise<string>
  /** The claims, or undefined for anything that this issuer did not sign for this audience. A lost database throws. */
  verify(token: string): Promise<AccessClaims | undefined>
}

interface TokenKeysOptions {
  db: Db
  vault: Vault
  /** `iss` of the tokens. */
  issuer: string
  /** `aud` of the tokens. */
  audience: string
}

interface KeyRow {
  kid: string
  public_jwk: JWK
  sealed_private_key: string
}

interface Signer {
  kid: string
  key: CryptoKey
}

/** RS256 keys kept in identity.signing_keys, private halves sealed. The first use of an empty table makes the first key. */
export function createTokenKeys({ db, vault, issuer, audience }: TokenKeysOptions): TokenKeys {
  const verifierOf = createVerifierCache(db)
  let signer: Promise<Signer> | undefined

  const loadSigner = async (on: Db): Promise<Signer> => {
    const { kid, sealed_private_key } = (await currentKey(on)) ?? (await createKey(on, vault))
    const privateJwk = JSON.parse(vault.open(sealed_private_key, sealContext(kid)).expose()) as JWK // written by createKey
    return { kid, key: await importKey(privateJwk) }
  }
  const ownSigner = (): Promise<Signer> => {
    signer ??= loadSigner(db).catch((cause: unknown) => {
      signer = undefined
      throw cause
    })
    return signer
  }

  return {
    async sign({ accountId, tenantId, sessionId }, tx) {
      // A key made in the caller's transaction is gone when that rolls back, so it is not kept.
      const { kid, key } = await (signer ?? (tx === undefined ? ownSigner() : loadSigner(tx)))
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
      const key = await verifierOf(kidOf(token))
      if (key === undefined) return undefined
      const options = {
        algorithms: [algorithm],
        typ: tokenType,
        issuer,
        audience,
        clockTolerance: 5,
        requiredClaims: ['exp', 'iat', 'sub', 'sid', 'tid'],
      }
      // Whatever jose has against it, the answer is the same.
      const result = await jwtVerify(token, key, options).catch(() => undefined)
      const claims = claimsSchema.safeParse(result?.payload)
      return claims.success
        ? { accountId: claims.data.sub, sessionId: claims.data.sid, tenantId: claims.data.tid }
        : undefined
    },
  }
}

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid(), tid: z.uuid() })

function kidOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    return undefined
  }
}

/**
 * Public keys by `kid`, which only ever indexes this map. An unknown one makes the whole table be read again, at most every
 * 5 seconds, so that tokens with invented kids neither cost a query each nor hide a key that another process has just made.
 */
function createVerifierCache(db: Db): (kid: string | undefined) => Promise<CryptoKey | undefined> {
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
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { modulusLength: 2048, extractable: true })
  const publicJwk = (await exportJWK(publicKey)) as JsonWebKey // jose and node name the same structure differently
  return { kid: randomUUID(), publicJwk, privateJwk: await exportJWK(privateKey) }
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm)
  if (key instanceof Uint8Array) throw new Error('an RSA key was expected')
  return key
}
