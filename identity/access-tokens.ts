import { randomUUID } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Db, Tx } from '@platen/kit/sql'
import type { Vault } from '@platen/kit/secrets'
import { createVerifierCache, loadSigner, signingAlgorithm as algorithm, type Signer } from './signing-keys.ts'

/** Decision 9: an access token lives 15 minutes. */
export const accessTokenSeconds = 15 * 60
/** RFC 8725 3.11 and RFC 9068: explicit typing keeps other tokens of the same issuer out. */
const tokenType = 'at+jwt'

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

/** RS256 keys kept in identity.signing_keys, private halves sealed. The first use of an empty table makes the first key. */
export function createTokenKeys({ db, vault, issuer, audience }: TokenKeysOptions): TokenKeys {
  const verifierOf = createVerifierCache(db)
  let signer: Promise<Signer> | undefined

  const ownSigner = (): Promise<Signer> => {
    signer ??= loadSigner(db, vault).catch((cause: unknown) => {
      signer = undefined
      throw cause
    })
    return signer
  }

  return {
    async sign({ accountId, tenantId, sessionId }, tx) {
      // A key made in the caller's transaction is gone when that rolls back, so it is not kept.
      const { kid, key } = await (signer ?? (tx === undefined ? ownSigner() : loadSigner(tx, vault)))
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
