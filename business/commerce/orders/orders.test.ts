import { one, sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aCustomer, aDraft, aProduct, aSubmittedOrder } from '../testing/builders.ts'
import { stockTruth } from '../testing/invariants.ts'
import { openTestSite, type TestSite } from '../testing/site.ts'
import { numberPrefix, refusalOf } from './order.ts'
import type { OrderView } from './order-view.ts'

let site: TestSite
beforeAll(async () => {
  site = await openTestSite()
})
afterAll(() => site.close())

type Answer = OrderView & { code?: string; errors?: { pointer: string }[] }
const submit = (id: string) => site.api.call<Answer>('PUT', `/orders/${id}/submission`)
const cancel = (id: string, body: object = {}) => site.api.call<Answer>('PUT', `/orders/${id}/cancellation`, body)
const fetchOrder = async (id: string) => (await site.api.call<OrderView>('GET', `/orders/${id}`)).body

async function eventsOf(orderId: string): Promise<string[]> {
  const { types } = await one<{ types: string[] }>(
    site.database.db,
    sql`SELECT coalesce(array_agg(type ORDER BY sequence), '{}') AS types FROM outbox.events WHERE aggregate_id = ${orderId}`,
  )
  return types
}

async function auditOf(orderId: string): Promise<string[]> {
  const { actions } = await one<{ actions: string[] }>(
    site.database.db,
    sql`SELECT coalesce(array_agg(action ORDER BY at), '{}') AS actions FROM identity.audit_entries WHERE resource_id = ${orderId}`,
  )
  return actions
}

