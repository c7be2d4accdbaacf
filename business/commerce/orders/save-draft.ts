import { assertUnchanged } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import type { Db } from '@platen/kit/sql'
import { notFound, type Command } from '../commands/index.ts'
import { findCustomer } from '../customers/index.ts'
import { moneyProblems, moneyView } from '../money/index.ts'
import { findProducts } from '../products/index.ts'
import { composeOrder, type Composition, type DiscountRequest, type LineRequest } from './compose-order.ts'
import { OrderChanged, OrderDrafted } from './events.ts'
import { refusalOf, snapshotOf, type CustomerSnapshot, type Order } from './order.ts'
import { insertOrder, lockOrder, replaceDraft } from './order-store.ts'
import { orderProblems } from './problems.ts'

export interface DraftRequest {
  customerId: string
  lines: readonly LineRequest[]
  discount: DiscountRequest
  note: string | null
}

export async function createDraft(command: Command, request: DraftRequest): Promise<Order> {
  const { tx, at } = command
  const order: Order = {
    ...(await composeDraft(tx, request)),
    id: newId(),
    number: null,
    state: 'draft',
    version: 1,
    createdAt: at,
    updatedAt: at,
    submittedAt: null,
    cancelledAt: null,
    cancellationReason: null,
  }
  await insertOrder(tx, order)
  await recordDraft(command, order, 'created')
  return order
}

/** Replaces a draft. `versions`, if given, are those the change may be made from. */
export async function changeDraft(
  command: Command,
  id: string,
  change: { request: DraftRequest; versions: readonly number[] | undefined },
): Promise<Order> {
  const { tx, at } = command
  const before = await lockOrder(tx, id)
  if (!before) throw notFound('order')
  assertUnchanged(before, change.versions)
  const refusal = refusalOf('edit', before.state)
  if (refusal !== null) throw orderProblems.problem(refusal, `The order is ${before.state}.`)
  const draft = await composeDraft(tx, change.request)
  const after: Order = { ...before, ...draft, version: before.version + 1, updatedAt: at }
  await replaceDraft(tx, after)
  await recordDraft(command, after, 'changed')
  return after
}

/** Prices lines from the site's products and totals them; throws the problem that stands against it. */
export async function composeOrRefuse(
  db: Db,
  request: { lines: readonly LineRequest[]; discount: DiscountRequest },
): Promise<Composition> {
  const products = await findProducts(
    db,
    request.lines.map((line) => line.productId),
  )
  const composition = composeOrder(request, products)
  if (!('code' in composition)) return composition
  if (composition.code !== 'order-invalid') throw moneyProblems.problem(composition.code, composition.detail)
  throw orderProblems.problem('order-invalid', 'A product of the order cannot be sold.', { errors: composition.errors })
}

async function composeDraft(tx: Db, request: DraftRequest): Promise<Pick<Order, DraftField>> {
  const customer = await customerOf(tx, request.customerId)
  const { lines, discount, currency, totals } = await composeOrRefuse(tx, request)
  return {
    customer,
    discount,
    currency,
    totals,
    note: request.note,
    lines: lines.map((line) => ({ ...line, id: newId() })),
  }
}

type DraftField = 'customer' | 'discount' | 'currency' | 'totals' | 'note' | 'lines'

async function customerOf(tx: Db, customerId: string): Promise<CustomerSnapshot> {
  const customer = await findCustomer(tx, customerId)
  if (customer) return snapshotOf(customer)
  throw orderProblems.problem('order-invalid', 'The customer does not exist here.', {
    errors: [{ pointer: '/customerId', message: 'is not a customer of this site' }],
  })
}

async function recordDraft(command: Command, order: Order, how: 'created' | 'changed'): Promise<void> {
  const gross = moneyView(order.totals.grossCents, order.currency)
  const payload = { orderId: order.id, customerId: order.customer.id, gross, version: order.version }
  await command.record({
    action: `order.${how}`,
    resource: 'order',
    resourceId: order.id,
    changes: { customer: order.customer.name, lines: order.lines.length, gross },
    events: [(how === 'created' ? OrderDrafted : OrderChanged).of(order.id, payload)],
  })
}
