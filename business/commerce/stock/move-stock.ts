import { newId } from '@platen/kit/ids'
import { notFound, type Command } from '../commands/index.ts'
import { quantityView } from '../money/index.ts'
import { applyMovement, holdProductKind, readLevel, type Movement } from './balances.ts'
import { StockAdjusted, StockReceived } from './events.ts'
import { stockProblems } from './problems.ts'
import { listReservations } from './reservations.ts'
import { objectionToMovement, refuseMovements, type MovementKind, type StockLevel } from './stock.ts'

const ORDERS_NAMED_IN_A_REFUSAL = 20

/** Receives or adjusts stock of a product: movement, balance, audit row and event together. */
export async function moveStock(
  command: Command,
  request: { productId: string; kind: MovementKind; quantity: bigint; reason: string | null },
): Promise<StockLevel> {
  const { tx, at, context } = command
  const { productId, kind, quantity, reason } = request
  const objection = objectionToMovement(kind, quantity)
  if (objection !== undefined) {
    throw stockProblems.problem('movement-invalid', 'The movement is not valid.', {
      errors: [{ pointer: '/quantity', message: objection }],
    })
  }
  const productKind = await holdProductKind(tx, productId)
  if (productKind === undefined) throw notFound('product')
  const refusal = refuseMovements(productKind)
  if (refusal !== null) throw stockProblems.problem(refusal, 'This product is a service.')
  const movement = { id: newId(), productId, kind, quantity, reason, actor: context.actor, at }
  const level = await applyMovement(tx, movement)
  if (!level) throw await belowReserved(command, movement)
  await recordMovement(command, movement, level)
  return level
}

async function recordMovement(command: Command, movement: Movement, level: StockLevel): Promise<void> {
  const definition = movement.kind === 'receipt' ? StockReceived : StockAdjusted
  const { productId, kind, reason } = movement
  const quantity = quantityView(movement.quantity)
  const onHand = quantityView(level.onHand)
  const event = definition.of(productId, {
    movementId: movement.id,
    productId,
    quantity,
    onHand,
    reserved: quantityView(level.reserved),
  })
  await command.record({
    action: kind === 'receipt' ? 'stock.received' : 'stock.adjusted',
    resource: 'product',
    resourceId: productId,
    changes: { quantity, onHand, reason },
    events: [event],
  })
}

async function belowReserved({ tx }: Command, movement: Movement) {
  const level = await readLevel(tx, movement.productId)
  const orders = await listReservations(tx, movement.productId, ORDERS_NAMED_IN_A_REFUSAL)
  const [onHand, reserved] = [quantityView(level?.onHand ?? 0n), quantityView(level?.reserved ?? 0n)]
  const detail = `${onHand} on hand, ${reserved} reserved: ${quantityView(movement.quantity)} would leave less than that.`
  return stockProblems.problem('stock-below-reserved', detail, {
    errors: [{ pointer: '/quantity', message: detail }],
    extensions: {
      onHand,
      reserved,
      orders: orders.map((order) => ({
        orderId: order.orderId,
        orderNumber: order.orderNumber,
        quantity: quantityView(order.quantity),
      })),
    },
  })
}
