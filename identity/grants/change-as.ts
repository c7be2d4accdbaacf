// Every change of users, roles and invitations goes through here. Changes of one tenant take turns, so that a count that was read (owners
// left, places taken, users of a role) is still true when the change commits. What the actor may do is read again inside the turn: their
// principal may be 5 seconds old, and somebody whose role was taken away must not give it back to themselves in that time.
import { ProblemError } from '@platen/kit/problems'
import { maybe, sql, withScope, type Tx } from '@platen/kit/sql'
import { appendAudit, type Actor, type AuditEntry } from '../audit.ts'
import type { Requester } from '../authorize.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { actorOf, permissionsOf, rolesOfUser, type HeldRole, type Principal } from '../principal.ts'
import { identityProblems } from '../problems.ts'
import { stillHeld } from './grants.ts'
import type { peopleProblems } from './problems.ts'

/** What is to be changed, as the audit trail names it. */
export type Subject = Pick<AuditEntry, 'action' | 'resource'> & { resourceId?: string }

/** One change, in its transaction and turn. */
export interface Change {
  tx: Tx
  parts: IdentityParts
  principal: Principal
  tenantId: string
  /** What who asks may do at this moment. */
  held: ReadonlySet<string>
  operator: boolean
  /** Adds the audit row, without which nothing is committed. */
  record(changes: object, subject?: Partial<Subject>): Promise<void>
}

/** Attempts that the audit trail keeps although nothing was changed. */
const auditedRefusals: ReadonlySet<string> = new Set<keyof typeof peopleProblems.table>([
  'grant-refused',
  'user-outranks-you',
  'last-owner',
  'own-user',
])

/** Runs a change as somebody, in their tenant. @throws whatever `work` throws; refusals by rule are audited. */
export async function changeAs<T>(
  parts: IdentityParts,
  { principal, visitor }: Requester,
  subject: Subject,
  work: (change: Change) => Promise<T>,
): Promise<T> {
  const { db, principals, afterCommit } = parts
  const { tenantId, operator } = principal
  const actor = actorOf(principal, visitor)
  const result = await withScope(db, { tenantId, actor: principal.email }, async (tx) => {
    await takeTurn(tx, tenantId)
    const held = await heldNow(tx, principal, parts)
    const record: Change['record'] = (changes, more = {}) =>
      appendAudit(tx, { tenantId, actor, ...subject, ...more, changes })
    return work({ tx, parts, principal, tenantId, held, operator, record })
  }).catch(async (error: unknown) => {
    if (error instanceof ProblemError && auditedRefusals.has(error.code)) {
      await auditRefusal(parts, { tenantId, actor, subject, error })
    }
    throw error
  })
  principals.forgetAll()
  afterCommit()
  return result
}

/** Changes of a tenant's people wait for each other until the transaction ends. */
export async function takeTurn(tx: Tx, tenantId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`platen.people.${tenantId}`}, 0))`.execute(tx)
}

async function heldNow(tx: Tx, principal: Principal, { rules }: IdentityParts): Promise<ReadonlySet<string>> {
  const row = await maybe(
    tx,
    sql<{ roles: HeldRole[]; own_permissions: string[] }>`SELECT held.roles, held.own_permissions
      FROM identity.users u CROSS JOIN LATERAL (${rolesOfUser(sql`u`)}) held
      WHERE u.tenant_id = ${principal.tenantId} AND u.id = ${principal.userId} AND u.state = 'active'`,
  )
  if (row === undefined)
    throw identityProblems.problem('session-ended', 'Your user was deactivated. Nothing was changed.')
  return stillHeld(permissionsOf(row, rules.roles), principal.permissions)
}

const auditRefusal = (
  { db }: IdentityParts,
  refused: { tenantId: string; actor: Actor; subject: Subject; error: ProblemError },
): Promise<void> => {
  const { tenantId, actor, subject, error } = refused
  const { code, detail } = error
  return withScope(db, { tenantId }, (tx) =>
    appendAudit(tx, {
      tenantId,
      actor,
      ...subject,
      action: `${subject.resource}.change-refused`,
      changes: { attempted: subject.action, code, detail },
    }),
  )
}
