import type { IdempotencyKeys } from '@platen/kit/http'
import type { Vault } from '@platen/kit/secrets'
import type { Db, Tx } from '@platen/kit/sql'
import { createApiTokens, type ApiTokens } from './api-tokens/index.ts'
import { changePassword, type PasswordChange } from './change-password.ts'
import type { IdentityParts, IssuedSession, OpenedSession, Place } from './identity-parts.ts'
import {
  accessTokenSeconds,
  createSigningKeys,
  createTokenKeys,
  type SigningKeys,
  type TokenKeys,
} from './keys/index.ts'
import { createLinks, type Links } from './links/index.ts'
import { listMemberships, moveSession, type Membership } from './memberships.ts'
import { createPrincipalCache, type Principal, type RoleTable } from './principal.ts'
import { createRefusalRecorder, type RefusalRecorder } from './refusals.ts'
import { endSession, openByPassword, type Credentials, openByTicket, prolongSession } from './session-flows.ts'
import { openSession, type Visitor } from './sessions.ts'
import type { MailLater } from './mails/index.ts'
import { identityPermissions } from './permissions.ts'
import { createOwnSessions, type OwnSessions } from './sessions/index.ts'
import { createSecondFactor, type SecondFactor } from './second-factor/index.ts'
import { codeLimits, createSignInThrottle, mailLimits } from './sign-in-throttle.ts'

export type AccessToken = Pick<IssuedSession, 'accessToken' | 'expiresInSeconds'>

/** Signing in and staying so, for one database. Refusals are the problems of problems.ts. */
export interface Identity {
  /** For the routes of identity itself. */
  readonly parts: IdentityParts
  signIn(credentials: Credentials, visitor: Visitor): Promise<IssuedSession>
  refresh(refreshToken: string, visitor: Visitor): Promise<IssuedSession>
  signOut(refreshToken: string, visitor: Visitor): Promise<void>
  redeem(ticket: string, visitor: Visitor): Promise<IssuedSession>
  /** Opens a session inside the caller's transaction, for an account that was just made. */
  openFirstSession(tx: Tx, account: { accountId: string; tenantId: string }, visitor: Visitor): Promise<IssuedSession>
  /** Who holds this access token or API token; undefined when it is not ours, expired or revoked. */
  authenticate(token: string, visitor?: Pick<Visitor, 'ip'>): Promise<Principal | undefined>
  changePassword(principal: Principal, change: PasswordChange, visitor: Visitor): Promise<void>
  /** Audits that somebody was refused what they may not do, at most once a minute for each permission. */
  recordRefusal: RefusalRecorder
  secondFactor: SecondFactor
  sessions: OwnSessions
  apiTokens: ApiTokens
  links: Links
  keys: SigningKeys
  /** The tenants that an account is a user of, whether they are open or not. */
  memberships(accountId: string): Promise<Membership[]>
  /** Goes on in another tenant; undefined where the account may not enter it. */
  switchTenant(principal: Principal, tenantId: string, visitor: Visitor): Promise<AccessToken | undefined>
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
  /** Where the place remembers what it answered to requests with an Idempotency-Key. */
  idempotencyKeys: IdempotencyKeys
  /** What identity asks of where it lives. */
  place?: Partial<Place>
  /** Absent where nothing sends mail yet. */
  mailLater?: MailLater
  /** Called after a commit that appended events or queued mails, so that they go at once. */
  afterCommit?: () => void
  /** Absent where tenants are never shut out (a site is: by its state). */
  isTenantOpen?: (tenantId: string) => Promise<boolean>
  /** The clock of second factors; default that of the machine. */
  now?: () => number
}

export function createIdentity(options: IdentityOptions): Identity {
  const { db, vault, issuer, roles, permissions, isTenantOpen = async () => true, now = Date.now } = options
  const rules = { roles, isTenantOpen, permissions: [...permissions, ...identityPermissions] }
  const keys = createTokenKeys(options)
  const parts: IdentityParts = {
    db,
    vault,
    rules,
    place: { nameOf: async () => new URL(options.issuer).host, maxUsers: async () => undefined, ...options.place },
    principals: createPrincipalCache(db, rules),
    throttle: createSignInThrottle(),
    codeThrottle: createSignInThrottle(undefined, undefined, codeLimits),
    mailThrottle: createSignInThrottle(undefined, new Map(), mailLimits),
    idempotencyKeys: options.idempotencyKeys,
    mailLater: options.mailLater ?? (async () => undefined),
    afterCommit: options.afterCommit ?? (() => undefined),
    issuer,
    now,
    issue: (opened) => issue(keys, opened),
  }
  const apiTokens = createApiTokens(parts)
  return {
    parts,
    signIn: async (credentials, visitor) => issue(keys, await openByPassword(parts, credentials, visitor)),
    refresh: async (token, visitor) => issue(keys, await prolongSession(parts, token, visitor)),
    signOut: (token, visitor) => endSession(parts, token, visitor),
    redeem: async (ticket, visitor) => issue(keys, await openByTicket(parts, ticket, visitor)),
    async openFirstSession(tx, { accountId, tenantId }, visitor) {
      const session = await openSession(tx, { accountId, tenantId, method: 'setup', visitor })
      return issue(keys, { accountId, tenantId, ...session, passwordMissing: false }, tx)
    },
    async authenticate(token, visitor = { ip: null }) {
      if (token.startsWith('platen_')) return apiTokens.authenticate(token, visitor)
      const claims = await keys.verify(token)
      if (claims === undefined) return undefined
      const principal = await parts.principals.find(claims)
      return principal?.tenantId === claims.tenantId && principal.accountId === claims.accountId ? principal : undefined
    },
    recordRefusal: createRefusalRecorder(db),
    changePassword: (principal, change, visitor) => changePassword(parts, principal, change, visitor),
    secondFactor: createSecondFactor(parts),
    sessions: createOwnSessions(parts),
    apiTokens,
    links: createLinks(parts),
    keys: createSigningKeys(parts, keys),
    memberships: (accountId) => listMemberships(db, accountId),
    async switchTenant(principal, tenantId, visitor) {
      const claims = await moveSession(parts, principal, tenantId, visitor)
      return claims && { accessToken: await keys.sign(claims), expiresInSeconds: accessTokenSeconds }
    },
  }
}

async function issue(keys: TokenKeys, opened: OpenedSession, tx?: Tx): Promise<IssuedSession> {
  const { accountId, tenantId, sessionId, refreshToken, passwordMissing } = opened
  const accessToken = await keys.sign({ accountId, tenantId, sessionId }, tx)
  return { accessToken, expiresInSeconds: accessTokenSeconds, refreshToken, passwordMissing }
}
