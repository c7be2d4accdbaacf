/** Answers of a site's API as the desk reads them (openapi/site.json). */
import type { Money } from '@platen/ui'

export interface Me {
  user: { id: string; email: string; name: string; roles: { id: string; name: string; system: boolean }[] }
  site: { id: string; name: string; host: string }
  permissions: string[]
}

export interface SiteInfo {
  name: string
  host: string
  plan: { title: string; maxStorageBytes: number; maxUsers: number }
  usage: { storageBytes: number; users: number }
}

export interface Vat {
  category: string
  rate: string
}

export interface StockLevel {
  onHand: string
  reserved: string
  available: string
}

export interface Product {
  id: string
  sku: string
  name: string
  description: string | null
  unit: string
  kind: 'goods' | 'service'
  vat: Vat
  unitPrice: Money
  barcode: string | null
  reorderLevel: string | null
  picture: { url: string; contentType: string; sizeBytes: number } | null
  stock: StockLevel | null
  archivedAt: string | null
  version: number
}

export interface Stock extends StockLevel {
  movements: {
    id: string
    kind: 'receipt' | 'adjustment'
    quantity: string
    reason: string | null
    at: string
    actor: { label: string } | string | null
  }[]
  reservations: { orderId: string; orderNumber: string | null; quantity: string; customerName: string }[]
}

export interface Address {
  line1: string
  line2: string | null
  postalCode: string
  city: string
  countryCode: string
}

export interface Customer {
  id: string
  kind: 'company' | 'person'
  name: string
  email: string | null
  phone: string | null
  siren: string | null
  siret: string | null
  vatNumber: string | null
  billingAddress: Address | null
  deliveryAddress: Address | null
  paymentTermDays: number
  version: number
}

export interface OrderLine {
  id: string
  product: { id: string; sku: string; name: string }
  description: string | null
  quantity: string
  unit: string
  unitPrice: Money
  discountPercent: string | null
  net: Money
  vat: Vat
}

export type Discount = { percent: string } | { amount: string } | null

export interface Totals {
  net: Money
  discount?: Money
  vat: (Vat & { base: Money; amount: Money })[]
  vatTotal: Money
  gross: Money
  /** Only in answers to POST /order-totals: one per line asked about. */
  lines?: { net: Money }[]
}

export type OrderState = 'draft' | 'submitted' | 'cancelled'

export interface Order {
  id: string
  number: string | null
  state: OrderState
  customer: Pick<Customer, 'id' | 'name'>
  lines: OrderLine[]
  discount: Discount
  note: string | null
  totals: Totals
  version: number
  createdAt: string
  submittedAt: string | null
  cancelledAt: string | null
  actions: { name: 'edit' | 'submit' | 'cancel'; allowed: boolean; reason: string | null }[]
}

export interface LineInput {
  productId: string
  quantity: string
  unitPrice?: string
  discountPercent?: string
}

export interface OrderInput {
  customerId: string
  lines: LineInput[]
  discount: Discount
  note: string | null
}

/** One product of which there is not enough: an extension of the problem stock-insufficient. */
export interface Shortage {
  productId: string
  sku: string
  name: string
  asked: string
  available: string
}
