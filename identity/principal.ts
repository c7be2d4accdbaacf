import { z } from 'zod'
import { maybe, prepared, sql, withScope, type Db, type RawBuilder } from '@platen/kit/sql'
import type { AccessClaims } from './access-claims.ts'
import type { Actor } from './audit.ts'
import type { SessionMethod, Visitor } from './sessions.ts'

/** Decision 9: revocation takes effect within 5 seconds on every process. */
const cacheMs = 5_000
const cacheSize = 5_000

/** Role name -> permissions it gives; `*` gives all. */
export type RoleTable = Readonly<Record<string, readonly string[]>>

/** What decides, beside the rows of this schema, who may do what. */
export interface AccessRules {
  /** The system's roles: known by name, the same for every tenant, changed by a release only. */
  roles: RoleTable
  /** Every permission that a role or a token of this place can hold, written `resource.action`. */
  permissions: readonly string[]
  /** False shuts a whole tenant out: its sessions, refreshes and sign-ins. */
  isTenantOpen(tenantId: string): Promise<boolean>
}

/** A role that a user has. The id of a system role is its name. */
export const heldRole = z
  .strictObject({ id: z.string(), name: z.string(), system: z.boolean() })
  .meta({ id: 'HeldRole' })
export type HeldRole = z.infer<typeof heldRole>

/** Who is asking, with what rights, in which tenant (in a site: the site). */
export interface Principal {
  accountId: string
  userId: string
  tenantId: string
  /** Of the session; with the method `api-token`, of the token. */
  sessionId: string
  email: string
  name: string
  /** At least one, unless an own role was taken away. */
  roles: readonly HeldRole[]
  operator: boolean
  /** True while the account has no password yet: it came in by a ticket and may set one without the current one. */
  passwordMissing: boolean
  method: SessionMethod | 'api-token'
  permissions: ReadonlySet<string>
}

export const mayDo = (principal: Principal, permission: string): boolean =>
  principal.permissions.has('*') || principal.permissions.has(permission)

/** The audit trail's name for who asks. */
export const actorOf = (principal: Principal, visitor: Visitor): Actor => ({
  id: principal.userId,
  label: principal.email,
  ...visitor,
})

/** Principals by session or API token, each at most 5 seconds old. */
export interface PrincipalCache {
  find(claims: AccessClaims): Promise<Principal | undefined>
  /** Of another credential, which `load` looks up when it is not known, too old, or known as another variant (the tenant it is in). */
  findBy(
    credential: string,
    load: () => Promise<Principal | undefined>,
    variant?: string,
  ): Promise<Principal | undefined>
  /** Call after the commit that ended the session: a request that came before it might put the old answer back. */
  forget(sessionId: string): void
  forgetAll(): void
}

export function createPrincipalCache(db: Db, rules: AccessRules): PrincipalCache {
  const cached = new Map<string, { variant: string; principal: Promise<Principal | undefined>; at: number }>()
  const findBy: PrincipalCache['findBy'] = (credential, load, variant = '') => {
    const known = cached.get(credential)
    const isKnown = known?.variant === variant && performance.now() - known.at < cacheMs
    if (isKnown) return known.principal
    if (cached.size >= cacheSize) cached.clear()
    const principal = load()
    cached.set(credential, { variant, principal, at: performance.now() })
    principal.catch(() => cached.delete(credential))
    return principal
  }
  return {
    // A session may have moved to another tenant, by way of another process: what is known of it there says nothing here.
    find: (claims) => findBy(claims.sessionId, () => loadPrincipal(db, claims, rules), claims.tenantId),
    findBy,
    forget: (sessionId) => void cached.delete(sessionId),
    forgetAll: () => cached.clear(),
  }
}

interface PrincipalRow {
  user_id: string
  email: string
  name: string
  roles: HeldRole[]
  /** Of the tenant's own roles among them. */
  own_permissions: string[]
  operator: boolean
  password_missing: boolean
  method: SessionMethod
}

/** One row: `roles` of a user (a table alias) as HeldRole[], oldest first, and `own_permissions` of the own ones among them. */
export const rolesOfUser = (user: RawBuilder<unknown>) => sql`
  SELECT
    COALESCE(jsonb_agg(jsonb_build_object('id', COALESCE(ur.system_role, r.id::text), 'name', COALESCE(ur.system_role, r.name),
      'system', r.id IS NULL) ORDER BY r.created_at NULLS FIRST, ur.system_role), '[]') AS roles,
    COALESCE((SELECT array_agg(DISTINCT p) FROM identity.user_roles o JOIN identity.roles own ON own.id = o.role_id, unnest(own.permissions) p
      WHERE o.tenant_id = ${user}.tenant_id AND o.user_id = ${user}.id), '{}') AS own_permissions
  FROM identity.user_roles ur LEFT JOIN identity.roles r ON r.id = ur.role_id
  WHERE ur.tenant_id = ${user}.tenant_id AND ur.user_id = ${user}.id`

/** What a user may do: all that the roles allow, together. */
export const permissionsOf = (
  held: { roles: readonly HeldRole[]; own_permissions: readonly string[] },
  systemRoles: RoleTable,
): ReadonlySet<string> =>
  new Set([...held.roles.flatMap(({ id, system }) => (system ? (systemRoles[id] ?? []) : [])), ...held.own_permissions])

/** Who a session belongs to now; undefined when it, the account, the user in that tenant or the tenant is no longer active. */
export async function loadPrincipal(db: Db, claims: AccessClaims, rules: AccessRules): Promise<Principal | undefined> {
  const row = await withScope(db, { accountId: claims.accountId, tenantId: claims.tenantId }, (tx) =>
    maybe(
      tx,
      prepared(sql<PrincipalRow>`SELECT u.id AS user_id, a.email, u.name, a.operator, a.password_hash IS NULL AS password_missing, s.method,
          held.roles, held.own_permissions
        FROM identity.sessions s
        JOIN identity.accounts a ON a.id = s.account_id AND a.state = 'active'
        JOIN identity.users u ON u.account_id = s.account_id AND u.tenant_id = s.tenant_id AND u.state = 'active'
        CROSS JOIN LATERAL (${rolesOfUser(sql`u`)}) held
        WHERE s.id = ${claims.sessionId} AND s.revoked_at IS NULL AND s.expires_at > now()
          AND s.account_id = ${claims.accountId} AND s.tenant_id = ${claims.tenantId}`),
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
    roles: row.roles,
    operator: row.operator,
    passwordMissing: row.password_missing,
    method: row.method,
    permissions: permissionsOf(row, rules.roles),
  }
}
