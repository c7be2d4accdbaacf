import { newId } from '@platen/kit/ids'
import { ProblemError } from '@platen/kit/problems'
import { maybe, sql, violates, withScope, type Tx } from '@platen/kit/sql'
import { createAccount, findAccountByEmail, replacePasswordHash, type Account } from '../accounts.ts'
import { appendAudit } from '../audit.ts'
import { peopleProblems, takeTurn } from '../grants/index.ts'
import type { IdentityParts, IssuedSession } from '../identity-parts.ts'
import { hashPassword, verifyPassword } from '../passwords.ts'
import type { HeldRole } from '../principal.ts'
import { identityProblems } from '../problems.ts'
import { chooseRoles } from '../roles/index.ts'
import { auditRefusal, auditSession } from '../session-audit.ts'
import { openWithCode, type Opened } from '../session-flows.ts'
import { openSession, type SecondFactorKind, type Visitor } from '../sessions.ts'
import { appendUserEvent } from '../events.ts'
import { assertPlaceLeft, insertUser } from '../users/index.ts'
import { claimInvitation, findByToken, type Invitation } from './invitation-store.ts'
import { assertInviterMayGrant, auditOvertaken } from './inviter.ts'
import { userExists } from './invite.ts'

export interface Acceptance {
  token: string
  /** For a new account. */
  name?: string | undefined
  /** The one that the account has; a new account gets it. */
  password: string
  /** Of the second factor, where the account has one. */
  code?: string | undefined
}

/** What the link shows before anything is accepted. Only who has the token may know it. */
export async function inspectInvitation(
  parts: IdentityParts,
  token: string,
): Promise<{ email: string; name: string; place: string; accountExists: boolean }> {
  const { email, name, tenantId } = await requireInvitation(parts, token)
  const account = await findAccountByEmail(parts.db, email)
  const place = await withScope(parts.db, { tenantId }, (tx) => parts.place.nameOf(tx, tenantId))
  return { email, name, place, accountExists: account !== undefined && account.passwordHash !== null }
}

/** Makes who was invited a user, and signs them in. However many try with one token, one succeeds. */
export async function acceptInvitation(
  parts: IdentityParts,
  acceptance: Acceptance,
  visitor: Visitor,
): Promise<IssuedSession> {
  const { token } = acceptance
  const invitation = await requireInvitation(parts, token)
  const { tenantId, email } = invitation
  const account = await findAccountByEmail(parts.db, email)
  if (account !== undefined && account.state !== 'active') throw invitationInvalid()
  const name = nameOf(invitation, account, acceptance.name)
  const newPasswordHash = await proveOrHash(parts, { account, email, name, password: acceptance.password, visitor })
  const accountId = account?.id ?? newId()
  const join = async (tx: Tx, secondFactor?: SecondFactorKind): Promise<Opened> => {
    await becomeUserOnce(tx, parts, { invitation, token, account, accountId, name, newPasswordHash, visitor })
    return openSession(tx, { accountId, tenantId, method: 'password', secondFactor, visitor })
  }
  const opening =
    account === undefined
      ? openFirst(parts, { tenantId, accountId, email }, visitor, join)
      : openWithCode(parts, { account, tenantId, code: acceptance.code }, visitor, join)
  const session = await opening.catch(async (error: unknown) => {
    if (error instanceof ProblemError && error.code === 'invitation-overtaken')
      await auditOvertaken(parts, invitation, visitor)
    throw error
  })
  if (newPasswordHash === undefined) parts.throttle.succeeded(email, visitor.ip)
  parts.afterCommit()
  return parts.issue({ accountId, tenantId, ...session, passwordMissing: false })
}

async function requireInvitation({ db, rules }: IdentityParts, token: string): Promise<Invitation> {
  const invitation = await findByToken(db, token)
  if (invitation === undefined || !(await rules.isTenantOpen(invitation.tenantId))) throw invitationInvalid()
  return invitation
}

const nameOf = ({ name, email }: Invitation, account: Account | undefined, given: string | undefined): string =>
  given ?? (account?.name || name || (email.split('@')[0] ?? email))

