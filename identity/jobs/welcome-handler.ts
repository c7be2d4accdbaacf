import { z } from 'zod'
import type { EventHandler } from '@platen/kit/outbox'
import { mailByJob } from './mail-job.ts'

const facts = z.object({ accountId: z.uuid() })

/** Greets everybody who became a user: the mail is a job of the transaction that notes the delivery, so it is one. */
export const welcomeNewUsers: EventHandler = {
  name: 'identity.welcome-new-users',
  types: ['UserCreated'],
  async handle(tx, { tenantId, payload }) {
    const { accountId } = facts.parse(payload)
    await mailByJob(tx, { kind: 'welcome', id: accountId, tenantId })
  },
}
