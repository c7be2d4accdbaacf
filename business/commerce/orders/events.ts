import { z } from 'zod'
import { defineEvent } from '../commands/index.ts'

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
  /** Null: it was a draft. */
  number: z.string().nullable(),
  customerId: z.uuid(),
  reason: z.string().nullable(),
})

export const OrderDrafted = defineEvent({ type: 'OrderDrafted', version: 1, aggregate: 'order', payload: draft })
export const OrderChanged = defineEvent({ type: 'OrderChanged', version: 1, aggregate: 'order', payload: draft })
export const OrderSubmitted = defineEvent({
  type: 'OrderSubmitted',
  version: 1,
  aggregate: 'order',
  payload: submitted,
})
export const OrderCancelled = defineEvent({
  type: 'OrderCancelled',
  version: 1,
  aggregate: 'order',
  payload: cancelled,
})

export const orderEvents = [OrderDrafted, OrderChanged, OrderSubmitted, OrderCancelled]
