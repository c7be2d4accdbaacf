import { defineEvent } from '@platen/kit/outbox'
import { z } from 'zod'

const customer = z.strictObject({
  customerId: z.uuid(),
  kind: z.enum(['company', 'person']),
  name: z.string(),
  email: z.string().nullable(),
  siren: z.string().nullable(),
  vatNumber: z.string().nullable(),
  version: z.int(),
})

export const CustomerCreated = defineEvent({
  type: 'CustomerCreated',
  version: 1,
  aggregate: 'customer',
  description: 'A customer was added.',
  payload: customer,
})
export const CustomerUpdated = defineEvent({
  type: 'CustomerUpdated',
  version: 1,
  aggregate: 'customer',
  description: 'Something about a customer changed; all of it is told.',
  payload: customer,
})
