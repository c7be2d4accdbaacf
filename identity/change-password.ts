import { withScope } from '@platen/kit/sql'
import { findAccountByEmail, replacePasswordHash } from './accounts.ts'
import { appendAudit } from './audit.ts'
import type { IdentityParts } from './identity-parts.ts'
import { confirmPassword, passwordWrong } from './confirm-password.ts'
import { hashPassword } from './passwords.ts'
import { actorOf, type Principal } from './principal.ts'
import { identityProblems } from './problems.ts'
import { revokeOtherSessions, type Visitor } from './sessions.ts'

export interface PasswordChange {
  /** Not needed by a ticket session of an account that has no password yet. */
  currentPassword?: string | undefined
  newPassword: string
}

/** Sets or changes the password of who asks, and ends the account's other sessions. */
export async function changePassword(
  parts: IdentityParts,
  principal: Principal,
  change: PasswordChange,
  visitor: Visitor,
): Promise<void> {
  const { db, principals, mailLater, afterCommit } = parts
  const account = await findAccountByEmail(db, principal.email)
  if (account === undefined) throw identityProblems.problem('session-ended', 'This account is gone.')
  // Only an account that never had a password may set one without it; otherwise a borrowed ticket session could take it over.
  if (account.passwordHash !== null || principal.method === 'password') {
    const given = change.currentPassword ?? ''
    await confirmPassword(parts, { principal, given, pointer: '/currentPassword', visitor })
  }
  const passwordHash = await hashPassword(change.newPassword, [principal.email, principal.name], '/newPassword')
  await withScope(db, { tenantId: principal.tenantId }, async (tx) => {
    // Two requests that both knew the old password, or both none: the first one counts.
    if (!(await replacePasswordHash(tx, account, passwordHash))) throw passwordWrong('/currentPassword')
    await revokeOtherSessions(tx, account.id, principal.sessionId, 'the password was changed')
    await appendAudit(tx, {
      tenantId: principal.tenantId,
      actor: actorOf(principal, visitor),
      action: 'password.changed',
      resource: 'account',
      resourceId: account.id,
    })
    await mailLater(tx, { kind: 'password-changed', id: account.id, tenantId: principal.tenantId })
  })
  afterCommit()
  principals.forgetAll()
}
