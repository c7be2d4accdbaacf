/** Every SQL statement that writes `commerce.orders`, `commerce.order_lines` and `commerce.order_vat_rows`. */
import { defineList, searchPatterns, searchText, type ListQuery, type Page } from '@platen/kit/lists'
import { maybe, one, rows, sql, type Db, type Tx } from '@platen/kit/sql'
import { formatUnits, SCALE } from '../money/index.ts'
import { numberPrefix, ORDER_STATES, type CustomerSnapshot, type Order } from './order.ts'
import { ORDER_COLUMNS, SELECT_ORDER, toOrder, type OrderRow } from './order-rows.ts'

/** Filters and sort of the orders. */
export const orderList = defineList({
  fields: {
    number: { type: 'text', column: sql`orders.number`, sort: true, isNullable: true },
    state: { type: 'enum', values: ORDER_STATES, column: sql`orders.state`, sort: true },
    customerId: { type: 'uuid', column: sql`orders.customer_id` },
    customer: { type: 'text', column: sql`orders.customer->>'name'`, description: 'Name of the customer.' },
    net: { type: 'number', column: sql`orders.net_cents / 100.0`, sort: true },
    gross: { type: 'number', column: sql`orders.gross_cents / 100.0`, sort: true },
    createdAt: { type: 'time', column: sql`orders.created_at`, sort: 'as-created' },
    updatedAt: { type: 'time', column: sql`orders.updated_at`, sort: true },
    submittedAt: { type: 'time', column: sql`orders.submitted_at`, sort: true, isNullable: true },
  },
  defaultSort: ['-createdAt'],
  tieBreaker: { type: 'uuid', column: sql`orders.id` },
  search: (text) => sql`orders.search_text LIKE ALL (${searchPatterns(text)}::text[])`,
  searchDescription: 'Words of number or customer name; accents and case do not matter.',
})

export function listOrders(db: Db, query: ListQuery): Promise<Page<Order>> {
  return orderList.read(
    db,
    query,
    ({ key, where, rest }) =>
      sql<OrderRow>`SELECT ${ORDER_COLUMNS}, ${key} FROM commerce.orders orders WHERE ${where} ${rest}`,
    toOrder,
  )
}

export async function findOrder(db: Db, id: string): Promise<Order | undefined> {
  const row = await maybe<OrderRow>(db, sql`${SELECT_ORDER} WHERE orders.id = ${id}`)
  return row && toOrder(row)
}

/** The order, changed by nobody else before the transaction ends. */
export async function lockOrder(tx: Tx, id: string): Promise<Order | undefined> {
  await sql`SELECT FROM commerce.orders WHERE id = ${id} FOR NO KEY UPDATE`.execute(tx)
  // A statement of its own: its subselects must see the lines that were committed while we waited for the lock.
  return findOrder(tx, id)
}

export async function insertOrder(tx: Tx, order: Order): Promise<void> {
  const { totals } = order
  await sql`
    INSERT INTO commerce.orders (id, state, customer_id, customer, currency, discount_percent, discount_amount_cents,
      note, lines_net_cents, discount_cents, net_cents, vat_total_cents, gross_cents, search_text, version, created_at,
      updated_at)
    VALUES (${order.id}, ${order.state}, ${order.customer.id}, ${JSON.stringify(order.customer)}, ${order.currency},
      ${percentOf(order)}, ${centsOf(order)}, ${order.note}, ${totals.linesNetCents}, ${totals.discountCents},
      ${totals.netCents}, ${totals.vatTotalCents}, ${totals.grossCents}, ${searchText([order.customer.name])},
      ${order.version}, ${order.createdAt}, ${order.updatedAt})`.execute(tx)
  await insertParts(tx, order)
}

/** Replaces all that a draft consists of. */
export async function replaceDraft(tx: Tx, order: Order): Promise<void> {
  const { totals } = order
  await sql`
    WITH line AS (DELETE FROM commerce.order_lines WHERE order_id = ${order.id}),
      vat_row AS (DELETE FROM commerce.order_vat_rows WHERE order_id = ${order.id})
    UPDATE commerce.orders SET customer_id = ${order.customer.id}, customer = ${JSON.stringify(order.customer)},
      currency = ${order.currency}, discount_percent = ${percentOf(order)}, discount_amount_cents = ${centsOf(order)},
      note = ${order.note}, lines_net_cents = ${totals.linesNetCents}, discount_cents = ${totals.discountCents},
      net_cents = ${totals.netCents}, vat_total_cents = ${totals.vatTotalCents}, gross_cents = ${totals.grossCents},
      search_text = ${searchText([order.customer.name])}, version = ${order.version}, updated_at = ${order.updatedAt}
    WHERE id = ${order.id} AND state = 'draft'`.execute(tx)
  await insertParts(tx, order)
}

