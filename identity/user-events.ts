import { appendEvent } from '@platen/kit/outbox'
import type { Tx } from '@platen/kit/sql'

/** A user as events tell of them: no address, no secret. */
export interface UserFacts {
  userId: string
  accountId: string
  name: string
  /** Ids: names of system roles, uuids of own ones. */
  roles: readonly string[]
  state: 'active' | 'disabled' | 'erased'
}

/** `UserCreated` v1 or `UserUpdated` v1, in the transaction that makes it true. */
export const appendUserEvent = (
  tx: Tx,
  type: 'UserCreated' | 'UserUpdated',
  { tenantId, user }: { tenantId: string; user: UserFacts },
): Promise<void> =>
  appendEvent(tx, { type, version: 1, aggregate: 'user', aggregateId: user.userId, payload: user, tenantId })
