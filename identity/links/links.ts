import { setTimeout as pause } from 'node:timers/promises'
import { maybe, sql, withScope } from '@platen/kit/sql'
import { findAccountByEmail, foldEmail, replacePasswordHash } from '../accounts.ts'
import { appendAudit, type Actor } from '../audit.ts'
import { firstTenant } from '../first-tenant.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { hashPassword } from '../passwords.ts'
import { actorOf, type Principal } from '../principal.ts'
import { identityProblems } from '../problems.ts'
import { revokeAllSessions, type Visitor } from '../sessions.ts'
import { dropLinks, findByLink, makeLink, useLink } from './email-link-store.ts'

/** Asking for a reset takes at least this long, so that the time does not tell whether an account was found and a mail was queued. */
const shortestRequestMs = 100

/** Links sent by mail: a new password for who forgot theirs, and proof that an address is read by whom it belongs to. */
export interface Links {
  /** Sends a link if there is such an account; the caller cannot tell. @throws ProblemError sign-in-throttled */
  requestReset(email: string, visitor: Visitor): Promise<void>
  /** Sets the password and ends every session. API tokens stay. @throws ProblemError link-invalid, password-unsuitable */
  resetPassword(token: string, newPassword: string, visitor: Visitor): Promise<void>
  /** @throws ProblemError address-verified, sign-in-throttled */
  requestVerification(principal: Principal, visitor: Visitor): Promise<void>
  /** @throws ProblemError link-invalid */
  verifyAddress(token: string, visitor: Visitor): Promise<void>
}

export function createLinks(parts: IdentityParts): Links {
  return {
    async requestReset(email, visitor) {
      const folded = foldEmail(email)
      parts.mailThrottle.attempt(folded, visitor.ip)
      await Promise.all([sendReset(parts, folded, visitor), pause(shortestRequestMs)])
    },
    resetPassword: (token, newPassword, visitor) => resetPassword(parts, { token, newPassword }, visitor),
    requestVerification: (principal, visitor) => sendVerification(parts, principal, visitor),
    verifyAddress: (token, visitor) => verifyAddress(parts, token, visitor),
  }
}

/** Both ways end in one transaction with an audit row; only who reads the mail or the audit trail learns which it was. */
async function sendReset(parts: IdentityParts, email: string, visitor: Visitor): Promise<void> {
  const { db, vault, mailLater, rules, afterCommit } = parts
  const account = await findAccountByEmail(db, email)
  const tenantId = account?.state === 'active' ? await firstTenant(db, account.id, rules) : undefined
  await withScope(db, tenantId === undefined ? {} : { tenantId }, async (tx) => {
    if (account !== undefined && tenantId !== undefined) {
      const id = await makeLink(tx, vault, { accountId: account.id, email, purpose: 'reset-password' })
      await mailLater(tx, { kind: 'reset-password', id, tenantId })
    }
    await appendAudit(tx, {
      tenantId: tenantId ?? null,
      actor: actorBy(email, visitor),
      action: tenantId === undefined ? 'password-reset.refused' : 'password-reset.requested',
      resource: 'account',
      resourceId: account?.id ?? null,
    })
  })
  afterCommit()
}

async function resetPassword(
  { db, rules, principals, mailLater, throttle, afterCommit }: IdentityParts,
  { token, newPassword }: { token: string; newPassword: string },
  visitor: Visitor,
): Promise<void> {
  const owner = await findByLink(db, 'reset-password', token)
  const tenantId = owner && (await firstTenant(db, owner.id, rules))
  if (owner === undefined || tenantId === undefined) throw linkInvalid()
  // Before the link is spent: who chooses an unsuitable password may try again with the same link.
  const passwordHash = await hashPassword(newPassword, [owner.email, owner.name], '/newPassword')
  await withScope(db, { tenantId }, async (tx) => {
    const account = await useLink(tx, 'reset-password', token)
    if (account === undefined || !(await replacePasswordHash(tx, account, passwordHash))) throw linkInvalid()
    await dropLinks(tx, { accountId: account.id, purpose: 'reset-password' })
    await revokeAllSessions(tx, account.id, 'the password was reset')
    // Whoever used the link reads that mailbox.
    await sql`UPDATE identity.accounts SET verified_at = COALESCE(verified_at, now()) WHERE id = ${account.id}`.execute(
      tx,
    )
    await appendAudit(tx, {
      tenantId,
      actor: actorBy(account.email, visitor),
      action: 'password.reset',
      resource: 'account',
      resourceId: account.id,
    })
    await mailLater(tx, { kind: 'password-changed', id: account.id, tenantId })
  })
  afterCommit()
  principals.forgetAll()
  // What was mistyped before does not keep them out now.
  throttle.succeeded(owner.email, visitor.ip)
}

async function sendVerification(
  { db, vault, mailLater, mailThrottle, afterCommit }: IdentityParts,
  principal: Principal,
  visitor: Visitor,
): Promise<void> {
  const { accountId, email, tenantId } = principal
  const isVerified = sql`SELECT FROM identity.accounts WHERE id = ${accountId} AND verified_at IS NOT NULL`
  if ((await maybe(db, isVerified)) !== undefined) {
    throw identityProblems.problem('address-verified', 'No mail was sent.')
  }
  mailThrottle.attempt(email, visitor.ip)
  await withScope(db, { tenantId }, async (tx) => {
    const id = await makeLink(tx, vault, { accountId, email, purpose: 'verify-address' })
    await mailLater(tx, { kind: 'verify-address', id, tenantId })
    await appendAudit(tx, {
      tenantId,
      actor: actorOf(principal, visitor),
      action: 'address-verification.requested',
      resource: 'account',
      resourceId: accountId,
    })
  })
  afterCommit()
}

async function verifyAddress({ db, rules }: IdentityParts, token: string, visitor: Visitor): Promise<void> {
  const owner = await findByLink(db, 'verify-address', token)
  const tenantId = owner && (await firstTenant(db, owner.id, rules))
  if (tenantId === undefined) throw linkInvalid()
  await withScope(db, { tenantId }, async (tx) => {
    const account = await useLink(tx, 'verify-address', token)
    if (account === undefined) throw linkInvalid()
    await sql`UPDATE identity.accounts SET verified_at = now(), updated_at = now() WHERE id = ${account.id}`.execute(tx)
    await appendAudit(tx, {
      tenantId,
      actor: actorBy(account.email, visitor),
      action: 'address.verified',
      resource: 'account',
      resourceId: account.id,
    })
  })
}

const actorBy = (label: string, { ip, requestId }: Visitor): Actor => ({ id: null, label, ip, requestId })

const linkInvalid = () =>
  identityProblems.problem('link-invalid', 'It was used, replaced by a newer one, or is too old. Nothing was changed.')
