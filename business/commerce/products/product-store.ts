/** Every SQL statement that writes `commerce.products`. */
import { defineList, searchPatterns, searchText, type ListQuery, type Page } from '@platen/kit/lists'
import { maybe, prepared, rows, sql, type Db, type Tx } from '@platen/kit/sql'
import { formatUnits, SCALE, toUnits, type Currency, type VatCategory } from '../money/index.ts'
import { DEFAULT_LOCATION_ID, type ProductKind } from '../stock/index.ts'
import { skuKey, type Picture, type Product } from './product.ts'

/** Filters and sort of the products. Who does not ask for archived ones does not see them. */
export const productList = defineList({
  fields: {
    sku: { type: 'text', column: sql`product.sku`, sort: true },
    name: { type: 'text', column: sql`product.name`, sort: true },
    kind: { type: 'enum', values: ['goods', 'service'], column: sql`product.kind` },
    barcode: { type: 'text', column: sql`product.barcode` },
    unitPrice: { type: 'number', column: sql`product.unit_price`, sort: true },
    archived: {
      type: 'boolean',
      column: sql`product.archived_at IS NOT NULL`,
      unlessFiltered: sql`product.archived_at IS NULL`,
    },
    createdAt: { type: 'time', column: sql`product.created_at`, sort: 'as-created' },
    updatedAt: { type: 'time', column: sql`product.updated_at`, sort: true },
  },
  defaultSort: ['-createdAt'],
  tieBreaker: { type: 'uuid', column: sql`product.id` },
  search: (text) => sql`product.search_text LIKE ALL (${searchPatterns(text)}::text[])`,
  searchDescription: 'Words of SKU, name or barcode; accents and case do not matter.',
})

export function listProducts(db: Db, query: ListQuery): Promise<Page<Product>> {
  return productList.read(
    db,
    query,
    ({ key, where, rest }) =>
      sql<ProductRow>`SELECT ${PRODUCT_COLUMNS}, ${key} FROM commerce.products product WHERE ${where} ${rest}`,
    toProduct,
  )
}

export async function findProduct(db: Db, id: string): Promise<Product | undefined> {
  const row = await maybe(db, prepared(sql<ProductRow>`${SELECT_PRODUCT} WHERE product.id = ${id}`))
  return row && toProduct(row)
}

/** The product, changed by nobody else before the transaction ends. */
export async function lockProduct(tx: Tx, id: string): Promise<Product | undefined> {
  await sql`SELECT FROM commerce.products WHERE id = ${id} FOR NO KEY UPDATE`.execute(tx)
  // A statement of its own: the subselect of the stock level must see what was committed while we waited.
  return findProduct(tx, id)
}

export async function findProducts(db: Db, ids: readonly string[]): Promise<Map<string, Product>> {
  const found = await rows<ProductRow>(db, sql`${SELECT_PRODUCT} WHERE product.id = ANY (${[...new Set(ids)]}::uuid[])`)
  return new Map(found.map((row) => [row.id, toProduct(row)]))
}

/** @throws the violation of `products_sku_key` */
export async function insertProduct(tx: Tx, product: Product): Promise<void> {
  await sql`
    INSERT INTO commerce.products (id, sku, sku_key, name, description, kind, unit, vat_category, vat_rate, unit_price,
      currency, barcode, reorder_level, search_text, version, created_at, updated_at)
    VALUES (${product.id}, ${product.sku}, ${skuKey(product.sku)}, ${product.name}, ${product.description}, ${product.kind},
      ${product.unit}, ${product.vat.category}, ${formatUnits(product.vat.rate, SCALE.percent)},
      ${formatUnits(product.unitPrice, SCALE.unitPrice)}, ${product.currency}, ${product.barcode},
      ${levelText(product.reorderLevel)}, ${searchTextOf(product)}, ${product.version}, ${product.createdAt},
      ${product.updatedAt})`.execute(tx)
}

