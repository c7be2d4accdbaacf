/** Reading orders: the select of an order with its parts, and its way into the rules' types. */
import { sql } from '@platen/kit/sql'
import { SCALE, toUnits, type Currency, type VatCategory } from '../money/index.ts'
import type { ProductKind } from '../stock/index.ts'
import type { CustomerSnapshot, Order, OrderLine, OrderState } from './order.ts'

// Parts come as JSON in one round trip; exact numbers as text, because JSON.parse would make floats of them.
export const ORDER_COLUMNS = sql`
  orders.*, (
    SELECT coalesce(json_agg(json_build_object(
      'id', line.id, 'productId', line.product_id, 'sku', line.sku, 'name', line.name, 'kind', line.kind,
      'description', line.description, 'quantity', line.quantity::text, 'unit', line.unit,
      'unitPrice', line.unit_price::text, 'discountPercent', line.discount_percent::text,
      'netCents', line.net_cents::text, 'vatCategory', line.vat_category, 'vatRate', line.vat_rate::text
    ) ORDER BY line.position), '[]')
    FROM commerce.order_lines line WHERE line.order_id = orders.id
  ) AS lines, (
    SELECT coalesce(json_agg(json_build_object(
      'category', vat_row.vat_category, 'rate', vat_row.vat_rate::text, 'discountCents', vat_row.discount_cents::text,
      'baseCents', vat_row.base_cents::text, 'amountCents', vat_row.amount_cents::text
    ) ORDER BY vat_row.vat_rate DESC, array_position(ARRAY['S', 'E', 'AE', 'K', 'G', 'O', 'Z'], vat_row.vat_category)), '[]')
    FROM commerce.order_vat_rows vat_row WHERE vat_row.order_id = orders.id
  ) AS vat_rows`
export const SELECT_ORDER = sql`SELECT ${ORDER_COLUMNS} FROM commerce.orders`

export interface OrderRow {
  id: string
  number: string | null
  state: OrderState
  customer: CustomerSnapshot
  currency: Currency
  discount_percent: string | null
  discount_amount_cents: bigint | null
  note: string | null
  lines_net_cents: bigint
  discount_cents: bigint
  net_cents: bigint
  vat_total_cents: bigint
  gross_cents: bigint
  version: number
  created_at: Date
  updated_at: Date
  submitted_at: Date | null
  cancelled_at: Date | null
  cancellation_reason: string | null
  lines: LineRow[]
  vat_rows: { category: VatCategory; rate: string; discountCents: string; baseCents: string; amountCents: string }[]
}

interface LineRow {
  id: string
  productId: string
  sku: string
  name: string
  kind: ProductKind
  description: string | null
  quantity: string
  unit: string
  unitPrice: string
  discountPercent: string | null
  netCents: string
  vatCategory: VatCategory
  vatRate: string
}

export function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    customer: row.customer,
    currency: row.currency,
    lines: row.lines.map(toLine),
    discount: discountOf(row),
    note: row.note,
    totals: {
      linesNetCents: row.lines_net_cents,
      discountCents: row.discount_cents,
      netCents: row.net_cents,
      vat: row.vat_rows.map((vatRow) => ({
        category: vatRow.category,
        rate: toUnits(vatRow.rate, SCALE.percent),
        discountCents: BigInt(vatRow.discountCents),
        baseCents: BigInt(vatRow.baseCents),
        amountCents: BigInt(vatRow.amountCents),
      })),
      vatTotalCents: row.vat_total_cents,
      grossCents: row.gross_cents,
    },
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    submittedAt: row.submitted_at,
    cancelledAt: row.cancelled_at,
    cancellationReason: row.cancellation_reason,
  }
}

function toLine(row: LineRow): OrderLine {
  const { vatCategory, vatRate, ...line } = row
  return {
    ...line,
    quantity: toUnits(row.quantity, SCALE.quantity),
    unitPrice: toUnits(row.unitPrice, SCALE.unitPrice),
    discountPercent: row.discountPercent === null ? null : toUnits(row.discountPercent, SCALE.percent),
    netCents: BigInt(row.netCents),
    vat: { category: vatCategory, rate: toUnits(vatRate, SCALE.percent) },
  }
}

function discountOf(row: OrderRow): Order['discount'] {
  if (row.discount_percent !== null) return { percent: toUnits(row.discount_percent, SCALE.percent) }
  return row.discount_amount_cents === null ? null : { cents: row.discount_amount_cents }
}
