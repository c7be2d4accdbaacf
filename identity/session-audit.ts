import { withScope, type Db, type Tx } from '@platen/kit/sql'
import { appendAudit } from './audit.ts'
import type { SecondFactorKind, Visitor } from './sessions.ts'

export type SessionEvent =
  | 'session.opened'
  | 'session.opened-by-ticket'
  | 'session.closed'
  | 'session.entered'
  | 'session.left'
  | 'session.revoked-after-token-reuse'

/** Why a sign-in was refused. The answer says none of this. */
export type RefusalReason =
  | 'account-unknown'
  | 'account-not-active'
  | 'password-wrong'
  | 'no-open-tenant'
  | 'code-wrong'

/** What happened to a session, in the transaction that did it. `label` is who did it: the account's e-mail, or who asked for a ticket. */
export const auditSession = (
  tx: Tx,
  action: SessionEvent,
  session: {
    id: string
    tenantId: string
    accountId: string
    label: string
    secondFactor?: SecondFactorKind | undefined
  },
  visitor: Visitor,
): Promise<void> =>
  appendAudit(tx, {
    tenantId: session.tenantId,
    actor: { id: null, label: session.label, ...visitor },
    action,
    resource: 'session',
    resourceId: session.id,
    changes: {
      accountId: session.accountId,
      ...(session.secondFactor === undefined ? {} : { secondFactor: session.secondFactor }),
    },
  })

/** A sign-in that was refused: it belongs to no tenant, because nobody knows who it was. */
export const auditRefusal = (
  db: Db,
  { email, reason }: { email: string; reason: RefusalReason },
  visitor: Visitor,
): Promise<void> =>
  withScope(db, {}, (tx) =>
    appendAudit(tx, {
      tenantId: null,
      actor: { id: null, label: email, ...visitor },
      action: 'session.refused',
      resource: 'session',
      changes: { reason },
    }),
  )
