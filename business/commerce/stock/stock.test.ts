import { inTransaction, sql, violates } from '@platen/kit/sql'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aDraft, aProduct, aSubmittedOrder, received } from '../testing/builders.ts'
import { stockTruth } from '../testing/invariants.ts'
import { openTestSite, type TestSite } from '../testing/site.ts'
import { releaseStock, reserveStock } from './reservations.ts'
import { sumByProduct } from './stock.ts'

let site: TestSite
beforeAll(async () => {
  site = await openTestSite()
})
afterAll(() => site.close())

interface StockBody {
  onHand: string
  reserved: string
  available: string
  movements: { kind: string; quantity: string; reason: string | null; actor: { label: string } }[]
  reservations: { orderId: string; orderNumber: string; quantity: string; customerName: string }[]
}

async function stockOf(productId: string): Promise<StockBody> {
  return (await site.api.call<StockBody>('GET', `/products/${productId}/stock`)).body
}

async function adjust(productId: string, quantity: string) {
  return site.api.call<Record<string, unknown>>('POST', `/products/${productId}/stock-movements`, {
    kind: 'adjustment',
    quantity,
    reason: 'casse',
  })
}

describe('stock of a product', () => {
  it('is the sum of its movements, and tells who holds it', async () => {
    const product = await aProduct(site.api, {}, '10')
    await adjust(product.id, '-2.5')
    const order = await aSubmittedOrder(site.api, [[product.id, '3']])
    expect(await stockOf(product.id)).toMatchObject({
      onHand: '7.5',
      reserved: '3',
      available: '4.5',
      movements: [
        { kind: 'adjustment', quantity: '-2.5', reason: 'casse', actor: { label: 'anne@example.fr' } },
        { kind: 'receipt', quantity: '10', reason: null },
      ],
      reservations: [{ orderId: order.id, orderNumber: order.number, quantity: '3', customerName: 'Café du Port' }],
    })
  })

  it('T13: falls to what is reserved, and below it only with the orders named', async () => {
    const product = await aProduct(site.api, {}, '10')
    const order = await aSubmittedOrder(site.api, [[product.id, '4']])
    expect((await adjust(product.id, '-6')).status).toBe(201)
    const refused = await adjust(product.id, '-1')
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({
      code: 'stock-below-reserved',
      onHand: '4',
      reserved: '4',
      orders: [{ orderId: order.id, orderNumber: order.number, quantity: '4' }],
    })
  })

  it('of a service does not exist', async () => {
    const service = await aProduct(site.api, { kind: 'service' })
    expect(service.stock).toBeNull()
    expect((await adjust(service.id, '1')).body).toMatchObject({ code: 'product-is-service' })
    const order = await aSubmittedOrder(site.api, [[service.id, '99']])
    expect(order.state).toBe('submitted')
  })

  it('keeps four decimals exactly', async () => {
    const product = await aProduct(site.api, { unit: 'KGM' }, '0.1')
    for (let times = 0; times < 9; times += 1) await received(site.api, product.id, '0.1')
    await aSubmittedOrder(site.api, [[product.id, '0.9999']])
    expect(await stockOf(product.id)).toMatchObject({ onHand: '1', available: '0.0001' })
  })
})

describe('the ledger', () => {
  it('grants the app neither change nor deletion', async () => {
    await expect(sql`UPDATE commerce.stock_movements SET quantity = 1`.execute(site.db)).rejects.toThrow(
      'permission denied',
    )
    await expect(sql`DELETE FROM commerce.stock_movements`.execute(site.db)).rejects.toThrow('permission denied')
  })

  it('refuses change, deletion and truncation even to a superuser', async () => {
    await aProduct(site.api, {}, '1')
    const { db } = site.database
    for (const statement of [
      sql`UPDATE commerce.stock_movements SET quantity = 1`,
      sql`DELETE FROM commerce.stock_movements`,
      sql`TRUNCATE commerce.stock_movements`,
    ]) {
      const error = await statement.execute(db).catch((caught: unknown) => caught)
      expect(violates(error, 'stock_movements_append_only')).toBe(true)
    }
  })
})