/** An account that has a password shows that it is theirs; another one gets this password. Undefined: nothing to store. */
async function proveOrHash(
  { db, throttle }: IdentityParts,
  proof: { account: Account | undefined; email: string; name: string; password: string; visitor: Visitor },
): Promise<string | undefined> {
  const { account, email, name, password, visitor } = proof
  if (account === undefined || account.passwordHash === null) return hashPassword(password, [email, name])
  throttle.attempt(email, visitor.ip)
  if (!(await verifyPassword(account.passwordHash, password))) {
    await auditRefusal(db, { email, reason: 'password-wrong' }, visitor)
    throw identityProblems.problem(
      'credentials-wrong',
      'You have an account already; this is not its password. Nothing was changed.',
    )
  }
  return undefined
}

interface Entrant {
  invitation: Invitation
  token: string
  account: Account | undefined
  accountId: string
  name: string
  newPasswordHash: string | undefined
  visitor: Visitor
}

/** Spends the invitation and makes its account a user; everything or nothing. */
async function becomeUserOnce(tx: Tx, parts: IdentityParts, entrant: Entrant): Promise<void> {
  const { invitation, token, visitor } = entrant
  const { tenantId } = invitation
  await takeTurn(tx, tenantId)
  if (!(await claimInvitation(tx, invitation, token))) throw invitationInvalid()
  await enterAccount(tx, entrant)
  await assertPlaceLeft({ tx, tenantId, parts })
  const { roles, permissions } = await chooseRoles(tx, tenantId, invitation.roles, parts.rules)
  await assertInviterMayGrant(tx, parts, invitation, permissions)
  const userId = await becomeUser(tx, { ...entrant, roles })
  await auditAcceptance(tx, { invitation, userId, roles, visitor })
}

/** The account that becomes a user. The link came by mail, so the address is verified by that. */
async function enterAccount(tx: Tx, entrant: Entrant): Promise<void> {
  const { invitation, account, accountId, name, newPasswordHash = null } = entrant
  const { email, locale } = invitation
  if (account === undefined) await createAccount(tx, { id: accountId, email, name, passwordHash: newPasswordHash })
  else if (newPasswordHash !== null && !(await replacePasswordHash(tx, account, newPasswordHash)))
    throw invitationInvalid()
  // Also holds the account: it cannot be erased or disabled until this is committed.
  const held = await maybe(
    tx,
    sql`UPDATE identity.accounts SET verified_at = COALESCE(verified_at, now()), locale = COALESCE(locale, ${locale})
      WHERE id = ${accountId} AND state = 'active' RETURNING id`,
  )
  if (held === undefined) throw invitationInvalid()
}

async function becomeUser(
  tx: Tx,
  user: { invitation: Invitation; accountId: string; name: string; roles: readonly HeldRole[] },
): Promise<string> {
  const { invitation, accountId, name, roles } = user
  const { tenantId, email } = invitation
  const id = newId()
  try {
    await insertUser(tx, { id, tenantId, accountId, email, name, roles })
  } catch (error) {
    if (violates(error, 'users_tenant_account_key') || violates(error, 'users_tenant_email_key')) throw userExists()
    throw error
  }
  const facts = { userId: id, accountId, name, roles: roles.map((role) => role.id), state: 'active' } as const
  await appendUserEvent(tx, 'UserCreated', { tenantId, user: facts })
  return id
}

const auditAcceptance = (
  tx: Tx,
  accepted: { invitation: Invitation; userId: string; roles: readonly HeldRole[]; visitor: Visitor },
): Promise<void> => {
  const { invitation, userId, roles, visitor } = accepted
  return appendAudit(tx, {
    tenantId: invitation.tenantId,
    actor: { id: userId, label: invitation.email, ...visitor },
    action: 'invitation.accepted',
    resource: 'invitation',
    resourceId: invitation.id,
    changes: { userId, roles: roles.map(({ name }) => name), invitedBy: invitation.invitedBy },
  })
}

/** A new account has no second factor to ask for. */
const openFirst = (
  { db }: IdentityParts,
  first: { tenantId: string; accountId: string; email: string },
  visitor: Visitor,
  join: (tx: Tx) => Promise<Opened>,
): Promise<Opened> =>
  withScope(db, { tenantId: first.tenantId, actor: first.email }, async (tx) => {
    const opened = await join(tx)
    await auditSession(tx, 'session.opened', { ...first, id: opened.sessionId, label: first.email }, visitor)
    return opened
  })

const invitationInvalid = () =>
  peopleProblems.problem(
    'invitation-invalid',
    'It was accepted, withdrawn or replaced, or it is too old. Nothing was changed.',
  )
