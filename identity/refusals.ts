import { withScope, type Db } from '@platen/kit/sql'
import { appendAudit } from './audit.ts'
import { actorOf, type Principal } from './principal.ts'
import type { Visitor } from './sessions.ts'

export interface Refusal {
  /** The permission that was missing, or `operator`. */
  wanted: string
  method: string
  /** The pattern, not the path: an id in it may be anybody's. */
  route: string
}

export type RefusalRecorder = (principal: Principal, refusal: Refusal, visitor: Visitor) => Promise<void>

const pauseMs = 60_000
/** So many pairs of somebody and a permission are remembered; beyond that the minute begins anew. */
const mostRemembered = 10_000

/** At most one row per person, permission and minute of this process: a program that asks in a loop must not fill the disk. */
export function createRefusalRecorder(db: Db): RefusalRecorder {
  const recorded = new Map<string, number>()
  return async (principal, { wanted, method, route }, visitor) => {
    const key = `${principal.userId} ${wanted}`
    const now = performance.now()
    if (now - (recorded.get(key) ?? -Infinity) < pauseMs) return
    if (recorded.size >= mostRemembered) recorded.clear()
    recorded.set(key, now)
    try {
      await withScope(db, { tenantId: principal.tenantId }, (tx) =>
        appendAudit(tx, {
          tenantId: principal.tenantId,
          actor: actorOf(principal, visitor),
          action: 'access.refused',
          resource: 'permission',
          resourceId: wanted,
          changes: { method, route },
        }),
      )
    } catch (error) {
      recorded.delete(key)
      throw error
    }
  }
}
