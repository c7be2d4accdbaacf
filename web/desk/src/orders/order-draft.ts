/** An order while it is being written, as the form holds it. Pure: what is typed in, what the API takes out. */
import { isDecimalText, toDecimalText } from '@platen/ui'
import type { Discount, LineInput, Order, OrderInput, Product } from '../api/types.ts'

export interface DraftLine {
  productId: string
  sku: string
  name: string
  unit: string
  quantity: string
  unitPrice: string
  discountPercent: string
}

export interface OrderDraft {
  customerId: string | null
  customerName: string
  lines: readonly DraftLine[]
  discountKind: 'none' | 'percent' | 'amount'
  discountValue: string
  note: string
  /** Repeating the first save after an outage makes one order. Renewed once the server has answered. */
  idempotencyKey: string
}

export function emptyDraft(idempotencyKey: string): OrderDraft {
  return {
    customerId: null,
    customerName: '',
    lines: [],
    discountKind: 'none',
    discountValue: '',
    note: '',
    idempotencyKey,
  }
}

export function draftOf(order: Order): OrderDraft {
  const { discount } = order
  return {
    customerId: order.customer.id,
    customerName: order.customer.name,
    lines: order.lines.map((line) => ({
      productId: line.product.id,
      sku: line.product.sku,
      name: line.product.name,
      unit: line.unit,
      quantity: line.quantity,
      unitPrice: line.unitPrice.amount,
      discountPercent: line.discountPercent ?? '',
    })),
    discountKind: discount === null ? 'none' : 'percent' in discount ? 'percent' : 'amount',
    discountValue: discount === null ? '' : 'percent' in discount ? discount.percent : discount.amount,
    note: order.note ?? '',
    idempotencyKey: '',
  }
}

/** Adds one unit: to the line that has the product already, else as a new line. */
export function withProduct(draft: OrderDraft, product: Product): OrderDraft {
  const at = draft.lines.findIndex((line) => line.productId === product.id)
  if (at !== -1) return withLine(draft, at, (line) => ({ ...line, quantity: oneMore(line.quantity) }))
  const line: DraftLine = {
    productId: product.id,
    sku: product.sku,
    name: product.name,
    unit: product.unit,
    quantity: '1',
    unitPrice: product.unitPrice.amount,
    discountPercent: '',
  }
  return { ...draft, lines: [...draft.lines, line] }
}

export function withLine(draft: OrderDraft, at: number, change: (line: DraftLine) => DraftLine): OrderDraft {
  return { ...draft, lines: draft.lines.map((line, index) => (index === at ? change(line) : line)) }
}

export function withoutLine(draft: OrderDraft, at: number): OrderDraft {
  return { ...draft, lines: draft.lines.filter((_, index) => index !== at) }
}

/** Which fields of a line cannot be sent. */
export function lineObjections(line: DraftLine): { quantity: boolean; unitPrice: boolean; discountPercent: boolean } {
  return {
    quantity: !isDecimalText(line.quantity, 4) || Number(toDecimalText(line.quantity)) === 0,
    unitPrice: !isDecimalText(line.unitPrice, 6),
    discountPercent: line.discountPercent.trim() !== '' && !isPercent(line.discountPercent),
  }
}

export function isDiscountAcceptable({ discountKind, discountValue }: OrderDraft): boolean {
  if (discountKind === 'none') return true
  return discountKind === 'percent' ? isPercent(discountValue) : isDecimalText(discountValue, 2)
}

/** Lines and discount as the API takes them, or null while something typed is no number. */
export function totalsInput(draft: OrderDraft): { lines: LineInput[]; discount: Discount } | null {
  const isBad = draft.lines.some((line) => Object.values(lineObjections(line)).includes(true))
  return isBad || !isDiscountAcceptable(draft)
    ? null
    : { lines: draft.lines.map(lineInput), discount: discountOf(draft) }
}

/** The whole order as the API takes it, or null while it cannot be sent. */
export function orderInput(draft: OrderDraft): OrderInput | null {
  const input = totalsInput(draft)
  if (input === null || draft.customerId === null || draft.lines.length === 0) return null
  return { customerId: draft.customerId, ...input, note: draft.note.trim() === '' ? null : draft.note.trim() }
}

/** Refuses what an older version of the page kept in the tab. */
export function isOrderDraft(value: unknown): value is OrderDraft {
  return (
    typeof value === 'object' &&
    value !== null &&
    'lines' in value &&
    Array.isArray(value.lines) &&
    'idempotencyKey' in value &&
    'discountKind' in value
  )
}

function lineInput(line: DraftLine): LineInput {
  return {
    productId: line.productId,
    quantity: toDecimalText(line.quantity),
    unitPrice: toDecimalText(line.unitPrice),
    ...(line.discountPercent.trim() === '' ? {} : { discountPercent: toDecimalText(line.discountPercent) }),
  }
}

function discountOf({ discountKind, discountValue }: OrderDraft): Discount {
  if (discountKind === 'none') return null
  const value = toDecimalText(discountValue)
  return discountKind === 'percent' ? { percent: value } : { amount: value }
}

function isPercent(text: string): boolean {
  return isDecimalText(text, 2) && Number(toDecimalText(text)) <= 100
}

/** Counts in ten-thousandths, the finest quantity there is, so that 0.3 + 1 is 1.3. */
function oneMore(quantity: string): string {
  const units = Math.round(Number(toDecimalText(quantity)) * 10_000)
  return Number.isNaN(units) ? '1' : String((units + 10_000) / 10_000)
}