/** Writes all that can change. @throws the violation of `products_sku_key` */
export async function updateProduct(tx: Tx, product: Product): Promise<void> {
  const { picture } = product
  await sql`
    UPDATE commerce.products SET sku = ${product.sku}, sku_key = ${skuKey(product.sku)}, name = ${product.name},
      description = ${product.description}, kind = ${product.kind}, unit = ${product.unit},
      vat_category = ${product.vat.category}, vat_rate = ${formatUnits(product.vat.rate, SCALE.percent)},
      unit_price = ${formatUnits(product.unitPrice, SCALE.unitPrice)}, currency = ${product.currency},
      barcode = ${product.barcode}, reorder_level = ${levelText(product.reorderLevel)},
      picture_key = ${picture?.key ?? null}, picture_content_type = ${picture?.contentType ?? null},
      picture_size_bytes = ${picture?.sizeBytes ?? null}, picture_width = ${picture?.width ?? null},
      picture_height = ${picture?.height ?? null}, search_text = ${searchTextOf(product)},
      archived_at = ${product.archivedAt}, version = ${product.version}, updated_at = ${product.updatedAt}
    WHERE id = ${product.id}`.execute(tx)
}

// A scalar subselect, not a join: a join of the list pages was measured 7 times slower (it plans as a merge join that
// reads the other index from its start).
const PRODUCT_COLUMNS = sql`
  product.id, product.sku, product.name, product.description, product.kind, product.unit, product.vat_category, product.vat_rate,
  product.unit_price, product.currency, product.barcode, product.reorder_level, product.picture_key, product.picture_content_type,
  product.picture_size_bytes, product.picture_width, product.picture_height, product.archived_at, product.version,
  product.created_at, product.updated_at, (
    SELECT json_build_object('onHand', balance.on_hand::text, 'reserved', balance.reserved::text)
    FROM commerce.stock_balances balance
    WHERE product.kind = 'goods' AND balance.product_id = product.id AND balance.location_id = ${DEFAULT_LOCATION_ID}
  ) AS stock`
const SELECT_PRODUCT = sql`SELECT ${PRODUCT_COLUMNS} FROM commerce.products product`

interface ProductRow {
  id: string
  sku: string
  name: string
  description: string | null
  kind: ProductKind
  unit: string
  vat_category: VatCategory
  vat_rate: string
  unit_price: string
  currency: Currency
  barcode: string | null
  reorder_level: string | null
  picture_key: string | null
  picture_content_type: string | null
  picture_size_bytes: bigint | null
  picture_width: number | null
  picture_height: number | null
  archived_at: Date | null
  version: number
  created_at: Date
  updated_at: Date
  stock: { onHand: string; reserved: string } | null
}

function toProduct(row: ProductRow): Product {
  const { stock } = row
  return {
    id: row.id,
    sku: row.sku,
    name: row.name,
    description: row.description,
    kind: row.kind,
    unit: row.unit,
    vat: { category: row.vat_category, rate: toUnits(row.vat_rate, SCALE.percent) },
    unitPrice: toUnits(row.unit_price, SCALE.unitPrice),
    currency: row.currency,
    barcode: row.barcode,
    reorderLevel: row.reorder_level === null ? null : toUnits(row.reorder_level, SCALE.quantity),
    picture: toPicture(row),
    stock: stock && {
      onHand: toUnits(stock.onHand, SCALE.quantity),
      reserved: toUnits(stock.reserved, SCALE.quantity),
    },
    archivedAt: row.archived_at,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function toPicture(row: ProductRow): Picture | null {
  if (row.picture_key === null) return null
  return {
    key: row.picture_key,
    contentType: row.picture_content_type ?? '',
    sizeBytes: Number(row.picture_size_bytes),
    width: row.picture_width ?? 0,
    height: row.picture_height ?? 0,
  }
}

function levelText(level: bigint | null): string | null {
  return level === null ? null : formatUnits(level, SCALE.quantity)
}

function searchTextOf(product: Product): string {
  return searchText([product.sku, product.name, product.barcode])
}
