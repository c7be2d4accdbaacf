import { defineEvent } from '@platen/kit/outbox'
import { z } from 'zod'

const money = z.strictObject({ amount: z.string(), currency: z.string() })
const draft = z.strictObject({ orderId: z.uuid(), customerId: z.uuid(), gross: money, version: z.int() })
const submitted = z.strictObject({
  orderId: z.uuid(),
  number: z.string(),
  customerId: z.uuid(),
  net: money,
  vatTotal: money,
  gross: money,
  lines: z.array(z.strictObject({ lineId: z.uuid(), productId: z.uuid(), quantity: z.string(), net: money })),
})
const cancelled = z.strictObject({
  orderId: z.uuid(),
  number: z.string().nullable().describe('Null: it was a draft.'),
  customerId: z.uuid(),
  reason: z.string().nullable(),
})

export const OrderDrafted = defineEvent({
  type: 'OrderDrafted',
  version: 1,
  aggregate: 'order',
  description: 'An order was begun; nothing is promised yet.',
  payload: draft,
})
export const OrderChanged = defineEvent({
  type: 'OrderChanged',
  version: 1,
  aggregate: 'order',
  description: 'A draft was changed.',
  payload: draft,
})
export const OrderSubmitted = defineEvent({
  type: 'OrderSubmitted',
  version: 1,
  aggregate: 'order',
  description: 'A draft became an order with a number, its amounts fixed and its goods reserved.',
  payload: submitted,
})
export const OrderCancelled = defineEvent({
  type: 'OrderCancelled',
  version: 1,
  aggregate: 'order',
  description: 'A draft or an order was cancelled.',
  payload: cancelled,
})
