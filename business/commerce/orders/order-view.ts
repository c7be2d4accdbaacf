/** What the API takes and tells about orders. */
import { z } from 'zod'
import { lineSchema, paragraphSchema } from '../commands/index.ts'
import { addressSchema } from '../customers/index.ts'
import {
  amountSchema,
  moneySchema,
  moneyView,
  percentSchema,
  percentView,
  quantitySchema,
  quantityView,
  totalsSchema,
  totalsView,
  unitPriceSchema,
  unitPriceView,
  vatView,
  type DocumentDiscount,
} from '../money/index.ts'
import type { Composition } from './compose-order.ts'
import { ORDER_ACTIONS, ORDER_STATES, refusalOf, type Order, type OrderLine } from './order.ts'
import type { DraftRequest } from './save-draft.ts'

const MAX_LINES = 500

const discountInput = z.union([z.strictObject({ percent: percentSchema }), z.strictObject({ amount: amountSchema })])
const lineInput = z.strictObject({
  productId: z.uuid(),
  quantity: quantitySchema,
  unitPrice: unitPriceSchema.optional().describe('Default: the price of the product.'),
  discountPercent: percentSchema.nullable().optional(),
  description: paragraphSchema(2000).nullable().optional(),
})

export const orderInput = z.strictObject({
  customerId: z.uuid(),
  lines: z.array(lineInput).min(1).max(MAX_LINES),
  discount: discountInput.nullable().optional(),
  note: paragraphSchema(5000).nullable().optional(),
})
export const totalsInput = z.strictObject({
  lines: z.array(lineInput).max(MAX_LINES),
  discount: discountInput.nullable().optional(),
})
export const cancellationInput = z.strictObject({ reason: lineSchema(500).nullable().optional() }).nullish()

export const totalsAnswer = totalsSchema.extend({ lines: z.array(z.object({ net: moneySchema })) })

export const orderSchema = z
  .object({
    id: z.uuid(),
    number: z.string().nullable(),
    state: z.enum(ORDER_STATES),
    customer: z.object({
      id: z.uuid(),
      kind: z.enum(['company', 'person']),
      name: z.string(),
      email: z.string().nullable(),
      phone: z.string().nullable(),
      siren: z.string().nullable(),
      siret: z.string().nullable(),
      vatNumber: z.string().nullable(),
      billingAddress: addressSchema.nullable(),
      deliveryAddress: addressSchema.nullable(),
      paymentTermDays: z.int(),
    }),
    lines: z.array(
      z.object({
        id: z.uuid(),
        product: z.object({ id: z.uuid(), sku: z.string(), name: z.string(), kind: z.enum(['goods', 'service']) }),
        description: z.string().nullable(),
        quantity: z.string(),
        unit: z.string(),
        unitPrice: moneySchema,
        discountPercent: z.string().nullable(),
        net: moneySchema,
        vat: z.object({ category: z.string(), rate: z.string() }),
      }),
    ),
    discount: z.union([z.object({ percent: z.string() }), z.object({ amount: z.string() })]).nullable(),
    note: z.string().nullable(),
    totals: totalsSchema,
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    submittedAt: z.iso.datetime().nullable(),
    cancelledAt: z.iso.datetime().nullable(),
    cancellationReason: z.string().nullable(),
    actions: z.array(z.object({ name: z.enum(ORDER_ACTIONS), allowed: z.boolean(), reason: z.string().nullable() })),
  })
  .meta({ id: 'Order' })

export type OrderView = z.infer<typeof orderSchema>

export function readDraft(input: z.infer<typeof orderInput>): DraftRequest {
  const { customerId, lines } = input
  return { customerId, lines, discount: input.discount ?? null, note: input.note || null }
}

export function orderView(order: Order): OrderView {
  const { id, number, state, customer, note, version } = order
  return {
    id,
    number,
    state,
    customer,
    lines: order.lines.map((line) => lineView(line, order)),
    discount: discountView(order.discount),
    note,
    totals: totalsView(order.totals, order.currency),
    version,
    createdAt: order.createdAt.toISOString(),
    updatedAt: order.updatedAt.toISOString(),
    submittedAt: order.submittedAt?.toISOString() ?? null,
    cancelledAt: order.cancelledAt?.toISOString() ?? null,
    cancellationReason: order.cancellationReason,
    actions: ORDER_ACTIONS.map((name) => {
      const reason = refusalOf(name, state)
      return { name, allowed: reason === null, reason }
    }),
  }
}

export function compositionView({ totals, currency }: Composition): z.infer<typeof totalsAnswer> {
  return {
    ...totalsView(totals, currency),
    lines: totals.lineNetsCents.map((cents) => ({ net: moneyView(cents, currency) })),
  }
}

function lineView(line: OrderLine, { currency }: Order): OrderView['lines'][number] {
  const { id, productId, sku, name, kind, description, unit, discountPercent } = line
  return {
    id,
    product: { id: productId, sku, name, kind },
    description,
    quantity: quantityView(line.quantity),
    unit,
    unitPrice: unitPriceView(line.unitPrice, currency),
    discountPercent: discountPercent === null ? null : percentView(discountPercent),
    net: moneyView(line.netCents, currency),
    vat: vatView(line.vat),
  }
}

function discountView(discount: DocumentDiscount): OrderView['discount'] {
  if (discount === null) return null
  return 'percent' in discount
    ? { percent: percentView(discount.percent) }
    : { amount: moneyView(discount.cents, 'EUR').amount }
}
