import { timingSafeEqual } from 'node:crypto'
import { maybe, sql, withScope } from '@platen/kit/sql'
import type { IdentityParts } from '../identity-parts.ts'
import { permissionsOf, rolesOfUser, type HeldRole, type Principal } from '../principal.ts'
import { hashToken, type Visitor } from '../sessions.ts'
import { effectiveScopes } from './api-token.ts'
import { findApiToken, noteUse } from './api-token-store.ts'

interface TokenUserRow {
  scopes: string[]
  user_id: string
  account_id: string
  email: string
  name: string
  roles: HeldRole[]
  own_permissions: string[]
}

/** Who a token acts for and what it may do now; undefined for one that is unknown, revoked, expired, or whose user is no longer active. */
export async function loadTokenPrincipal(
  { db, rules }: IdentityParts,
  { token, prefix }: { token: string; prefix: string },
  visitor: Pick<Visitor, 'ip'>,
): Promise<Principal | undefined> {
  const found = await findApiToken(db, prefix)
  if (found === undefined || !timingSafeEqual(hashToken(token), found.tokenHash)) return undefined
  const { id, tenantId } = found
  const row = await withScope(db, { tenantId }, async (tx) => {
    if (found.isUseUnnoted) await noteUse(tx, id, visitor.ip)
    return maybe(
      tx,
      sql<TokenUserRow>`SELECT t.scopes, u.id AS user_id, u.account_id, a.email, u.name, held.roles, held.own_permissions
        FROM identity.api_tokens t
        JOIN identity.users u ON u.tenant_id = t.tenant_id AND u.id = t.user_id AND u.state = 'active'
        JOIN identity.accounts a ON a.id = u.account_id AND a.state = 'active'
        CROSS JOIN LATERAL (${rolesOfUser(sql`u`)}) held
        WHERE t.id = ${id} AND t.revoked_at IS NULL AND t.expires_at > now()`,
    )
  })
  if (row === undefined || !(await rules.isTenantOpen(tenantId))) return undefined
  return {
    accountId: row.account_id,
    tenantId,
    sessionId: id,
    userId: row.user_id,
    email: row.email,
    name: row.name,
    roles: row.roles,
    // Running the platform is no scope, so no token can do it.
    operator: false,
    passwordMissing: false,
    method: 'api-token',
    permissions: effectiveScopes(row.scopes, permissionsOf(row, rules.roles)),
  }
}
