import type { Vault } from '@platen/kit/secrets'
import type { Db } from '@platen/kit/sql'
import type { AccessClaims } from './access-claims.ts'
import type { MailLater } from './mails/index.ts'
import type { AccessRules, PrincipalCache } from './principal.ts'
import type { SignInThrottle } from './sign-in-throttle.ts'

/** What the flows of one identity share. */
export interface IdentityParts {
  db: Db
  rules: AccessRules
  principals: PrincipalCache
  throttle: SignInThrottle
  /** Counts wrong codes of a second factor: fewer are allowed than wrong passwords, because a code is short. */
  codeThrottle: SignInThrottle
  /** Counts what sends mail to somebody who may not have asked for it. */
  mailThrottle: SignInThrottle
  /** Absent where nothing sends mail. */
  mailLater: MailLater | undefined
  /** To be called after a commit that handed a mail over. */
  afterCommit(): void
  vault: Vault
  /** Origin that issues tokens and that links in mails lead to. */
  issuer: string
  /** The clock of what depends on the time of day. */
  now(): number
}

/** A session that a flow opened or prolonged, before its access token is signed. */
export interface OpenedSession extends AccessClaims {
  refreshToken: string
  passwordMissing: boolean
}
