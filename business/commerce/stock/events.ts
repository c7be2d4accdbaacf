import { defineEvent } from '@platen/kit/outbox'
import { z } from 'zod'

const quantityOfProduct = z.strictObject({ productId: z.uuid(), quantity: z.string() })
const movement = z.strictObject({
  movementId: z.uuid(),
  productId: z.uuid(),
  quantity: z.string(),
  onHand: z.string(),
  reserved: z.string(),
})
const promise = z.strictObject({ orderId: z.uuid(), products: z.array(quantityOfProduct) })

export const StockReceived = defineEvent({
  type: 'StockReceived',
  version: 1,
  aggregate: 'product',
  description: 'Goods came in.',
  payload: movement,
})
export const StockAdjusted = defineEvent({
  type: 'StockAdjusted',
  version: 1,
  aggregate: 'product',
  description: 'A count corrected what is on hand.',
  payload: movement,
})
export const StockReserved = defineEvent({
  type: 'StockReserved',
  version: 1,
  aggregate: 'order',
  description: 'A submitted order holds goods.',
  payload: promise,
})
export const StockReleased = defineEvent({
  type: 'StockReleased',
  version: 1,
  aggregate: 'order',
  description: 'A cancelled order gave its goods back.',
  payload: promise,
})
