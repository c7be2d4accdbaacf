import { withScope } from '@platen/kit/sql'
import { appendAudit } from '../audit.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { actorOf, type Principal } from '../principal.ts'
import { identityProblems } from '../problems.ts'
import type { Visitor } from '../sessions.ts'
import {
  endOneSession,
  endOtherSessions,
  listSessions,
  type OwnSession,
  type SessionPage,
} from './own-session-store.ts'

/** The sessions of who asks: where the account is signed in, and how to end that. */
export interface OwnSessions {
  list(principal: Principal, page: SessionPage): Promise<OwnSession[]>
  /** @throws ProblemError session-not-found, also for the session of somebody else. */
  end(principal: Principal, sessionId: string, visitor: Visitor): Promise<void>
  /** Ends all but the one that asks; answers how many there were. */
  endOthers(principal: Principal, visitor: Visitor): Promise<number>
}

export function createOwnSessions({ db, principals }: IdentityParts): OwnSessions {
  /** `ended` are the ids; every one leaves a row of its own. */
  const audited = (principal: Principal, visitor: Visitor, end: Parameters<typeof endAndAudit>[3]) =>
    endAndAudit(db, principal, visitor, end).finally(() => principals.forgetAll())
  return {
    list: ({ accountId }, page) => listSessions(db, accountId, page),
    async end(principal, sessionId, visitor) {
      const ended = await audited(principal, visitor, (tx) => endOneSession(tx, principal.accountId, sessionId))
      if (ended.length === 0) {
        throw identityProblems.problem('session-not-found', 'You have no such session. Nothing was changed.')
      }
    },
    async endOthers(principal, visitor) {
      const { accountId, sessionId } = principal
      return (await audited(principal, visitor, (tx) => endOtherSessions(tx, accountId, sessionId))).length
    },
  }
}

const endAndAudit = (
  db: IdentityParts['db'],
  principal: Principal,
  visitor: Visitor,
  end: (tx: Parameters<typeof endOneSession>[0]) => Promise<string[]>,
): Promise<string[]> =>
  withScope(db, { tenantId: principal.tenantId }, async (tx) => {
    const ended = await end(tx)
    for (const resourceId of ended) {
      await appendAudit(tx, {
        tenantId: principal.tenantId,
        actor: actorOf(principal, visitor),
        action: 'session.revoked',
        resource: 'session',
        resourceId,
      })
    }
    return ended
  })
