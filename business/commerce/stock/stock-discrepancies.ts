import { rows, sql, type Tx } from '@platen/kit/sql'

interface StockDiscrepancy {
  productId: string
  /** What the balance says, and what movements and active reservations add up to. */
  onHand: string
  ledger: string
  reserved: string
  reservations: string
}

/** Products whose balance is not the sum of their ledger, or whose reserved quantity is not that of the reservations. At most 10. */
export const stockDiscrepancies = (tx: Tx): Promise<StockDiscrepancy[]> =>
  rows(
    tx,
    sql<StockDiscrepancy>`
      WITH moved AS (SELECT product_id, location_id, sum(quantity) AS quantity FROM commerce.stock_movements GROUP BY 1, 2),
        kept AS (SELECT product_id, location_id, sum(quantity) AS quantity FROM commerce.stock_reservations
          WHERE state = 'active' GROUP BY 1, 2)
      SELECT product_id AS "productId", b.on_hand::text AS "onHand", COALESCE(moved.quantity, 0)::text AS ledger,
        b.reserved::text AS reserved, COALESCE(kept.quantity, 0)::text AS reservations
      FROM commerce.stock_balances b
      LEFT JOIN moved USING (product_id, location_id)
      LEFT JOIN kept USING (product_id, location_id)
      WHERE b.on_hand <> COALESCE(moved.quantity, 0) OR b.reserved <> COALESCE(kept.quantity, 0)
      ORDER BY product_id LIMIT 10`,
  )
