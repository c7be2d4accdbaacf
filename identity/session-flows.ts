import { sql, withScope, type Tx } from '@platen/kit/sql'
import type { AccessClaims } from './access-claims.ts'
import { findAccountByEmail, foldEmail, replacePasswordHash, type Account } from './accounts.ts'
import { firstTenant } from './first-tenant.ts'
import type { IdentityParts, OpenedSession } from './identity-parts.ts'
import { needsRehash, rehashPassword, verifyPassword } from './passwords.ts'
import { loadPrincipal } from './principal.ts'
import { identityProblems } from './problems.ts'
import { codeSubject, needsCode, spendCode } from './second-factor/index.ts'
import { auditRefusal, auditSession, type RefusalReason } from './session-audit.ts'
import {
  findSessionByToken,
  openSession,
  revokeSession,
  rotateRefreshToken,
  type SecondFactorKind,
  type Visitor,
} from './sessions.ts'
import { redeemTicket } from './tickets.ts'

export interface Credentials {
  email: string
  password: string
  /** Of the second factor. */
  code?: string | undefined
}

/** Signs in. Wrong, unknown, disabled and without a password are refused alike, after the same work. */
export async function openByPassword(
  parts: IdentityParts,
  { email, password, code }: Credentials,
  visitor: Visitor,
): Promise<OpenedSession> {
  const { db, throttle, rules } = parts
  const folded = foldEmail(email)
  throttle.attempt(folded, visitor.ip)
  const account = await findAccountByEmail(db, folded)
  const matches = await verifyPassword(account?.state === 'active' ? account.passwordHash : null, password)
  const tenantId = account && matches ? await firstTenant(db, account.id, rules) : undefined
  if (account === undefined || tenantId === undefined) {
    await auditRefusal(db, { email: folded, reason: reasonOf(account, matches) }, visitor)
    throw identityProblems.problem(
      'credentials-wrong',
      'No account matches this e-mail and password. Nothing was changed.',
    )
  }
  const renewedHash = await renewedHashOf(account, password)
  const session = await openWithCode(parts, { account, tenantId, code }, visitor, async (tx, secondFactor) => {
    if (renewedHash !== undefined) await replacePasswordHash(tx, account, renewedHash)
    return openSession(tx, { accountId: account.id, tenantId, method: 'password', secondFactor, visitor })
  })
  throttle.succeeded(folded, visitor.ip)
  return { accountId: account.id, tenantId, ...session, passwordMissing: false }
}

export type Opened = Awaited<ReturnType<typeof openSession>>

/** Opens a session once the code of the second factor was right, where there is one; the code is spent in the same transaction. */
export async function openWithCode(
  parts: IdentityParts,
  { account, tenantId, code }: { account: Account; tenantId: string; code: string | undefined },
  visitor: Visitor,
  open: (tx: Tx, secondFactor: SecondFactorKind | undefined) => Promise<Opened>,
): Promise<Opened> {
  const { db, codeThrottle } = parts
  const { id: accountId, email } = account
  const isNeeded = await needsCode(db, accountId)
  const subject = codeSubject(accountId)
  if (isNeeded) {
    if (code === undefined) throw identityProblems.problem('second-factor-needed', 'Nothing was changed.')
    codeThrottle.attempt(subject, visitor.ip)
  }
  const opened = await withScope(db, { tenantId }, async (tx) => {
    const secondFactor = isNeeded ? await spendCode(parts, tx, accountId, code ?? '') : undefined
    if (isNeeded && secondFactor === undefined) return undefined
    const session = await open(tx, secondFactor)
    const told = { id: session.sessionId, tenantId, accountId, label: email, secondFactor }
    await auditSession(tx, 'session.opened', told, visitor)
    return session
  })
  if (opened === undefined) {
    await auditRefusal(db, { email, reason: 'code-wrong' }, visitor)
    throw identityProblems.problem('second-factor-wrong', 'It is wrong, too old, or was used before.')
  }
  if (isNeeded) codeThrottle.succeeded(subject, visitor.ip)
  return opened
}

/** For the audit trail alone: the answer does not tell. */
function reasonOf(account: Account | undefined, matches: boolean): RefusalReason {
  if (account === undefined) return 'account-unknown'
  if (account.state !== 'active') return 'account-not-active'
  return matches ? 'no-open-tenant' : 'password-wrong'
}

/** The password hashed with the parameters of today, when the stored hash has others. A busy moment is not the one to do it. */
async function renewedHashOf({ passwordHash }: Account, password: string): Promise<string | undefined> {
  if (passwordHash === null || !needsRehash(passwordHash)) return undefined
  return rehashPassword(password).catch(() => undefined)
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
