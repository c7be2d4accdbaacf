import { rows, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import type { AccessClaims } from './access-tokens.ts'
import { findAccountByEmail, foldEmail } from './accounts.ts'
import type { IdentityParts, OpenedSession } from './identity-parts.ts'
import { verifyPassword } from './passwords.ts'
import { loadPrincipal, type AccessRules } from './principal.ts'
import { identityProblems } from './problems.ts'
import { auditRefusal, auditSession } from './session-audit.ts'
import { findSessionByToken, openSession, revokeSession, rotateRefreshToken, type Visitor } from './sessions.ts'
import { redeemTicket } from './tickets.ts'

/** Signs in. Wrong, unknown, disabled and without a password are refused alike, after the same work. */
export async function openByPassword(
  { db, throttle, rules }: IdentityParts,
  { email, password }: { email: string; password: string },
  visitor: Visitor,
): Promise<OpenedSession> {
  const folded = foldEmail(email)
  throttle.attempt(folded, visitor.ip)
  const account = await findAccountByEmail(db, folded)
  const matches = await verifyPassword(account?.state === 'active' ? account.passwordHash : null, password)
  const tenantId = account && matches ? await firstTenant(db, account.id, rules) : undefined
  if (account === undefined || tenantId === undefined) {
    await auditRefusal(db, folded, visitor)
    throw identityProblems.problem(
      'credentials-wrong',
      'No account matches this e-mail and password. Nothing was changed.',
    )
  }
  throttle.succeeded(folded, visitor.ip)
  const accountId = account.id
  const session = await withScope(db, { tenantId }, async (tx) => {
    const opened = await openSession(tx, { accountId, tenantId, method: 'password', visitor })
    await auditSession(tx, 'session.opened', { id: opened.sessionId, tenantId, accountId, label: folded }, visitor)
    return opened
  })
  return { accountId, tenantId, ...session, passwordMissing: false }
}

/** Exchanges a refresh token; one that was spent before ends its session and leaves an audit row. */
export async function prolongSession(
  { db, rules, principals }: IdentityParts,
  token: string,
  visitor: Visitor,
): Promise<OpenedSession> {
  const rotation = await db.transaction().execute(async (tx) => {
    const rotated = await rotateRefreshToken(tx, token)
    if (rotated.outcome !== 'reused') return rotated
    const session = { ...claimsOf(rotated.session), id: rotated.session.id, label: rotated.session.email }
    await enterTenant(tx, session.tenantId)
    await auditSession(tx, 'session.revoked-after-token-reuse', session, visitor)
    return rotated
  })
  if (rotation.outcome === 'reused') principals.forget(rotation.session.id)
  if (rotation.outcome === 'rotated') {
    const claims = claimsOf(rotation.session)
    const principal = await loadPrincipal(db, claims, rules)
    if (principal !== undefined) {
      return { ...claims, refreshToken: rotation.refreshToken, passwordMissing: principal.passwordMissing }
    }
  }
  throw identityProblems.problem('session-ended', 'This session is over. Sign in again.')
}

/** Ends the session of a refresh token. An unknown token, or one whose session is over, changes nothing. */
export async function endSession({ db, principals }: IdentityParts, token: string, visitor: Visitor): Promise<void> {
  const session = await findSessionByToken(db, token)
  if (session === undefined) return
  await withScope(db, { tenantId: session.tenant_id }, async (tx) => {
    if (!(await revokeSession(tx, session.id, 'signed out'))) return
    const ended = { ...claimsOf(session), id: session.id, label: session.email }
    await auditSession(tx, 'session.closed', ended, visitor)
  })
  principals.forget(session.id)
}

/** Opens a session with a single-use ticket. Spending it, the session and the audit row are one transaction. */
export async function openByTicket(
  { db, rules }: IdentityParts,
  ticket: string,
  visitor: Visitor,
): Promise<OpenedSession> {
  const opened = await db.transaction().execute(async (tx) => {
    const redeemed = await redeemTicket(tx, ticket)
    if (redeemed === undefined) {
      throw identityProblems.problem('ticket-invalid', 'It was used already, or it is too old. Nothing was changed.')
    }
    const { account_id: accountId, tenant_id: tenantId, requested_by: label } = redeemed
    await enterTenant(tx, tenantId)
    const session = await openSession(tx, { accountId, tenantId, method: 'ticket', visitor })
    await auditSession(tx, 'session.opened-by-ticket', { id: session.sessionId, tenantId, accountId, label }, visitor)
    return { accountId, tenantId, ...session }
  })
  const principal = await loadPrincipal(db, opened, rules)
  if (principal === undefined) throw identityProblems.problem('ticket-invalid', 'Its account is disabled.')
  return { ...opened, passwordMissing: principal.passwordMissing }
}

const claimsOf = (session: { id: string; account_id: string; tenant_id: string }): AccessClaims => ({
  accountId: session.account_id,
  tenantId: session.tenant_id,
  sessionId: session.id,
})

/** For transactions that learn the tenant only from a row they read first. */
export async function enterTenant(tx: Tx, tenantId: string): Promise<void> {
  await sql`SELECT set_config('app.tenant', ${tenantId}, true)`.execute(tx)
}

/** The tenant that an account enters: of those that are open the one it belongs to longest. Switching is a later choice of the user. */
async function firstTenant(db: Db, accountId: string, { isTenantOpen }: AccessRules): Promise<string | undefined> {
  const found = await withScope(db, { accountId }, (tx) =>
    rows(
      tx,
      sql<{ tenant_id: string }>`SELECT tenant_id FROM identity.users
        WHERE account_id = ${accountId} AND state = 'active' ORDER BY created_at, id`,
    ),
  )
  for (const { tenant_id: tenantId } of found) if (await isTenantOpen(tenantId)) return tenantId
  return undefined
}