describe('a draft', () => {
  it('takes price, unit and VAT from its products and tells exact totals', async () => {
    const lamp = await aProduct(site.api, { unitPrice: { amount: '12.345678', currency: 'EUR' } })
    const book = await aProduct(site.api, {
      vat: { category: 'S', rate: '5.5' },
      unitPrice: { amount: '1.03', currency: 'EUR' },
    })
    const draft = await aDraft(site.api, [
      [lamp.id, '0.3333'],
      [book.id, '3'],
    ])
    expect(draft).toMatchObject({
      state: 'draft',
      number: null,
      lines: [
        {
          product: { sku: lamp.sku },
          quantity: '0.3333',
          unitPrice: { amount: '12.345678' },
          net: { amount: '4.11' },
          vat: { rate: '20' },
        },
        { product: { sku: book.sku }, net: { amount: '3.09', currency: 'EUR' }, vat: { category: 'S', rate: '5.5' } },
      ],
      totals: {
        net: { amount: '7.20' },
        vat: [
          { rate: '20', base: { amount: '4.11' }, amount: { amount: '0.82' } },
          { rate: '5.5', base: { amount: '3.09' }, amount: { amount: '0.17' } },
        ],
        vatTotal: { amount: '0.99' },
        gross: { amount: '8.19', currency: 'EUR' },
      },
    })
    expect(await fetchOrder(draft.id)).toEqual(draft)
  })

  it('costs what /order-totals said', async () => {
    const product = await aProduct(site.api, { unitPrice: { amount: '99.99', currency: 'EUR' } })
    const lines = [{ productId: product.id, quantity: '3', discountPercent: '12.5' }]
    const discount = { amount: '10' }
    const { body: preview } = await site.api.call<OrderView['totals'] & { lines: object[] }>('POST', '/order-totals', {
      lines,
      discount,
    })
    const customerId = (await aCustomer(site.api)).id
    const { body: order } = await site.api.call<OrderView>('POST', '/orders', { customerId, lines, discount })
    const { lines: lineNets, ...totals } = preview
    expect(order.totals).toEqual(totals)
    expect(order.lines.map(({ net }) => ({ net }))).toEqual(lineNets)
    expect(order.discount).toEqual({ amount: '10.00' })
  })

  it('of nothing costs nothing in /order-totals', async () => {
    const { status, body } = await site.api.call('POST', '/order-totals', { lines: [] })
    expect([status, body]).toMatchObject([200, { gross: { amount: '0.00' }, vat: [], lines: [] }])
  })

  it('keeps the copy of product and customer when those change', async () => {
    const product = await aProduct(site.api, { name: 'Ancien nom' })
    const customer = await aCustomer(site.api, { name: 'Ancienne raison' })
    const draft = await aDraft(site.api, [[product.id, '1']], { customerId: customer.id })
    await site.api.call('PATCH', `/products/${product.id}`, {
      name: 'Nouveau nom',
      unitPrice: { amount: '1', currency: 'EUR' },
    })
    await site.api.call('PATCH', `/customers/${customer.id}`, { name: 'Nouvelle raison' })
    expect(await fetchOrder(draft.id)).toMatchObject({
      customer: { name: 'Ancienne raison' },
      lines: [{ product: { name: 'Ancien nom' }, unitPrice: { amount: '10.00' } }],
    })
  })

  it('is replaced as a whole', async () => {
    const [first, second] = [await aProduct(site.api), await aProduct(site.api)]
    const draft = await aDraft(site.api, [[first.id, '1']], { discount: { percent: '10' }, note: 'urgent' })
    const change = {
      customerId: draft.customer.id,
      lines: [{ productId: second.id, quantity: '2', unitPrice: '0.5', description: 'gravé' }],
    }
    const { status, body } = await site.api.call<OrderView>('PUT', `/orders/${draft.id}`, change)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      version: 2,
      discount: null,
      note: null,
      lines: [{ product: { id: second.id }, unitPrice: { amount: '0.50' }, description: 'gravé' }],
      totals: { gross: { amount: '1.20' } },
    })
    expect(body.lines).toHaveLength(1)
    expect(await fetchOrder(draft.id)).toEqual(body)
  })

  it('T6: of two changes from one version one is refused with the current version', async () => {
    const product = await aProduct(site.api)
    const draft = await aDraft(site.api, [[product.id, '1']])
    const change = (quantity: string) => ({
      customerId: draft.customer.id,
      lines: [{ productId: product.id, quantity }],
    })
    const answers = await Promise.all(
      ['2', '3'].map((quantity) =>
        site.api.call('PUT', `/orders/${draft.id}`, change(quantity), { 'if-match': '"v1"' }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412])
    expect(answers.find(({ status }) => status === 412)?.body).toMatchObject({
      code: 'version-stale',
      currentVersion: 2,
    })
  })
})

