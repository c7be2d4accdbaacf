import { notFound, type Command } from '../commands/index.ts'
import { quantityView } from '../money/index.ts'
import { releaseStock, StockReleased } from '../stock/index.ts'
import { OrderCancelled } from './events.ts'
import type { Order } from './order.ts'
import { lockOrder, markCancelled } from './order-store.ts'

/** Cancels an order and gives back what it reserved. Cancelling a cancelled order returns it as it is. */
export async function cancelOrder(command: Command, id: string, reason: string | null): Promise<Order> {
  const { tx, at } = command
  const before = await lockOrder(tx, id)
  if (!before) throw notFound('order')
  if (before.state === 'cancelled') return before
  const released = await releaseStock(tx, { orderId: id, at })
  const change = { version: before.version + 1, updatedAt: at, cancelledAt: at, cancellationReason: reason }
  await markCancelled(tx, { id, reason, version: change.version, at })
  const after: Order = { ...before, ...change, state: 'cancelled' }
  const products = released.map(({ productId, quantity }) => ({ productId, quantity: quantityView(quantity) }))
  const payload = { orderId: id, number: before.number, customerId: before.customer.id, reason }
  const cancelled = OrderCancelled.of(id, payload)
  await command.record({
    action: 'order.cancelled',
    resource: 'order',
    resourceId: id,
    changes: { number: before.number, reason, released: products },
    events: products.length === 0 ? [cancelled] : [cancelled, StockReleased.of(id, { orderId: id, products })],
  })
  return after
}
