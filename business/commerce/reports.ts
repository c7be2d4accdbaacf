import type { Report } from '@platen/identity'
import { one, rows, sql } from '@platen/kit/sql'

const money = (cents: bigint): string =>
  `${cents < 0n ? '-' : ''}${abs(cents) / 100n}.${String(abs(cents) % 100n).padStart(2, '0')}`
const abs = (cents: bigint): bigint => (cents < 0n ? -cents : cents)

const products: Report = {
  permission: 'products.read',
  header: ['id', 'sku', 'name', 'kind', 'unit', 'unit_price', 'currency', 'vat_rate', 'archived_at', 'created_at'],
  count: async (tx) => (await one(tx, sql<{ n: number }>`SELECT count(*)::int AS n FROM commerce.products`)).n,
  async page(tx, after, limit) {
    const found = await rows(
      tx,
      sql<{ id: string; values: (string | null)[]; archived_at: Date | null; created_at: Date }>`
        SELECT id, ARRAY[sku, name, kind, unit, unit_price::text, currency, vat_rate::text] AS values, archived_at, created_at
        FROM commerce.products WHERE ${after}::uuid IS NULL OR id > ${after}::uuid ORDER BY id LIMIT ${limit}`,
    )
    return found.map(({ id, values, archived_at, created_at }) => ({
      id,
      values: [id, ...values, archived_at, created_at],
    }))
  },
}

const orders: Report = {
  permission: 'orders.read',
  header: ['id', 'number', 'state', 'customer', 'net', 'vat', 'gross', 'currency', 'created_at', 'submitted_at'],
  count: async (tx) => (await one(tx, sql<{ n: number }>`SELECT count(*)::int AS n FROM commerce.orders`)).n,
  async page(tx, after, limit) {
    const found = await rows(
      tx,
      sql<OrderRow>`
        SELECT id, number, state, customer->>'name' AS customer, net_cents, vat_total_cents, gross_cents, currency, created_at, submitted_at
        FROM commerce.orders WHERE ${after}::uuid IS NULL OR id > ${after}::uuid ORDER BY id LIMIT ${limit}`,
    )
    return found.map((row) => {
      const totals = [money(row.net_cents), money(row.vat_total_cents), money(row.gross_cents)]
      const { id, number, state, customer, currency, created_at, submitted_at } = row
      return { id, values: [id, number, state, customer, ...totals, currency, created_at, submitted_at] }
    })
  },
}

interface OrderRow {
  id: string
  number: string | null
  state: string
  customer: string | null
  net_cents: bigint
  vat_total_cents: bigint
  gross_cents: bigint
  currency: string
  created_at: Date
  submitted_at: Date | null
}

/** What can be reported of this app. */
export const commerceReports = { products, orders }
