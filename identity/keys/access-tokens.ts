import { randomUUID } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Db, Tx } from '@platen/kit/sql'
import type { Vault } from '@platen/kit/secrets'
import type { AccessClaims } from '../access-claims.ts'
import { createKeyRing, type KeyRing, type PublishedKey } from './key-ring.ts'
import { signingAlgorithm as algorithm } from './new-key.ts'
import type { KeyTiming } from './signing-key-store.ts'
import { rememberVerified, type VerifiedToken } from './verified-tokens.ts'

/** Decision 9: an access token lives 15 minutes. */
export const accessTokenSeconds = 15 * 60
/** RFC 8725 3.11 and RFC 9068: explicit typing keeps other tokens of the same issuer out. */
const tokenType = 'at+jwt'
/** Clocks of two machines differ a little (RFC 8725 asks for at most 30 seconds). */
const toleranceSeconds = 5

export interface TokenKeys {
  /** `tx` where the caller is inside a transaction: one that waited for a second connection of its own pool could wait for ever. */
  sign(claims: AccessClaims, tx?: Tx): Promise<string>
  /** The claims, or undefined for anything that this issuer did not sign for this audience. A lost database throws. */
  verify(token: string): Promise<AccessClaims | undefined>
  /** The public keys that verify now. */
  published(): Promise<PublishedKey[]>
}

interface TokenKeysOptions {
  db: Db
  vault: Vault
  /** `iss` of the tokens. */
  issuer: string
  /** `aud` of the tokens. */
  audience: string
  timing?: KeyTiming
}

const readEveryMs = 5_000
const leadSeconds = 30
/** A replaced key signs on until every process has noticed, and the last of its tokens is then still to live. */
const overlapSeconds = leadSeconds + readEveryMs / 1000 + accessTokenSeconds + toleranceSeconds + 10
const usualTiming: KeyTiming = { readEveryMs, leadSeconds, overlapSeconds }

/** RS256 keys kept in identity.signing_keys, private halves sealed. The first use of an empty table makes the first key. */
export function createTokenKeys({ db, vault, issuer, audience, timing = usualTiming }: TokenKeysOptions): TokenKeys {
  const ring = createKeyRing(db, vault, timing)
  return {
    published: () => ring.published(),
    async sign({ accountId, tenantId, sessionId }, tx) {
      const { kid, key } = await ring.signer(tx)
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
    verify: rememberVerified((token) => verifyToken(ring, token, { issuer, audience }), timing.readEveryMs),
  }
}

async function verifyToken(
  ring: KeyRing,
  token: string,
  { issuer, audience }: { issuer: string; audience: string },
): Promise<VerifiedToken | undefined> {
  const key = await ring.verifier(kidOf(token))
  if (key === undefined) return undefined
  const options = {
    algorithms: [algorithm],
    typ: tokenType,
    issuer,
    audience,
    clockTolerance: toleranceSeconds,
    requiredClaims: ['exp', 'iat', 'sub', 'sid', 'tid'],
  }
  // Whatever jose has against it, the answer is the same.
  const result = await jwtVerify(token, key, options).catch(() => undefined)
  const claims = claimsSchema.safeParse(result?.payload)
  if (!claims.success) return undefined
  const { sub: accountId, sid: sessionId, tid: tenantId, exp } = claims.data
  return { claims: { accountId, sessionId, tenantId }, expiresAtMs: exp * 1000 }
}

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid(), tid: z.uuid(), exp: z.number() })

function kidOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    return undefined
  }
}
