/** Balances and the movement ledger: every SQL statement that writes `stock_balances.on_hand` or `stock_movements`. */
import { maybe, rows, sql, type Tx } from '@platen/kit/sql'
import { formatUnits, SCALE, toUnits } from '../money/index.ts'
import type { MovementKind, ProductKind, StockLevel } from './stock.ts'

/** The one location of a site, created by the migration under this id in every site. */
export const DEFAULT_LOCATION_ID = '01990000-0000-7000-8000-000000000001'

export interface Movement {
  id: string
  productId: string
  kind: MovementKind
  /** Signed. */
  quantity: bigint
  reason: string | null
  actor: { id: string; label: string }
  at: Date
}

/** Gives goods their balance row. Repeating it changes nothing. */
export async function openBalance(tx: Tx, productId: string): Promise<void> {
  await sql`
    INSERT INTO commerce.stock_balances (product_id, location_id, on_hand, reserved)
    VALUES (${productId}, ${DEFAULT_LOCATION_ID}, 0, 0) ON CONFLICT DO NOTHING`.execute(tx)
}

export async function productExists(tx: Tx, productId: string): Promise<boolean> {
  return (await maybe(tx, sql`SELECT FROM commerce.products WHERE id = ${productId}`)) !== undefined
}

/** The kind of a product, held until the transaction ends so that it cannot become a service under a movement. */
export async function holdProductKind(tx: Tx, productId: string): Promise<ProductKind | undefined> {
  const row = await maybe<{ kind: ProductKind }>(
    tx,
    sql`SELECT kind FROM commerce.products WHERE id = ${productId} FOR SHARE`,
  )
  return row?.kind
}

/**
 * Adds a movement to the ledger and its quantity to the balance in one conditional statement.
 * @returns the new level, or undefined when the balance would fall below what is reserved; then nothing was written.
 */
export async function applyMovement(tx: Tx, movement: Movement): Promise<StockLevel | undefined> {
  const quantity = formatUnits(movement.quantity, SCALE.quantity)
  const row = await maybe<LevelRow>(
    tx,
    sql`
    WITH balance AS (
      UPDATE commerce.stock_balances SET on_hand = on_hand + ${quantity}::numeric
      WHERE product_id = ${movement.productId} AND location_id = ${DEFAULT_LOCATION_ID}
        AND on_hand + ${quantity}::numeric >= reserved
      RETURNING product_id, location_id, on_hand, reserved
    ), movement AS (
      INSERT INTO commerce.stock_movements
        (id, product_id, location_id, kind, quantity, reason, actor_id, actor_label, created_at)
      SELECT ${movement.id}::uuid, product_id, location_id, ${movement.kind}, ${quantity}::numeric, ${movement.reason}::text,
        ${movement.actor.id}::text, ${movement.actor.label}::text, ${movement.at}::timestamptz
      FROM balance
    )
    SELECT on_hand, reserved FROM balance`,
  )
  return row && toLevel(row)
}

/** Undefined for services and unknown products. */
export async function readLevel(tx: Tx, productId: string): Promise<StockLevel | undefined> {
  const row = await maybe<LevelRow>(
    tx,
    sql`SELECT on_hand, reserved FROM commerce.stock_balances
        WHERE product_id = ${productId} AND location_id = ${DEFAULT_LOCATION_ID}`,
  )
  return row && toLevel(row)
}

/** As readLevel, and nobody changes it before the transaction ends. */
export async function lockLevel(tx: Tx, productId: string): Promise<StockLevel | undefined> {
  const row = await maybe<LevelRow>(
    tx,
    sql`SELECT on_hand, reserved FROM commerce.stock_balances
        WHERE product_id = ${productId} AND location_id = ${DEFAULT_LOCATION_ID} FOR NO KEY UPDATE`,
  )
  return row && toLevel(row)
}

/** Newest first. */
export async function listMovements(tx: Tx, productId: string, limit: number): Promise<Movement[]> {
  const found = await rows<MovementRow>(
    tx,
    sql`SELECT id, kind, quantity, reason, actor_id, actor_label, created_at FROM commerce.stock_movements
        WHERE product_id = ${productId} ORDER BY id DESC LIMIT ${limit}`,
  )
  return found.map((row) => ({
    id: row.id,
    productId,
    kind: row.kind,
    quantity: toUnits(row.quantity, SCALE.quantity),
    reason: row.reason,
    actor: { id: row.actor_id, label: row.actor_label },
    at: row.created_at,
  }))
}

interface LevelRow {
  on_hand: string
  reserved: string
}

interface MovementRow {
  id: string
  kind: MovementKind
  quantity: string
  reason: string | null
  actor_id: string
  actor_label: string
  created_at: Date
}

function toLevel(row: LevelRow): StockLevel {
  return { onHand: toUnits(row.on_hand, SCALE.quantity), reserved: toUnits(row.reserved, SCALE.quantity) }
}