describe('submission', () => {
  it('reserves, numbers, audits and tells in one go', async () => {
    const product = await aProduct(site.api, {}, '5')
    const draft = await aDraft(site.api, [[product.id, '2']])
    const { body: order } = await submit(draft.id)
    expect(order).toMatchObject({ state: 'submitted', version: 2 })
    expect(order.number).toMatch(/^SO-\d{4}-\d{5,}$/)
    expect(await fetchOrder(draft.id)).toEqual(order)
    expect(await eventsOf(draft.id)).toEqual(['OrderDrafted', 'OrderSubmitted', 'StockReserved'])
    expect(await auditOf(draft.id)).toEqual(['order.created', 'order.submitted'])
  })

  it('twice, also at the same time, is one submission', async () => {
    const product = await aProduct(site.api, {}, '5')
    const draft = await aDraft(site.api, [[product.id, '2']])
    const answers = await Promise.all([submit(draft.id), submit(draft.id), submit(draft.id)])
    expect(new Set(answers.map(({ body }) => body.number)).size).toBe(1)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await eventsOf(draft.id)).toEqual(['OrderDrafted', 'OrderSubmitted', 'StockReserved'])
  })

  it('T2: two lines of one product are refused on their sum', async () => {
    const product = await aProduct(site.api, {}, '1')
    const draft = await aDraft(site.api, [
      [product.id, '1'],
      [product.id, '1'],
    ])
    const { status, body } = await submit(draft.id)
    expect(status).toBe(409)
    expect(body).toMatchObject({ code: 'stock-insufficient', shortages: [{ asked: '2', available: '1' }] })
    expect(body.errors?.map(({ pointer }) => pointer)).toEqual(['/lines/0', '/lines/1'])
  })

  it('T5: a refused order has no number, no event, no audit row of it', async () => {
    const product = await aProduct(site.api)
    const draft = await aDraft(site.api, [[product.id, '1']])
    const before = await site.database.db.executeQuery(
      sql`SELECT last_value FROM commerce.order_numbers`.compile(site.database.db),
    )
    await submit(draft.id)
    const after = await site.database.db.executeQuery(
      sql`SELECT last_value FROM commerce.order_numbers`.compile(site.database.db),
    )
    expect(after.rows).toEqual(before.rows)
    expect(await fetchOrder(draft.id)).toEqual(draft)
    expect(await eventsOf(draft.id)).toEqual(['OrderDrafted'])
    expect(await auditOf(draft.id)).toEqual(['order.created'])
  })

  it('T7: orders over {A, B} and {B, A}, 200 times, surface no deadlock', async () => {
    const [a, b] = [await aProduct(site.api, {}, '1000'), await aProduct(site.api, {}, '1000')]
    const customerId = (await aCustomer(site.api)).id
    const statuses: number[] = []
    for (let batch = 0; batch < 20; batch += 1) {
      const drafts = []
      for (let client = 0; client < 10; client += 1) {
        const [first, second] = client % 2 === 0 ? [a, b] : [b, a]
        drafts.push(
          await aDraft(
            site.api,
            [
              [first.id, '1'],
              [second.id, '1'],
            ],
            { customerId },
          ),
        )
      }
      // Submitting and cancelling at once: both directions of the balance, both orders of the products.
      const answers = await Promise.all(drafts.map((draft) => submit(draft.id)))
      const cancelled = await Promise.all(drafts.slice(0, 5).map((draft) => cancel(draft.id)))
      statuses.push(...answers.map(({ status }) => status), ...cancelled.map(({ status }) => status))
    }
    expect(new Set(statuses)).toEqual(new Set([200]))
    const { rows } = await sql<{ reserved: string }>`
      SELECT trim_scale(reserved)::text AS reserved FROM commerce.stock_balances WHERE product_id IN (${a.id}, ${b.id})`.execute(
      site.db,
    )
    expect(rows).toEqual([{ reserved: '100' }, { reserved: '100' }])
  }, 120_000)

  it('T14: looks at the stock of that moment, not of the draft', async () => {
    const product = await aProduct(site.api, {}, '1')
    const late = await aDraft(site.api, [[product.id, '1']])
    await aSubmittedOrder(site.api, [[product.id, '1']])
    expect((await submit(late.id)).body).toMatchObject({ code: 'stock-insufficient', shortages: [{ available: '0' }] })
  })

  it('refuses a product archived since, naming the line', async () => {
    const product = await aProduct(site.api, {}, '1')
    const draft = await aDraft(site.api, [[product.id, '1']])
    await site.api.call('PUT', `/products/${product.id}/archival`)
    const { status, body } = await submit(draft.id)
    expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([409, 'order-product-changed', '/lines/0'])
  })

  it('copies the customer again', async () => {
    const product = await aProduct(site.api, { kind: 'service' })
    const customer = await aCustomer(site.api, { name: 'Avant' })
    const draft = await aDraft(site.api, [[product.id, '1']], { customerId: customer.id })
    await site.api.call('PATCH', `/customers/${customer.id}`, { name: 'Après' })
    expect((await submit(draft.id)).body.customer.name).toBe('Après')
  })
})

