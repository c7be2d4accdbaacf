import { maybe, one, rows, sql, withScope, type Db } from '@platen/kit/sql'
import type { AccessClaims } from './access-claims.ts'
import type { IdentityParts } from './identity-parts.ts'
import { rolesOfUser, type HeldRole, type Principal } from './principal.ts'
import { auditSession } from './session-audit.ts'
import { enterTenant } from './session-flows.ts'
import type { Visitor } from './sessions.ts'

/** A tenant that an account is an active user of. */
export interface Membership {
  tenantId: string
  roles: HeldRole[]
}

interface UserOfAccount {
  id: string
  tenant_id: string
}

/** Oldest first: the first open one is where signing in leads. */
export const listMemberships = (db: Db, accountId: string): Promise<Membership[]> =>
  withScope(db, { accountId }, async (tx) => {
    const users = await rows(
      tx,
      sql<UserOfAccount>`SELECT id, tenant_id FROM identity.users
        WHERE account_id = ${accountId} AND state = 'active' ORDER BY created_at, id`,
    )
    const memberships: Membership[] = []
    for (const { id, tenant_id: tenantId } of users) {
      // Roles are shown to their tenant only.
      await enterTenant(tx, tenantId)
      const { roles } = await one(
        tx,
        sql<{
          roles: HeldRole[]
        }>`SELECT held.roles FROM identity.users u CROSS JOIN LATERAL (${rolesOfUser(sql`u`)}) held
          WHERE u.tenant_id = ${tenantId} AND u.id = ${id}`,
      )
      memberships.push({ tenantId, roles })
    }
    return memberships
  })

/**
 * Moves a session to another tenant of its account; its refresh token goes on, access tokens for the former tenant end within 5 seconds.
 * Undefined, and nothing changed, for a tenant that is shut, that the account is no active user of, or that does not exist.
 */
export async function moveSession(
  { db, rules, principals }: IdentityParts,
  { accountId, sessionId, tenantId: from, email }: Principal,
  tenantId: string,
  visitor: Visitor,
): Promise<AccessClaims | undefined> {
  if (tenantId === from) return { accountId, sessionId, tenantId }
  const isOpen = await rules.isTenantOpen(tenantId)
  const moved = await withScope(db, { tenantId, accountId }, async (tx) => {
    const row = await maybe(
      tx,
      sql`UPDATE identity.sessions SET tenant_id = ${tenantId}
        WHERE id = ${sessionId} AND account_id = ${accountId} AND tenant_id = ${from} AND revoked_at IS NULL AND ${isOpen}
          AND EXISTS (SELECT FROM identity.users
            WHERE account_id = ${accountId} AND tenant_id = ${tenantId} AND state = 'active') RETURNING id`,
    )
    if (row === undefined) return false
    const session = { id: sessionId, accountId, label: email }
    await auditSession(tx, 'session.entered', { ...session, tenantId }, visitor)
    await enterTenant(tx, from)
    await auditSession(tx, 'session.left', { ...session, tenantId: from }, visitor)
    return true
  })
  principals.forget(sessionId)
  return moved ? { accountId, sessionId, tenantId } : undefined
}
