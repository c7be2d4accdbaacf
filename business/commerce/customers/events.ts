import { z } from 'zod'
import { defineEvent } from '../commands/index.ts'

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
  payload: customer,
})
export const CustomerUpdated = defineEvent({
  type: 'CustomerUpdated',
  version: 1,
  aggregate: 'customer',
  payload: customer,
})

export const customerEvents = [CustomerCreated, CustomerUpdated]
