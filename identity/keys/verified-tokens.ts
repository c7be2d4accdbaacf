import type { AccessClaims } from '../access-claims.ts'

export interface VerifiedToken {
  claims: AccessClaims
  /** `exp`, in milliseconds since 1970. */
  expiresAtMs: number
}

const maximumKept = 5_000

/**
 * Verifies a token once in a while instead of with every request: a signature costs more than the rest of a small read. Kept as long as
 * keys are kept that nobody has read again, so a key that was taken away is out as fast as before; never past the end of the token.
 * Only what was verified is kept.
 */
export function rememberVerified(
  verify: (token: string) => Promise<VerifiedToken | undefined>,
  keptMs: number,
): (token: string) => Promise<AccessClaims | undefined> {
  const kept = new Map<string, { claims: AccessClaims; until: number }>()
  return async (token) => {
    const known = kept.get(token)
    if (known !== undefined && performance.now() < known.until) return known.claims
    kept.delete(token)
    const verified = await verify(token)
    if (verified === undefined) return undefined
    if (kept.size >= maximumKept) kept.clear()
    const livesMs = Math.min(keptMs, verified.expiresAtMs - Date.now())
    kept.set(token, { claims: verified.claims, until: performance.now() + livesMs })
    return verified.claims
  }
}
