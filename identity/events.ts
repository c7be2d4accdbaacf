import { appendEvent, defineEvent } from '@platen/kit/outbox'
import type { Tx } from '@platen/kit/sql'
import { z } from 'zod'

/** A user as events tell of them: no address, no secret. Roles by id: names of system roles, uuids of own ones. */
const userFacts = z.strictObject({
  userId: z.uuid(),
  accountId: z.uuid(),
  name: z.string(),
  roles: z.array(z.string()).readonly(),
  state: z.enum(['active', 'disabled', 'erased']),
})
export type UserFacts = z.infer<typeof userFacts>

const userEvents = {
  UserCreated: defineEvent({
    type: 'UserCreated',
    version: 1,
    aggregate: 'user',
    description: 'Somebody is a user of the tenant or of the site from now on.',
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

/** `UserCreated` or `UserUpdated`, in the transaction that makes it true. */
export const appendUserEvent = (
  tx: Tx,
  type: keyof typeof userEvents,
  { tenantId, user }: { tenantId: string; user: UserFacts },
): Promise<void> => appendEvent(tx, tenantId, userEvents[type].of(user.userId, user))
