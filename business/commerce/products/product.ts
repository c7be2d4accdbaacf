/** Rules of a product: what may be written and what may be done with it. */
import { refuseVat, type Currency, type Vat } from '../money/index.ts'
import { refuseMovements, type ProductKind, type StockLevel } from '../stock/index.ts'
import { isBarcode } from './barcode.ts'
import { isUnit } from './units.ts'

/** Everything a user decides about a product. Numbers are exact: price at scale 6, reorder level at scale 4. */
export interface ProductDetails {
  sku: string
  name: string
  description: string | null
  kind: ProductKind
  unit: string
  vat: Vat
  unitPrice: bigint
  currency: Currency
  barcode: string | null
  reorderLevel: bigint | null
}

export interface Picture {
  key: string
  contentType: string
  sizeBytes: number
  width: number
  height: number
}

export interface Product extends ProductDetails {
  id: string
  picture: Picture | null
  /** Null for services. */
  stock: StockLevel | null
  archivedAt: Date | null
  version: number
  createdAt: Date
  updatedAt: Date
}

/** A SKU is the same in any case and width: "ab-1" and "AB-1" are one. */
export function skuKey(sku: string): string {
  return sku.normalize('NFKC').toLowerCase()
}

export interface Objection {
  /** JSON pointer into the body. */
  pointer: string
  message: string
}

/** What the schema cannot say: values that exist in a list, and values that must fit each other. */
export function objectionsTo(details: ProductDetails): Objection[] {
  const objections: Objection[] = []
  const vatRefusal = refuseVat(details.vat)
  if (vatRefusal !== undefined) objections.push({ pointer: '/vat', message: vatRefusal })
  if (!isUnit(details.unit))
    objections.push({ pointer: '/unit', message: 'is not a unit code of UNECE Rec 20 known here' })
  if (details.barcode !== null && !isBarcode(details.barcode)) {
    objections.push({ pointer: '/barcode', message: 'is not a GTIN of 8, 12, 13 or 14 digits with its check digit' })
  }
  if (details.kind === 'service' && details.reorderLevel !== null) {
    objections.push({ pointer: '/reorderLevel', message: 'belongs to goods; a service has no stock' })
  }
  return objections
}

export const PRODUCT_ACTIONS = ['edit', 'archive', 'restore', 'sell', 'receive-stock', 'adjust-stock'] as const
export type ProductAction = (typeof PRODUCT_ACTIONS)[number]
export type ProductReason = 'product-archived' | 'product-not-archived' | 'product-is-service'

/** The capability table: why an action is closed, or null. Commands and the API's `actions` both read it. */
export function refusalOf(action: ProductAction, product: Pick<Product, 'kind' | 'archivedAt'>): ProductReason | null {
  const isArchived = product.archivedAt !== null
  switch (action) {
    case 'edit':
    case 'archive':
    case 'sell':
      return isArchived ? 'product-archived' : null
    case 'restore':
      return isArchived ? null : 'product-not-archived'
    case 'receive-stock':
    case 'adjust-stock':
      // Archived goods too: what is left is still counted, and returns still come in.
      return refuseMovements(product.kind)
  }
}
