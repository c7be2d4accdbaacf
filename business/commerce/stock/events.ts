import { z } from 'zod'
import { defineEvent } from '../commands/index.ts'

const quantityOfProduct = z.strictObject({ productId: z.uuid(), quantity: z.string() })
const movement = z.strictObject({
  movementId: z.uuid(),
  productId: z.uuid(),
  quantity: z.string(),
  onHand: z.string(),
  reserved: z.string(),
})
const promise = z.strictObject({ orderId: z.uuid(), products: z.array(quantityOfProduct) })

export const StockReceived = defineEvent({ type: 'StockReceived', version: 1, aggregate: 'product', payload: movement })
export const StockAdjusted = defineEvent({ type: 'StockAdjusted', version: 1, aggregate: 'product', payload: movement })
export const StockReserved = defineEvent({ type: 'StockReserved', version: 1, aggregate: 'order', payload: promise })
export const StockReleased = defineEvent({ type: 'StockReleased', version: 1, aggregate: 'order', payload: promise })

export const stockEvents = [StockReceived, StockAdjusted, StockReserved, StockReleased]