/** Gives the number and sets the state. Called last: a number is taken only when nothing else can refuse. */
export async function markSubmitted(
  tx: Tx,
  order: { id: string; customer: CustomerSnapshot; version: number; at: Date },
): Promise<string> {
  const { number } = await one<{ number: string }>(
    tx,
    sql`
    WITH next AS (SELECT nextval('commerce.order_numbers')::text AS digits), numbered AS (
      SELECT ${numberPrefix(order.at)} || lpad(digits, greatest(5, length(digits)), '0') AS number FROM next
    )
    UPDATE commerce.orders SET state = 'submitted', number = numbered.number, submitted_at = ${order.at},
      customer = ${JSON.stringify(order.customer)}::jsonb, version = ${order.version}, updated_at = ${order.at},
      search_text = lower(numbered.number) || ' ' || ${searchText([order.customer.name])}
    FROM numbered WHERE id = ${order.id} AND state = 'draft'
    RETURNING numbered.number`,
  )
  return number
}

export async function markCancelled(
  tx: Tx,
  order: { id: string; reason: string | null; version: number; at: Date },
): Promise<void> {
  await sql`
    UPDATE commerce.orders SET state = 'cancelled', cancelled_at = ${order.at}, cancellation_reason = ${order.reason},
      version = ${order.version}, updated_at = ${order.at}
    WHERE id = ${order.id}`.execute(tx)
}

/** Positions (from 0) of lines whose product was archived or changed its kind since the line was written. */
export async function linesOfChangedProducts(tx: Tx, orderId: string): Promise<{ position: number; sku: string }[]> {
  return rows(
    tx,
    sql`SELECT line.position, line.sku FROM commerce.order_lines line
        JOIN commerce.products product ON product.id = line.product_id
        WHERE line.order_id = ${orderId} AND (product.archived_at IS NOT NULL OR product.kind <> line.kind)
        ORDER BY line.position`,
  )
}

// One statement for all lines and VAT rows. Exact numbers travel as text within the JSON.
async function insertParts(tx: Tx, order: Order): Promise<void> {
  const lines = order.lines.map((line, position) => ({
    id: line.id,
    position,
    product_id: line.productId,
    sku: line.sku,
    name: line.name,
    kind: line.kind,
    description: line.description,
    quantity: formatUnits(line.quantity, SCALE.quantity),
    unit: line.unit,
    unit_price: formatUnits(line.unitPrice, SCALE.unitPrice),
    discount_percent: line.discountPercent === null ? null : formatUnits(line.discountPercent, SCALE.percent),
    net_cents: line.netCents.toString(),
    vat_category: line.vat.category,
    vat_rate: formatUnits(line.vat.rate, SCALE.percent),
  }))
  const vatRows = order.totals.vat.map((row) => ({
    vat_category: row.category,
    vat_rate: formatUnits(row.rate, SCALE.percent),
    discount_cents: row.discountCents.toString(),
    base_cents: row.baseCents.toString(),
    amount_cents: row.amountCents.toString(),
  }))
  await sql`
    WITH line AS (
      INSERT INTO commerce.order_lines (order_id, id, position, product_id, sku, name, kind, description, quantity, unit,
        unit_price, discount_percent, net_cents, vat_category, vat_rate)
      SELECT ${order.id}::uuid, line.* FROM jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) AS line (
        id uuid, position integer, product_id uuid, sku text, name text, kind text, description text, quantity numeric,
        unit text, unit_price numeric, discount_percent numeric, net_cents bigint, vat_category text, vat_rate numeric)
    )
    INSERT INTO commerce.order_vat_rows (order_id, vat_category, vat_rate, discount_cents, base_cents, amount_cents)
    SELECT ${order.id}::uuid, vat_row.* FROM jsonb_to_recordset(${JSON.stringify(vatRows)}::jsonb) AS vat_row (
      vat_category text, vat_rate numeric, discount_cents bigint, base_cents bigint, amount_cents bigint)`.execute(tx)
}

function percentOf({ discount }: Order): string | null {
  return discount && 'percent' in discount ? formatUnits(discount.percent, SCALE.percent) : null
}

function centsOf({ discount }: Order): bigint | null {
  return discount && 'cents' in discount ? discount.cents : null
}