describe('reservations', () => {
  it('T12: releasing twice is a no-op and never takes reserved below zero', async () => {
    const product = await aProduct(site.api, {}, '5')
    const order = await aSubmittedOrder(site.api, [[product.id, '2']])
    const release = () => inTransaction(site.db, (tx) => releaseStock(tx, { orderId: order.id, at: new Date() }))
    const both = await Promise.all([release(), release()])
    expect(both.map((released) => released.length).toSorted()).toEqual([0, 1])
    expect(await release()).toEqual([])
    expect(await stockOf(product.id)).toMatchObject({ onHand: '5', reserved: '0', reservations: [] })
  })

  it('T4: called without the order lock by 20 at once, rows and balance still agree', async () => {
    const product = await aProduct(site.api, {}, '7')
    const drafts = []
    for (let client = 0; client < 20; client += 1) drafts.push(await aDraft(site.api, [[product.id, '1']]))
    const results = await Promise.all(
      drafts.map((draft) =>
        inTransaction(site.db, (tx) =>
          reserveStock(tx, {
            orderId: draft.id,
            lines: draft.lines.map((line) => ({ lineId: line.id, productId: product.id, quantity: 10_000n })),
            at: new Date(),
          }),
        ),
      ),
    )
    expect(results.filter((shortages) => shortages.length === 0)).toHaveLength(7)
    // Committed without anybody rolling back: a refusal wrote nothing.
    expect(await stockOf(product.id)).toMatchObject({ onHand: '7', reserved: '7' })
    expect(await stockTruth(site.database.db)).toMatchObject({ wrongOnHand: 0n, wrongReserved: 0n })
  })

  it('reserves nothing of an order when one product is short', async () => {
    const [plenty, scarce] = [await aProduct(site.api, {}, '5'), await aProduct(site.api, {}, '1')]
    const draft = await aDraft(site.api, [
      [plenty.id, '1'],
      [scarce.id, '2'],
    ])
    const refused = await site.api.call('PUT', `/orders/${draft.id}/submission`)
    expect(refused.body).toMatchObject({
      code: 'stock-insufficient',
      errors: [{ pointer: '/lines/1' }],
      shortages: [{ productId: scarce.id, sku: scarce.sku, name: scarce.name, asked: '2', available: '1' }],
    })
    expect(await stockOf(plenty.id)).toMatchObject({ reserved: '0' })
  })

  it('leaves nothing of a refusal even when the caller commits', async () => {
    const [plenty, scarce] = [await aProduct(site.api, {}, '5'), await aProduct(site.api, {}, '1')]
    const draft = await aDraft(site.api, [
      [plenty.id, '1'],
      [scarce.id, '2'],
    ])
    const lines = draft.lines.map(({ id, product, quantity }) => ({
      lineId: id,
      productId: product.id,
      quantity: BigInt(quantity) * 10_000n,
    }))
    const shortages = await inTransaction(site.db, (tx) =>
      reserveStock(tx, { orderId: draft.id, lines, at: new Date() }),
    )
    expect(shortages).toEqual([{ productId: scarce.id, asked: 20_000n, available: 10_000n }])
    expect(await stockOf(plenty.id)).toMatchObject({ reserved: '0', reservations: [] })
  })

  it('cannot be overdone by any statement: the table itself refuses', async () => {
    const product = await aProduct(site.api, {}, '1')
    for (const reserved of [-1, 2]) {
      const error =
        await sql`UPDATE commerce.stock_balances SET reserved = ${reserved} WHERE product_id = ${product.id}`
          .execute(site.db)
          .catch((caught: unknown) => caught)
      expect(violates(error, 'stock_balances_reserved_check')).toBe(true)
    }
  })

  it('sums the lines of one product and sorts by id', () => {
    const lines = [
      { productId: 'b', quantity: 1n },
      { productId: 'a', quantity: 2n },
      { productId: 'b', quantity: 3n },
    ]
    expect(sumByProduct(lines)).toEqual([
      { productId: 'a', quantity: 2n },
      { productId: 'b', quantity: 4n },
    ])
  })
})

describe('any walk of receipts, adjustments, submissions and cancellations', () => {
  it('keeps every balance the sum of its ledger and every reserved the sum of its reservations', async () => {
    const products = [await aProduct(site.api), await aProduct(site.api), await aProduct(site.api)]
    const step = fc.record({
      kind: fc.constantFrom('receipt', 'adjustment', 'submit', 'submit', 'cancel'),
      product: fc.nat(2),
      other: fc.nat(2),
      quantity: fc.integer({ min: 1, max: 60_000 }).map((units) => (units / 10_000).toString()),
    })
    const submitted: string[] = []
    const perform = async ({
      kind,
      product,
      other,
      quantity,
    }: typeof step extends fc.Arbitrary<infer T> ? T : never) => {
      const productId = products[product]?.id ?? ''
      const movements = `/products/${productId}/stock-movements`
      if (kind === 'receipt') return site.api.call('POST', movements, { kind, quantity })
      if (kind === 'adjustment') return site.api.call('POST', movements, { kind, quantity: `-${quantity}` })
      if (kind === 'cancel')
        return site.api.call('PUT', `/orders/${submitted.pop() ?? products[0]?.id}/cancellation`, {})
      const draft = await aDraft(site.api, [
        [productId, quantity],
        [products[other]?.id ?? '', '0.5'],
      ])
      const answer = await site.api.call('PUT', `/orders/${draft.id}/submission`)
      if (answer.status === 200) submitted.push(draft.id)
      return answer
    }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
        // Three at once, so that steps meet.
        for (let index = 0; index < steps.length; index += 3) {
          const answers = await Promise.all(steps.slice(index, index + 3).map(perform))
          for (const answer of answers) expect([200, 201, 404, 409]).toContain(answer.status)
          expect(await stockTruth(site.database.db)).toMatchObject({ wrongOnHand: 0n, wrongReserved: 0n })
        }
      }),
      { numRuns: 30 },
    )
    expect(submitted.length).toBeGreaterThan(0)
  }, 120_000)
})
