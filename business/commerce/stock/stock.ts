/** Rules of stock. Quantities are integers at scale 4. */

/** A service is sold without being kept: it has no balance, no movements, no reservations. */
export type ProductKind = 'goods' | 'service'

export interface StockLevel {
  onHand: bigint
  reserved: bigint
}

export type MovementKind = 'receipt' | 'adjustment'

/** What an order wanted of a product and what there was to promise. */
export interface Shortage {
  productId: string
  asked: bigint
  available: bigint
}

export interface QuantityOfProduct {
  productId: string
  quantity: bigint
}

export function available(level: StockLevel): bigint {
  return level.onHand - level.reserved
}

/** Why a product takes no movements, or null. */
export function refuseMovements(kind: ProductKind): 'product-is-service' | null {
  return kind === 'service' ? 'product-is-service' : null
}

/** Why this movement makes no sense whatever the stock, or undefined. */
export function objectionToMovement(kind: MovementKind, quantity: bigint): string | undefined {
  if (kind === 'receipt' && quantity < 0n) return 'a receipt has a quantity above 0; take stock away with an adjustment'
  return undefined
}

/** One entry per product with the sum of its lines, in id order: the order in which balances are locked. */
export function sumByProduct(lines: readonly QuantityOfProduct[]): QuantityOfProduct[] {
  const sums = new Map<string, bigint>()
  for (const { productId, quantity } of lines) sums.set(productId, (sums.get(productId) ?? 0n) + quantity)
  return [...sums]
    .map(([productId, quantity]) => ({ productId, quantity }))
    .toSorted((left, right) => (left.productId < right.productId ? -1 : 1))
}
