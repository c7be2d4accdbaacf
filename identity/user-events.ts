import { appendEvent, defineEvent } from '@platen/kit/outbox'
import type { Tx } from '@platen/kit/sql'
import { z } from 'zod'

/** A user as events tell of them: no address, no secret. */
const userFacts = z.strictObject({
  userId: z.uuid(),
  accountId: z.uuid(),
  name: z.string(),
  roles: z.array(z.string()).readonly().describe('Ids: names of system roles, uuids of own ones.'),
  state: z.enum(['active', 'disabled', 'erased']),
})
export type UserFacts = z.infer<typeof userFacts>

const events = {
  UserCreated: defineEvent({
    type: 'UserCreated',
    version: 1,
    aggregate: 'user',
    description: 'Somebody became a user of an organisation or of a site.',
    payload: userFacts,
  }),
  UserUpdated: defineEvent({
    type: 'UserUpdated',
    version: 1,
    aggregate: 'user',
    description: 'Name, roles or state of a user changed.',
    payload: userFacts,
  }),
}

/** `UserCreated` v1 or `UserUpdated` v1, in the transaction that makes it true. */
export const appendUserEvent = (
  tx: Tx,
  type: keyof typeof events,
  { tenantId, user }: { tenantId: string; user: UserFacts },
): Promise<void> => appendEvent(tx, tenantId, events[type].of(user.userId, user))
