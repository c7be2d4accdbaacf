/**
 * Reservations: every SQL statement that writes `stock_balances.reserved` or `stock_reservations`.
 *
 * Both functions are one statement each. Balances are locked first and in id order, so two orders over {A, B} and {B, A}
 * wait for each other instead of deadlocking. The update repeats the condition `on_hand - reserved >= quantity`: it is
 * that condition, and behind it the CHECK of the table, which makes overselling impossible, not the lock. All products
 * of an order are reserved or none, also when the caller forgets to roll back.
 */
import { newId } from '@platen/kit/ids'
import { rows, sql, type Tx } from '@platen/kit/sql'
import { formatUnits, SCALE, toUnits } from '../money/index.ts'
import { DEFAULT_LOCATION_ID } from './balances.ts'
import { sumByProduct, type QuantityOfProduct, type Shortage } from './stock.ts'

export interface LineToReserve extends QuantityOfProduct {
  lineId: string
}

export interface ActiveReservation {
  orderId: string
  orderNumber: string | null
  customerName: string
  quantity: bigint
}

/** Reserves all lines of an order, or none. @returns what was missing; empty when everything is reserved. */
export async function reserveStock(
  tx: Tx,
  order: { orderId: string; lines: readonly LineToReserve[]; at: Date },
): Promise<Shortage[]> {
  const wanted = sumByProduct(order.lines)
  if (wanted.length === 0) return []
  const found = await rows<{ product_id: string; available: string; is_reserved: boolean }>(
    tx,
    sql`
    WITH wanted AS (
      SELECT * FROM unnest(${wanted.map((item) => item.productId)}::uuid[], ${wanted.map(decimal)}::numeric[])
        AS wanted (product_id, quantity)
    ), locked AS MATERIALIZED (
      SELECT balance.product_id, balance.on_hand - balance.reserved AS available, wanted.quantity
      FROM commerce.stock_balances balance JOIN wanted USING (product_id)
      WHERE balance.location_id = ${DEFAULT_LOCATION_ID}
      ORDER BY balance.product_id FOR NO KEY UPDATE OF balance
    ), verdict AS MATERIALIZED (
      SELECT count(*) = ${wanted.length}::int AND bool_and(available >= quantity) AS is_enough FROM locked
    ), reserved AS (
      UPDATE commerce.stock_balances balance SET reserved = balance.reserved + locked.quantity
      FROM locked, verdict
      WHERE verdict.is_enough AND balance.product_id = locked.product_id AND balance.location_id = ${DEFAULT_LOCATION_ID}
        AND balance.on_hand - balance.reserved >= locked.quantity
      RETURNING balance.product_id
    ), reservation AS (
      INSERT INTO commerce.stock_reservations
        (id, product_id, location_id, order_id, order_line_id, quantity, state, created_at)
      SELECT line.id, line.product_id, ${DEFAULT_LOCATION_ID}::uuid, ${order.orderId}::uuid, line.line_id, line.quantity,
        'active', ${order.at}::timestamptz
      FROM unnest(
        ${order.lines.map(() => newId())}::uuid[], ${order.lines.map((line) => line.productId)}::uuid[],
        ${order.lines.map((line) => line.lineId)}::uuid[], ${order.lines.map(decimal)}::numeric[]
      ) AS line (id, product_id, line_id, quantity) JOIN reserved USING (product_id)
    )
    SELECT locked.product_id, locked.available, reserved.product_id IS NOT NULL AS is_reserved
    FROM locked LEFT JOIN reserved USING (product_id)`,
  )
  if (found.length === wanted.length && found.every((row) => row.is_reserved)) return []
  return shortagesAmong(wanted, new Map(found.map((row) => [row.product_id, toUnits(row.available, SCALE.quantity)])))
}

/** Ends the active reservations of an order. Repeating it changes nothing. @returns what came back, per product. */
export async function releaseStock(tx: Tx, order: { orderId: string; at: Date }): Promise<QuantityOfProduct[]> {
  const released = await rows<{ product_id: string; quantity: string }>(
    tx,
    sql`
    WITH released AS (
      UPDATE commerce.stock_reservations SET state = 'released', ended_at = ${order.at}
      WHERE order_id = ${order.orderId} AND state = 'active'
      RETURNING product_id, location_id, quantity
    ), sums AS (
      SELECT product_id, location_id, sum(quantity) AS quantity FROM released GROUP BY product_id, location_id
    ), locked AS MATERIALIZED (
      SELECT balance.product_id, balance.location_id, sums.quantity
      FROM commerce.stock_balances balance JOIN sums USING (product_id, location_id)
      ORDER BY balance.product_id, balance.location_id FOR NO KEY UPDATE OF balance
    )
    UPDATE commerce.stock_balances balance SET reserved = balance.reserved - locked.quantity
    FROM locked
    WHERE balance.product_id = locked.product_id AND balance.location_id = locked.location_id
    RETURNING balance.product_id, locked.quantity`,
  )
  return sumByProduct(
    released.map((row) => ({ productId: row.product_id, quantity: toUnits(row.quantity, SCALE.quantity) })),
  )
}

/** Who holds a product, oldest first. */
export async function listReservations(tx: Tx, productId: string, limit: number): Promise<ActiveReservation[]> {
  const found = await rows<{ order_id: string; number: string | null; customer_name: string; quantity: string }>(
    tx,
    sql`SELECT reservation.order_id, orders.number, orders.customer ->> 'name' AS customer_name, reservation.quantity
        FROM commerce.stock_reservations reservation JOIN commerce.orders ON orders.id = reservation.order_id
        WHERE reservation.product_id = ${productId} AND reservation.state = 'active'
        ORDER BY reservation.id LIMIT ${limit}`,
  )
  return found.map((row) => ({
    orderId: row.order_id,
    orderNumber: row.number,
    customerName: row.customer_name,
    quantity: toUnits(row.quantity, SCALE.quantity),
  }))
}

function shortagesAmong(wanted: readonly QuantityOfProduct[], available: ReadonlyMap<string, bigint>): Shortage[] {
  const shortages = wanted.map(({ productId, quantity }) => ({
    productId,
    asked: quantity,
    available: available.get(productId) ?? 0n,
  }))
  return shortages.filter((shortage) => shortage.available < shortage.asked)
}

function decimal(item: QuantityOfProduct): string {
  return formatUnits(item.quantity, SCALE.quantity)
}