describe('cancellation', () => {
  it('gives the stock back once, however often it is asked', async () => {
    const product = await aProduct(site.api, {}, '5')
    const order = await aSubmittedOrder(site.api, [[product.id, '2']])
    const answers = await Promise.all([
      cancel(order.id, { reason: 'client parti' }),
      cancel(order.id),
      cancel(order.id),
    ])
    expect(answers.map(({ body }) => body.state)).toEqual(['cancelled', 'cancelled', 'cancelled'])
    expect(await eventsOf(order.id)).toEqual([
      'OrderDrafted',
      'OrderSubmitted',
      'StockReserved',
      'OrderCancelled',
      'StockReleased',
    ])
    const { body } = await site.api.call('GET', `/products/${product.id}`)
    expect(body).toMatchObject({ stock: { onHand: '5', reserved: '0' } })
    expect((await fetchOrder(order.id)).number).toBe(order.number)
  })

  it('of a draft releases nothing and needs no body', async () => {
    const product = await aProduct(site.api)
    const draft = await aDraft(site.api, [[product.id, '1']])
    const { status, body } = await site.api.call<OrderView>('PUT', `/orders/${draft.id}/cancellation`)
    expect([status, body.state, body.number]).toEqual([200, 'cancelled', null])
    expect(await eventsOf(draft.id)).toEqual(['OrderDrafted', 'OrderCancelled'])
  })

  it('and submission at once leave an order that is either, with a balance that agrees', async () => {
    for (let round = 0; round < 10; round += 1) {
      const product = await aProduct(site.api, {}, '1')
      const draft = await aDraft(site.api, [[product.id, '1']])
      await Promise.all([submit(draft.id), cancel(draft.id)])
      expect((await fetchOrder(draft.id)).state).toBe('cancelled')
    }
    expect(await stockTruth(site.database.db)).toMatchObject({ wrongOnHand: 0n, wrongReserved: 0n })
  })
})

describe('actions of an order', () => {
  it('are what its commands accept', async () => {
    const product = await aProduct(site.api, { kind: 'service' })
    const order = await aSubmittedOrder(site.api, [[product.id, '1']])
    expect(order.actions).toEqual([
      { name: 'edit', allowed: false, reason: 'order-submitted' },
      { name: 'submit', allowed: false, reason: 'order-submitted' },
      { name: 'cancel', allowed: true, reason: null },
    ])
    expect(refusalOf('submit', 'cancelled')).toBe('order-cancelled')
  })

  it('number by the year in Paris', () => {
    expect(numberPrefix(new Date('2026-12-31T22:59:59Z'))).toBe('SO-2026-')
    expect(numberPrefix(new Date('2026-12-31T23:00:00Z'))).toBe('SO-2027-')
  })
})

describe('the list of orders', () => {
  it('filters by state and finds by number and customer without accents', async () => {
    const product = await aProduct(site.api, { kind: 'service' })
    const customer = await aCustomer(site.api, { name: 'Hôtel Œillet' })
    const draft = await aDraft(site.api, [[product.id, '1']], { customerId: customer.id })
    const { body: order } = await submit(draft.id)
    const find = async (query: string) =>
      (await site.api.call<{ items: OrderView[] }>('GET', `/orders?${query}`)).body.items.map(({ id }) => id)
    expect(await find('search=hotel%20OEILLET')).toEqual([order.id])
    expect(await find(`search=${order.number?.toLowerCase()}`)).toEqual([order.id])
    expect(await find('search=oeillet&filter[state]=draft')).toEqual([])
    expect(await find('search=oeillet&filter[state]=submitted')).toEqual([order.id])
  })

  it('gives every order once over its pages', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const query: string = cursor === null ? 'limit=7' : `limit=7&cursor=${cursor}`
      const { body } = await site.api.call<{ items: OrderView[]; nextCursor: string | null }>('GET', `/orders?${query}`)
      seen.push(...body.items.map(({ id }) => id))
      cursor = body.nextCursor
    } while (cursor !== null)
    const { count } = await one<{ count: bigint }>(site.db, sql`SELECT count(*) FROM commerce.orders`)
    expect(BigInt(seen.length)).toBe(count)
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed())
  })
})
