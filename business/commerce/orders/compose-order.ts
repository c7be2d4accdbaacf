/** Turns what a user asks for into lines and totals: prices from the products unless given, VAT always from the products. */
import { computeTotals, SCALE, toUnits, type Currency, type DocumentDiscount, type Totals } from '../money/index.ts'
import { refusalOf, type Product } from '../products/index.ts'
import type { OrderLine } from './order.ts'

export interface LineRequest {
  productId: string
  quantity: string
  unitPrice?: string | undefined
  discountPercent?: string | null | undefined
  description?: string | null | undefined
}

export type DiscountRequest = { percent: string } | { amount: string } | null

export interface Composition {
  lines: Omit<OrderLine, 'id'>[]
  discount: DocumentDiscount
  currency: Currency
  totals: Totals
}

export type CompositionRefusal =
  | { code: 'order-invalid'; errors: { pointer: string; message: string }[] }
  | { code: 'discount-exceeds-total' | 'amount-too-large'; detail: string }

export function composeOrder(
  request: { lines: readonly LineRequest[]; discount: DiscountRequest },
  products: ReadonlyMap<string, Product>,
): Composition | CompositionRefusal {
  const errors: { pointer: string; message: string }[] = []
  const drafts: Omit<OrderLine, 'id' | 'netCents'>[] = []
  request.lines.forEach((line, index) => {
    const product = products.get(line.productId)
    const pointer = `/lines/${index}/productId`
    if (!product) errors.push({ pointer, message: 'is not a product of this site' })
    else if (refusalOf('sell', product) !== null) errors.push({ pointer, message: `${product.sku} is archived` })
    else drafts.push(draftLine(line, product))
  })
  if (errors.length > 0) return { code: 'order-invalid', errors }
  const discount = readDiscount(request.discount)
  const totals = computeTotals({ lines: drafts, discount })
  if ('code' in totals) return totals
  const lines = drafts.map((line, index) => ({ ...line, netCents: totals.lineNetsCents[index] ?? 0n }))
  // Products have one currency until a second one is allowed (see money/wire.ts).
  return { lines, discount, currency: 'EUR', totals }
}

function draftLine(line: LineRequest, product: Product): Omit<OrderLine, 'id' | 'netCents'> {
  const { sku, name, kind, unit, vat } = product
  return {
    productId: product.id,
    sku,
    name,
    kind,
    unit,
    vat,
    description: line.description || null,
    quantity: toUnits(line.quantity, SCALE.quantity),
    unitPrice: line.unitPrice === undefined ? product.unitPrice : toUnits(line.unitPrice, SCALE.unitPrice),
    discountPercent: line.discountPercent == null ? null : toUnits(line.discountPercent, SCALE.percent),
  }
}

function readDiscount(discount: DiscountRequest): DocumentDiscount {
  if (discount === null) return null
  return 'percent' in discount
    ? { percent: toUnits(discount.percent, SCALE.percent) }
    : { cents: toUnits(discount.amount, SCALE.cents) }
}
