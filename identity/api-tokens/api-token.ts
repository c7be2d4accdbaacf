import { randomBytes } from 'node:crypto'
import { hashToken, newToken } from '../sessions.ts'

const prefixBytes = 6

/** A new token as a program sends it: `platen_<prefix>_<secret>`. The prefix finds it and may be shown; the secret has 256 bits. */
export function newApiToken(): { token: string; prefix: string; tokenHash: Buffer } {
  const prefix = randomBytes(prefixBytes).toString('hex')
  const token = `platen_${prefix}_${newToken()}`
  return { token, prefix, tokenHash: hashToken(token) }
}

/** The prefix of a text that has the form of a token; undefined for anything else, such as an access token. */
export const prefixOf = (text: string): string | undefined => /^platen_([0-9a-f]{12})_[\w-]{43}$/.exec(text)?.[1]

/** Scopes as far as their user may do that now. A user who may do everything holds each of them. */
export const effectiveScopes = (scopes: readonly string[], held: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(scopes.filter((scope) => held.has('*') || held.has(scope)))
