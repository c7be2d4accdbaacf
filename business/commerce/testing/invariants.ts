import { one, sql, type Db } from '@platen/kit/sql'

export interface StockTruth {
  balances: bigint
  /** Balances that are not the sum of their ledger. */
  wrongOnHand: bigint
  /** Balances whose reserved is not the sum of their active reservations. */
  wrongReserved: bigint
}

/** What must hold at every moment, asked of the database alone. */
export async function stockTruth(db: Db): Promise<StockTruth> {
  return one<StockTruth>(
    db,
    sql`
    SELECT count(*) AS balances,
      count(*) FILTER (WHERE balance.on_hand <> (
        SELECT coalesce(sum(movement.quantity), 0) FROM commerce.stock_movements movement
        WHERE movement.product_id = balance.product_id AND movement.location_id = balance.location_id
      )) AS "wrongOnHand",
      count(*) FILTER (WHERE balance.reserved <> (
        SELECT coalesce(sum(reservation.quantity), 0) FROM commerce.stock_reservations reservation
        WHERE reservation.product_id = balance.product_id AND reservation.location_id = balance.location_id
          AND reservation.state = 'active'
      )) AS "wrongReserved"
    FROM commerce.stock_balances balance`,
  )
}
