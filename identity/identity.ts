import type { Vault } from '@platen/kit/secrets'
import type { Db, Tx } from '@platen/kit/sql'
import { accessTokenSeconds, createTokenKeys, type TokenKeys } from './access-tokens.ts'
import { changePassword, type PasswordChange } from './change-password.ts'
import type { IdentityParts, OpenedSession } from './identity-parts.ts'
import { createPrincipalCache, type Principal, type RoleTable } from './principal.ts'
import { createRefusalRecorder, type RefusalRecorder } from './refusals.ts'
import { endSession, openByPassword, openByTicket, prolongSession } from './session-flows.ts'
import { openSession, type Visitor } from './sessions.ts'
import type { MailLater } from './mails.ts'
import { identityPermissions } from './permissions.ts'
import { createSignInThrottle } from './sign-in-throttle.ts'

export interface IssuedSession {
  accessToken: string
  expiresInSeconds: number
  refreshToken: string
  passwordMissing: boolean
}

/** Signing in and staying so, for one database. Refusals are the problems of problems.ts. */
export interface Identity {
  signIn(credentials: { email: string; password: string }, visitor: Visitor): Promise<IssuedSession>
  refresh(refreshToken: string, visitor: Visitor): Promise<IssuedSession>
  signOut(refreshToken: string, visitor: Visitor): Promise<void>
  redeem(ticket: string, visitor: Visitor): Promise<IssuedSession>
  /** Opens a session inside the caller's transaction, for an account that was just made. */
  openFirstSession(tx: Tx, account: { accountId: string; tenantId: string }, visitor: Visitor): Promise<IssuedSession>
  /** Who holds this access token; undefined when it is not ours, expired or revoked. */
  authenticate(accessToken: string): Promise<Principal | undefined>
  changePassword(principal: Principal, change: PasswordChange, visitor: Visitor): Promise<void>
  /** Audits that somebody was refused what they may not do, at most once a minute for each permission. */
  recordRefusal: RefusalRecorder
}

export interface IdentityOptions {
  db: Db
  vault: Vault
  /** `iss` of the access tokens: the origin that issues them. */
  issuer: string
  /** `aud`: this manager or this site; a token for one is refused by the other. */
  audience: string
  /** The system's roles of this place. */
  roles: RoleTable
  /** Every permission of this place, beside those of identity itself. */
  permissions: readonly string[]
  /** Absent where nothing sends mail yet. */
  mailLater?: MailLater
  /** Called after a commit that appended events or queued mails, so that they go at once. */
  afterCommit?: () => void
  /** Absent where tenants are never shut out (a site is: by its state). */
  isTenantOpen?: (tenantId: string) => Promise<boolean>
}

export function createIdentity(options: IdentityOptions): Identity {
  const { db, roles, permissions, isTenantOpen = async () => true } = options
  const rules = { roles, isTenantOpen, permissions: [...permissions, ...identityPermissions] }
  const keys = createTokenKeys(options)
  const parts: IdentityParts = {
    db,
    rules,
    principals: createPrincipalCache(db, rules),
    throttle: createSignInThrottle(),
  }
  return {
    signIn: async (credentials, visitor) => issue(keys, await openByPassword(parts, credentials, visitor)),
    refresh: async (token, visitor) => issue(keys, await prolongSession(parts, token, visitor)),
    signOut: (token, visitor) => endSession(parts, token, visitor),
    redeem: async (ticket, visitor) => issue(keys, await openByTicket(parts, ticket, visitor)),
    async openFirstSession(tx, { accountId, tenantId }, visitor) {
      const session = await openSession(tx, { accountId, tenantId, method: 'setup', visitor })
      return issue(keys, { accountId, tenantId, ...session, passwordMissing: false }, tx)
    },
    async authenticate(accessToken) {
      const claims = await keys.verify(accessToken)
      if (claims === undefined) return undefined
      const principal = await parts.principals.find(claims)
      return principal?.tenantId === claims.tenantId && principal.accountId === claims.accountId ? principal : undefined
    },
    recordRefusal: createRefusalRecorder(db),
    changePassword: (principal, change, visitor) => changePassword(parts, principal, change, visitor),
  }
}

async function issue(keys: TokenKeys, opened: OpenedSession, tx?: Tx): Promise<IssuedSession> {
  const { accountId, tenantId, sessionId, refreshToken, passwordMissing } = opened
  const accessToken = await keys.sign({ accountId, tenantId, sessionId }, tx)
  return { accessToken, expiresInSeconds: accessTokenSeconds, refreshToken, passwordMissing }
}
