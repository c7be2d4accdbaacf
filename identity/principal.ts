import { maybe, sql, withScope, type Db } from '@platen/kit/sql'
import type { AccessClaims } from './access-tokens.ts'
import type { Actor } from './audit.ts'
import type { SessionMethod, Visitor } from './sessions.ts'

/** Decision 9: revocation takes effect within 5 seconds on every process. */
const cacheMs = 5_000
const cacheSize = 5_000

/** Role name -> permissions it gives; `*` gives all. */
export type RoleTable = Readonly<Record<string, readonly string[]>>

/** What decides, beside the rows of this schema, who may do what. */
export interface AccessRules {
  roles: RoleTable
  /** False shuts a whole tenant out: its sessions, refreshes and sign-ins. */
  isTenantOpen(tenantId: string): Promise<boolean>
}

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

export const mayDo = (principal: Principal, permission: string): boolean =>
  principal.permissions.has('*') || principal.permissions.has(permission)

/** The audit trail's name for who asks. */
export const actorOf = (principal: Principal, visitor: Visitor): Actor => ({
  id: principal.userId,
  label: principal.email,
  ip: visitor.ip,
  requestId: visitor.requestId,
})

/** Principals by session, each at most 5 seconds old. */
export interface PrincipalCache {
  find(claims: AccessClaims): Promise<Principal | undefined>
  /** Call after the commit that ended the session: a request that came before it might put the old answer back. */
  forget(sessionId: string): void
  forgetAll(): void
}

export function createPrincipalCache(db: Db, rules: AccessRules): PrincipalCache {
  const cached = new Map<string, { principal: Promise<Principal | undefined>; at: number }>()
  return {
    find(claims) {
      const known = cached.get(claims.sessionId)
      if (known !== undefined && performance.now() - known.at < cacheMs) return known.principal
      if (cached.size >= cacheSize) cached.clear()
      const principal = loadPrincipal(db, claims, rules)
      cached.set(claims.sessionId, { principal, at: performance.now() })
      principal.catch(() => cached.delete(claims.sessionId))
      return principal
    },
    forget: (sessionId) => void cached.delete(sessionId),
    forgetAll: () => cached.clear(),
  }
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

/** Who a session belongs to now; undefined when it, the account, the user in that tenant or the tenant is no longer active. */
export async function loadPrincipal(db: Db, claims: AccessClaims, rules: AccessRules): Promise<Principal | undefined> {
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
  if (row === undefined || !(await rules.isTenantOpen(claims.tenantId))) return undefined
  return {
    accountId: claims.accountId,
    tenantId: claims.tenantId,
    sessionId: claims.sessionId,
    userId: row.user_id,
    email: row.email,
    name: row.name,
    role: row.role,
    operator: row.operator,
    passwordMissing: row.password_missing,
    method: row.method,
    permissions: new Set(rules.roles[row.role] ?? []),
  }
}
