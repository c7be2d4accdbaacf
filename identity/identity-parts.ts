import type { Db } from '@platen/kit/sql'
import type { AccessClaims } from './access-tokens.ts'
import type { AccessRules, PrincipalCache } from './principal.ts'
import type { SignInThrottle } from './sign-in-throttle.ts'

/** What the flows of one identity share. */
export interface IdentityParts {
  db: Db
  rules: AccessRules
  principals: PrincipalCache
  throttle: SignInThrottle
}

/** A session that a flow opened or prolonged, before its access token is signed. */
export interface OpenedSession extends AccessClaims {
  refreshToken: string
  passwordMissing: boolean
}
