/** Rules of an order. Numbers as in money: cents, prices at scale 6, quantities at scale 4. */
import type { Customer } from '../customers/index.ts'
import type { Currency, DocumentDiscount, Totals, Vat } from '../money/index.ts'
import type { ProductKind } from '../stock/index.ts'

export const ORDER_STATES = ['draft', 'submitted', 'cancelled'] as const
export type OrderState = (typeof ORDER_STATES)[number]

/** The product as it was when the line was written. */
export interface OrderLine {
  id: string
  productId: string
  sku: string
  name: string
  kind: ProductKind
  description: string | null
  quantity: bigint
  unit: string
  unitPrice: bigint
  discountPercent: bigint | null
  netCents: bigint
  vat: Vat
}

/** The customer as it was when the order was last written or submitted. */
export type CustomerSnapshot = Omit<Customer, 'version' | 'createdAt' | 'updatedAt'>

/** What was computed once and is stored; nothing recomputes it. */
export type OrderTotals = Omit<Totals, 'lineNetsCents'>

export interface Order {
  id: string
  /** Given at submission. */
  number: string | null
  state: OrderState
  customer: CustomerSnapshot
  currency: Currency
  lines: readonly OrderLine[]
  discount: DocumentDiscount
  note: string | null
  totals: OrderTotals
  version: number
  createdAt: Date
  updatedAt: Date
  submittedAt: Date | null
  cancelledAt: Date | null
  cancellationReason: string | null
}

export const ORDER_ACTIONS = ['edit', 'submit', 'cancel'] as const
export type OrderAction = (typeof ORDER_ACTIONS)[number]
export type OrderReason = 'order-submitted' | 'order-cancelled'

/** The capability table: why an action is closed in a state, or null. Commands and the API's `actions` both read it. */
const REFUSALS: Record<OrderState, Record<OrderAction, OrderReason | null>> = {
  draft: { edit: null, submit: null, cancel: null },
  submitted: { edit: 'order-submitted', submit: 'order-submitted', cancel: null },
  cancelled: { edit: 'order-cancelled', submit: 'order-cancelled', cancel: 'order-cancelled' },
}

export function refusalOf(action: OrderAction, state: OrderState): OrderReason | null {
  return REFUSALS[state][action]
}

export function snapshotOf(customer: Customer): CustomerSnapshot {
  const { version: _version, createdAt: _createdAt, updatedAt: _updatedAt, ...snapshot } = customer
  return snapshot
}

/** Orders are numbered by the year at the seller's; a site has no time zone of its own yet. */
const BUSINESS_TIME_ZONE = 'Europe/Paris'
const yearFormat = new Intl.DateTimeFormat('en', { timeZone: BUSINESS_TIME_ZONE, year: 'numeric' })

/** `SO-2026-`; the database appends the next number of its sequence. */
export function numberPrefix(at: Date): string {
  return `SO-${yearFormat.format(at)}-`
}
