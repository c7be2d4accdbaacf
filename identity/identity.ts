import { maybe, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import type { Vault } from '@platen/kit/secrets'
import { accessTokenSeconds, createTokenKeys, type AccessClaims } from './access-tokens.ts'
import { findAccountByEmail, foldEmail, storePasswordHash } from './accounts.ts'
import { appendAudit, type Actor } from './audit.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import { identityProblems } from './problems.ts'
import {
  findSessionByToken,
  openSession,
  revokeOtherSessions,
  revokeSession,
  rotateRefreshToken,
  type SessionMethod,
  type Visitor,
} from './sessions.ts'
import { createSignInThrottle } from './sign-in-throttle.ts'
import { redeemTicket } from './tickets.ts'

/** Decision 9: revocation takes effect within 5 seconds on every process. */
const principalCacheMs = 5_000
const principalCacheSize = 5_000

/** Role name -> permissions it gives; `*` gives all. */
export type RoleTable = Readonly<Record<string, readonly string[]>>

/** Who is asking, with what rights, in which tenant (in a site: the site). */
export interface Principal {
  accountId: string
  userId: string
  tenantId: string
  sessionId: string
  email: string
  name: string
  role: string
  operator: boolean
  /** True while the account has no password yet: it came in by a ticket and may set one without the current one. */
  passwordMissing: boolean
  method: SessionMethod
  permissions: ReadonlySet<string>
}

export interface IssuedSession {
  accessToken: string
  expiresInSeconds: number
  refreshToken: string
  passwordMissing: boolean
}

export interface Identity {
  signIn(credentials: { email: string; password: string }, visitor: Visitor): Promise<IssuedSession>
  refresh(refreshToken: string, visitor: Visitor): Promise<IssuedSession>
  signOut(refreshToken: string, visitor: Visitor): Promise<void>
  redeem(ticket: string, visitor: Visitor): Promise<IssuedSession>
  /** Opens a session inside the caller's transaction, for an account that was just made. */
  openFirstSession(tx: Tx, account: { accountId: string; tenantId: string }, visitor: Visitor): Promise<IssuedSession>
  /** Who holds this access token; undefined when it is not ours, expired or revoked. */
  authenticate(accessToken: string): Promise<Principal | undefined>
  changePassword(principal: Principal, change: { currentPassword?: string | undefined; newPassword: string }, visitor: Visitor): Promise<void>
}

export interface IdentityOptions {
  db: Db
  vault: Vault
  /** `iss` of the access tokens: the origin that issues them. */
  issuer: string
  /** `aud`: this manager or this site; a token for one is refused by the other. */
  audience: string
  roles: RoleTable
}

export const mayDo = (principal: Principal, permission: string): boolean =>
  principal.permissions.has('*') || principal.permissions.has(permission)

/** The audit trail's name for who asks. */
export const actorOf = (principal: Principal, visitor: Visitor): Actor => ({
  id: principal.userId,
  label: principal.email,
  ip: visitor.ip,
  requestId: visitor.requestId,
})

export function createIdentity(options: IdentityOptions): Identity {
  const { db } = options
  const keys = createTokenKeys(options)
  const throttle = createSignInThrottle()
  const principals = new Map<string, { principal: Promise<Principal | undefined>; at: number }>()

  const issue = async (claims: AccessClaims, refreshToken: string, passwordMissing: boolean): Promise<IssuedSession> => ({
    accessToken: await keys.sign(claims),
    expiresInSeconds: accessTokenSeconds,
    refreshToken,
    passwordMissing,
  })

  const findPrincipal = (claims: AccessClaims): Promise<Principal | undefined> => {
    const known = principals.get(claims.sessionId)
    if (known !== undefined && Date.now() - known.at < principalCacheMs) return known.principal
    if (principals.size >= principalCacheSize) principals.clear()
    const principal = loadPrincipal(db, claims, options.roles)
    principals.set(claims.sessionId, { principal, at: Date.now() })
    principal.catch(() => principals.delete(claims.sessionId))
    return principal
  }

  return {
    async signIn({ email, password }, visitor) {
      const folded = foldEmail(email)
      throttle.check(folded, visitor.ip)
      const account = await findAccountByEmail(db, folded)
      const matches = await verifyPassword(account?.state === 'active' ? account.passwordHash : null, password)
      const tenantId = account && matches ? await firstTenant(db, account.id) : undefined
      if (account === undefined || tenantId === undefined) {
        throttle.failed(folded, visitor.ip)
        await auditRefusal(db, folded, visitor)
        throw identityProblems.problem('credentials-wrong', 'No account matches this e-mail and password. Nothing was changed.')
      }
      throttle.succeeded(folded)
      const { sessionId, refreshToken } = await withScope(db, { tenantId }, async (tx) => {
        const session = await openSession(tx, { accountId: account.id, tenantId, method: 'password', visitor })
        await auditSession(tx, 'session.opened', { tenantId, sessionId: session.sessionId, label: folded }, visitor)
        return session
      })
      return issue({ accountId: account.id, tenantId, sessionId }, refreshToken, false)
    },

    async refresh(token, visitor) {
      const rotation = await db.transaction().execute(async (tx) => {
        const rotated = await rotateRefreshToken(tx, token)
        if (rotated.outcome === 'reused') {
          const { id, tenant_id: tenantId } = rotated.session
          await sql`SELECT set_config('app.tenant', ${tenantId}, true)`.execute(tx)
          await auditSession(tx, 'session.revoked-after-token-reuse', { tenantId, sessionId: id, label: rotated.session.account_id }, visitor)
        }
        return rotated
      })
      const principal =
        rotation.outcome === 'rotated' ? await loadPrincipal(db, claimsOf(rotation.session), options.roles) : undefined
      if (rotation.outcome !== 'rotated' || principal === undefined) {
        if (rotation.outcome === 'reused') principals.delete(rotation.session.id)
        throw identityProblems.problem('session-ended', 'This session is over. Sign in again.')
      }
      return issue(claimsOf(rotation.session), rotation.refreshToken, principal.passwordMissing)
    },

    async signOut(token, visitor) {
      const session = await findSessionByToken(db, token)
      if (session === undefined) return
      principals.delete(session.id)
      await withScope(db, { tenantId: session.tenant_id }, async (tx) => {
        await revokeSession(tx, session.id, 'signed out')
        await auditSession(tx, 'session.closed', { tenantId: session.tenant_id, sessionId: session.id, label: session.account_id }, visitor)
      })
    },

    async redeem(ticket, visitor) {
      const claims = await db.transaction().execute(async (tx) => {
        const redeemed = await redeemTicket(tx, ticket)
        if (redeemed === undefined) {
          throw identityProblems.problem('ticket-invalid', 'It was used already, or it is too old. Nothing was changed.')
        }
        const { account_id: accountId, tenant_id: tenantId } = redeemed
        await sql`SELECT set_config('app.tenant', ${tenantId}, true)`.execute(tx)
        const session = await openSession(tx, { accountId, tenantId, method: 'ticket', visitor })
        const who = { tenantId, sessionId: session.sessionId, label: redeemed.requested_by }
        await auditSession(tx, 'session.opened-by-ticket', who, visitor)
        return { accountId, tenantId, ...session }
      })
      const principal = await loadPrincipal(db, claims, options.roles)
      if (principal === undefined) throw identityProblems.problem('ticket-invalid', 'Its account is disabled.')
      return issue(claims, claims.refreshToken, principal.passwordMissing)
    },

    async openFirstSession(tx, { accountId, tenantId }, visitor) {
      const { sessionId, refreshToken } = await openSession(tx, { accountId, tenantId, method: 'setup', visitor })
      return issue({ accountId, tenantId, sessionId }, refreshToken, false)
    },

    async authenticate(accessToken) {
      const claims = await keys.verify(accessToken)
      if (claims === undefined) return undefined
      const principal = await findPrincipal(claims)
      return principal?.tenantId === claims.tenantId && principal.accountId === claims.accountId ? principal : undefined
    },

    async changePassword(principal, change, visitor) {
      const account = await findAccountByEmail(db, principal.email)
      // Only an account that never had a password may set one without it; otherwise a borrowed ticket session could take it over.
      if (account === undefined) throw identityProblems.problem('session-ended', 'This account is gone.')
      const mayOmitCurrent = account.passwordHash === null && principal.method !== 'password'
      if (!mayOmitCurrent && !(await verifyPassword(account.passwordHash, change.currentPassword ?? ''))) {
        throw identityProblems.problem('password-wrong', 'The current password does not match. Nothing was changed.', {
          errors: [{ pointer: '/currentPassword', message: 'does not match' }],
        })
      }
      const passwordHash = await hashPassword(change.newPassword, [principal.email, principal.name])
      await withScope(db, { tenantId: principal.tenantId }, async (tx) => {
        await storePasswordHash(tx, account.id, passwordHash)
        await revokeOtherSessions(tx, account.id, principal.sessionId, 'the password was changed')
        await appendAudit(tx, {
          tenantId: principal.tenantId,
          actor: actorOf(principal, visitor),
          action: 'password.changed',
          resource: 'account',
          resourceId: account.id,
        })
      })
      principals.clear()
    },
  }
}

const claimsOf = (session: { id: string; account_id: string; tenant_id: string }): AccessClaims => ({
  accountId: session.account_id,
  tenantId: session.tenant_id,
  sessionId: session.id,
})

/** The tenant that an account enters: the one it belongs to longest. Switching is a later choice of the user. */
async function firstTenant(db: Db, accountId: string): Promise<string | undefined> {
  const row = await withScope(db, { accountId }, (tx) =>
    maybe(
      tx,
      sql<{ tenant_id: string }>`SELECT tenant_id FROM identity.users
        WHERE account_id = ${accountId} AND state = 'active' ORDER BY created_at, id LIMIT 1`,
    ),
  )
  return row?.tenant_id
}

interface PrincipalRow {
  user_id: string
  email: string
  name: string
  role: string
  operator: boolean
  password_missing: boolean
  method: SessionMethod
}

async function loadPrincipal(db: Db, claims: AccessClaims, roles: RoleTable): Promise<Principal | undefined> {
  const row = await withScope(db, { accountId: claims.accountId }, (tx) =>
    maybe(
      tx,
      sql<PrincipalRow>`SELECT u.id AS user_id, a.email, u.name, u.role, a.operator, a.password_hash IS NULL AS password_missing, s.method
        FROM identity.sessions s
        JOIN identity.accounts a ON a.id = s.account_id AND a.state = 'active'
        JOIN identity.users u ON u.account_id = s.account_id AND u.tenant_id = s.tenant_id AND u.state = 'active'
        WHERE s.id = ${claims.sessionId} AND s.revoked_at IS NULL AND s.expires_at > now()
          AND s.account_id = ${claims.accountId} AND s.tenant_id = ${claims.tenantId}`,
    ),
  )
  if (row === undefined) return undefined
  return {
    ...claims,
    userId: row.user_id,
    email: row.email,
    name: row.name,
    role: row.role,
    operator: row.operator,
    passwordMissing: row.password_missing,
    method: row.method,
    permissions: new Set(roles[row.role] ?? []),
  }
}

const auditSession = (
  tx: Tx,
  action: string,
  who: { tenantId: string; sessionId: string; label: string },
  visitor: Visitor,
): Promise<void> =>
  appendAudit(tx, {
    tenantId: who.tenantId,
    actor: { id: null, label: who.label, ip: visitor.ip, requestId: visitor.requestId },
    action,
    resource: 'session',
    resourceId: who.sessionId,
  })

const auditRefusal = (db: Db, email: string, visitor: Visitor): Promise<void> =>
  withScope(db, {}, (tx) =>
    appendAudit(tx, {
      tenantId: null,
      actor: { id: null, label: email, ip: visitor.ip, requestId: visitor.requestId },
      action: 'session.refused',
      resource: 'session',
    }),
  )
