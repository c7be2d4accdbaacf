/** T1, the round that tests and the command share: many clients submit an order for the last unit of one product. */
import { one, sql, type Db } from '@platen/kit/sql'
import type { OrderView } from '../orders/order-view.ts'
import { aCustomer, aDraft, aProduct } from './builders.ts'
import type { TestSite } from './site.ts'

export interface LastUnitRound {
  /** HTTP status of each client's submission. */
  statuses: number[]
  /** Problem codes of those refused. */
  refusals: string[]
  onHand: string
  reserved: string
  submitted: number
  numbers: number
  activeReservations: number
  /** OrderSubmitted and StockReserved events of the orders of this round. */
  events: number
  lastedMs: number
}

export async function lastUnitRound(site: TestSite, clients: number): Promise<LastUnitRound> {
  const { api } = site
  const product = await aProduct(api, {}, '1')
  const customer = await aCustomer(api)
  const drafts: OrderView[] = []
  for (let client = 0; client < clients; client += 1) {
    drafts.push(await aDraft(api, [[product.id, '1']], { customerId: customer.id }))
  }
  const startedMs = performance.now()
  const answers = await Promise.all(
    drafts.map((draft) => api.call<OrderView & { code?: string }>('PUT', `/orders/${draft.id}/submission`)),
  )
  const lastedMs = performance.now() - startedMs
  return {
    statuses: answers.map((answer) => answer.status),
    refusals: answers.flatMap(({ body }) => (body.code === undefined ? [] : [body.code])),
    lastedMs,
    ...(await factsAbout(site.database.db, product.id, customer.id)),
  }
}

type Facts = Omit<LastUnitRound, 'statuses' | 'refusals' | 'lastedMs'>

function factsAbout(db: Db, productId: string, customerId: string): Promise<Facts> {
  return one<Facts>(
    db,
    sql`
    WITH round AS (SELECT * FROM commerce.orders WHERE customer_id = ${customerId})
    SELECT trim_scale(balance.on_hand)::text AS "onHand", trim_scale(balance.reserved)::text AS reserved,
      (SELECT count(*)::int FROM round WHERE state = 'submitted') AS submitted,
      (SELECT count(number)::int FROM round) AS numbers,
      (SELECT count(*)::int FROM commerce.stock_reservations
        WHERE product_id = ${productId} AND state = 'active') AS "activeReservations",
      (SELECT count(*)::int FROM outbox.events JOIN round ON round.id = events.aggregate_id
        WHERE events.type IN ('OrderSubmitted', 'StockReserved')) AS events
    FROM commerce.stock_balances balance WHERE product_id = ${productId}`,
  )
}
