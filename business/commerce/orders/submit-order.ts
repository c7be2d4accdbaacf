/**
 * Submission: draft -> submitted. Order of the locks: the order, then the balances in id order, then nothing that waits.
 * The number is taken last, when nothing can refuse any more; who loses the race for the last unit leaves no trace.
 */
import { notFound, type Command } from '../commands/index.ts'
import { findCustomer } from '../customers/index.ts'
import { moneyView, quantityView } from '../money/index.ts'
import { reserveStock, stockProblems, StockReserved, type Shortage } from '../stock/index.ts'
import { OrderSubmitted } from './events.ts'
import { refusalOf, snapshotOf, type Order, type OrderLine } from './order.ts'
import { linesOfChangedProducts, lockOrder, markSubmitted } from './order-store.ts'
import { orderProblems } from './problems.ts'

/** Submits a draft. Submitting a submitted order returns it as it is. */
export async function submitOrder(command: Command, id: string): Promise<Order> {
  const { tx, at } = command
  const draft = await lockOrder(tx, id)
  if (!draft) throw notFound('order')
  if (draft.state === 'submitted') return draft
  const refusal = refusalOf('submit', draft.state)
  if (refusal !== null) throw orderProblems.problem(refusal, `The order is ${draft.state}.`)
  await assertProductsUnchanged(command, draft)
  const customer = await findCustomer(tx, draft.customer.id)
  const goods = draft.lines.filter((line) => line.kind === 'goods')
  const lines = goods.map((line) => ({ lineId: line.id, productId: line.productId, quantity: line.quantity }))
  const shortages = await reserveStock(tx, { orderId: id, lines, at })
  if (shortages.length > 0) throw insufficient(draft, shortages)
  const after = {
    customer: customer ? snapshotOf(customer) : draft.customer,
    version: draft.version + 1,
    updatedAt: at,
    submittedAt: at,
  }
  const number = await markSubmitted(tx, { id, ...after, at })
  const order: Order = { ...draft, ...after, number, state: 'submitted' }
  await recordSubmission(command, order, number, goods)
  return order
}

async function assertProductsUnchanged({ tx }: Command, draft: Order): Promise<void> {
  const changed = await linesOfChangedProducts(tx, draft.id)
  if (changed.length === 0) return
  throw orderProblems.problem(
    'order-product-changed',
    `${changed.map((line) => line.sku).join(', ')} cannot be sold as it stands here.`,
    {
      errors: changed.map((line) => ({
        pointer: `/lines/${line.position}`,
        message: `${line.sku} was archived, or changed between goods and service`,
      })),
    },
  )
}

function insufficient(draft: Order, shortages: readonly Shortage[]) {
  const described = shortages.map((shortage) => {
    const line = draft.lines.find(({ productId }) => productId === shortage.productId)
    const { productId } = shortage
    const [asked, available] = [quantityView(shortage.asked), quantityView(shortage.available)]
    return { productId, sku: line?.sku ?? '', name: line?.name ?? '', asked, available }
  })
  const sentences = described.map(({ sku, asked, available }) => `${sku}: ${asked} asked, ${available} available.`)
  const errors = draft.lines.flatMap((line, index) => {
    const found = shortages.findIndex(({ productId }) => productId === line.productId)
    return found === -1 ? [] : [{ pointer: `/lines/${index}`, message: sentences[found] ?? '' }]
  })
  return stockProblems.problem('stock-insufficient', sentences.join(' '), {
    errors,
    extensions: { shortages: described },
  })
}

async function recordSubmission(
  command: Command,
  order: Order,
  number: string,
  goods: readonly OrderLine[],
): Promise<void> {
  const money = (cents: bigint) => moneyView(cents, order.currency)
  const { netCents, vatTotalCents, grossCents } = order.totals
  const submitted = OrderSubmitted.of(order.id, {
    orderId: order.id,
    number,
    customerId: order.customer.id,
    net: money(netCents),
    vatTotal: money(vatTotalCents),
    gross: money(grossCents),
    lines: order.lines.map((line) => ({
      lineId: line.id,
      productId: line.productId,
      quantity: quantityView(line.quantity),
      net: money(line.netCents),
    })),
  })
  const products = goods.map((line) => ({ productId: line.productId, quantity: quantityView(line.quantity) }))
  await command.record({
    action: 'order.submitted',
    resource: 'order',
    resourceId: order.id,
    changes: { number, gross: money(grossCents), reserved: products },
    events:
      products.length === 0 ? [submitted] : [submitted, StockReserved.of(order.id, { orderId: order.id, products })],
  })
}
