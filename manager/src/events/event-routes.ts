import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import { registerDeadLetterRoutes } from '@platen/kit/dead-letters'
import type { HttpServer } from '@platen/kit/http'
import type { Db } from '@platen/kit/sql'
import { scopeOf } from '../scope.ts'

/** The dead letters of the control plane, for operators. What is replayed is delivered by the next sweep of the relay. */
export function registerEventRoutes(app: HttpServer, { db }: { db: Db }): void {
  registerDeadLetterRoutes(app, {
    policies: { read: { kind: 'operator' }, write: { kind: 'operator' } },
    contextOf: (request) => {
      const principal = principalOf(request)
      const actor = actorOf(principal, visitorOf(request))
      return {
        db,
        scope: scopeOf(principal),
        audit: (tx, entry) => appendAudit(tx, { ...entry, tenantId: null, actor }),
        afterCommit: () => undefined,
      }
    },
  })
}
