import type { IdempotencyKeys } from '@platen/kit/http'
import type { Vault } from '@platen/kit/secrets'
import type { Db, Tx } from '@platen/kit/sql'
import type { AccessClaims } from './access-claims.ts'
import type { MailLater } from './mails/index.ts'
import type { AccessRules, PrincipalCache } from './principal.ts'
import type { SignInThrottle } from './sign-in-throttle.ts'

/** What the flows and routes of one identity share. */
export interface IdentityParts {
  db: Db
  vault: Vault
  rules: AccessRules
  place: Place
  principals: PrincipalCache
  throttle: SignInThrottle
  /** Counts wrong codes of a second factor: fewer are allowed than wrong passwords, because a code is short. */
  codeThrottle: SignInThrottle
  /** Counts what sends mail to somebody who may not have asked for it. */
  mailThrottle: SignInThrottle
  mailLater: MailLater
  idempotencyKeys: IdempotencyKeys
  /** To be called after a commit that appended events or handed a mail over. */
  afterCommit(): void
  /** Origin that issues tokens and that links in mails lead to. */
  issuer: string
  /** The clock of what depends on the time of day. */
  now(): number
  /** Signs the access token of a session that a flow opened. */
  issue(opened: OpenedSession): Promise<IssuedSession>
}

/** What identity asks of where it lives, in a transaction of the tenant. */
export interface Place {
  /** What people call the organisation or the site. */
  nameOf(tx: Tx, tenantId: string): Promise<string>
  /** How many users the plan allows, invited ones included; undefined where nobody counts. */
  maxUsers(tx: Tx): Promise<number | undefined>
}

/** A session that a flow opened or prolonged, before its access token is signed. */
export interface OpenedSession extends AccessClaims {
  refreshToken: string
  passwordMissing: boolean
}

/** What is handed to whoever signed in. */
export interface IssuedSession {
  accessToken: string
  expiresInSeconds: number
  refreshToken: string
  passwordMissing: boolean
}
