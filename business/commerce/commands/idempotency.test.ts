import { newId } from '@platen/kit/ids'
import { one, sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aCustomer, aProduct } from '../testing/builders.ts'
import { openTestSite, type TestSite } from '../testing/site.ts'
import { runIdempotentCommand } from './idempotency.ts'

let site: TestSite
beforeAll(async () => {
  site = await openTestSite()
})
afterAll(() => site.close())

interface Answer {
  id: string
  code?: string
}

async function anOrderBody() {
  const [product, customer] = [await aProduct(site.api), await aCustomer(site.api)]
  return { customerId: customer.id, lines: [{ productId: product.id, quantity: '1' }] }
}

const post = (body: object, key: string) => site.api.call<Answer>('POST', '/orders', body, { 'idempotency-key': key })

describe('Idempotency-Key', () => {
  it('T30: gives the first answer again, without a second order', async () => {
    const body = await anOrderBody()
    const first = await post(body, 'key-1')
    const second = await post(body, 'key-1')
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body).toEqual(first.body)
    const { count } = await one<{ count: bigint }>(
      site.db,
      sql`SELECT count(*) FROM commerce.orders WHERE customer_id = ${body.customerId}`,
    )
    expect(count).toBe(1n)
  })

  it('T30: of 30 requests at once makes one order; each is told the order or to come back', async () => {
    const body = await anOrderBody()
    const answers = await Promise.all(Array.from({ length: 30 }, () => post(body, 'key-2')))
    const made = answers.filter(({ status }) => status === 201)
    expect(new Set(made.map((answer) => answer.body.id)).size).toBe(1)
    for (const { status, body: told } of answers)
      expect(status === 201 || told.code === 'idempotency-key-in-use').toBe(true)
    expect((await post(body, 'key-2')).body.id).toBe(made[0]?.body.id)
  })

  it('of a request that still runs tells the second to come back', async () => {
    const body = await anOrderBody()
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>()
    const first = runIdempotentCommand(site.context, { key: 'key-7', route: 'POST /orders', body }, async () => {
      begin(undefined)
      await released
      return { status: 201, body: {} }
    })
    await begun
    const second = await post(body, 'key-7')
    expect([second.status, second.body.code]).toEqual([409, 'idempotency-key-in-use'])
    release(undefined)
    await first
  })

  it('with another body, or on another route, is refused', async () => {
    const body = await anOrderBody()
    await post(body, 'key-3')
    const other = await post({ ...body, note: 'autre' }, 'key-3')
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused'])
    const [line] = body.lines
    const movement = await site.api.call<Answer>(
      'POST',
      `/products/${line?.productId}/stock-movements`,
      { kind: 'receipt', quantity: '1' },
      { 'idempotency-key': 'key-3' },
    )
    expect(movement.body.code).toBe('idempotency-key-reused')
  })

  it('receives stock once', async () => {
    const product = await aProduct(site.api)
    const receive = () =>
      site.api.call(
        'POST',
        `/products/${product.id}/stock-movements`,
        { kind: 'receipt', quantity: '5' },
        { 'idempotency-key': 'key-4' },
      )
    expect([await receive(), await receive()]).toEqual([
      { status: 201, body: { stock: { onHand: '5', reserved: '0', available: '5' } } },
      { status: 201, body: { stock: { onHand: '5', reserved: '0', available: '5' } } },
    ])
  })

  it('is free again after work that failed', async () => {
    const product = await aProduct(site.api)
    const move = (quantity: string) =>
      site.api.call(
        'POST',
        `/products/${product.id}/stock-movements`,
        { kind: 'adjustment', quantity },
        { 'idempotency-key': 'key-5' },
      )
    expect((await move('-5')).status).toBe(409)
    expect((await move('5')).status).toBe(201)
  })

  it('belongs to one user', async () => {
    const run = (actorId: string) =>
      runIdempotentCommand(
        { ...site.context, actor: { ...site.context.actor, id: actorId } },
        { key: 'key-6', route: 'POST /orders', body: {} },
        async () => ({ status: 201, body: { actorId } }),
      )
    const [anne, bruno] = [newId(), newId()]
    expect([await run(anne), await run(bruno), await run(anne)]).toMatchObject([
      { body: { actorId: anne } },
      { body: { actorId: bruno } },
      { body: { actorId: anne } },
    ])
  })

  it('is forgotten after a week by the keys that come later', async () => {
    const remember = (key: string, at: string) =>
      runIdempotentCommand(
        { ...site.context, now: () => new Date(at) },
        { key, route: 'POST /x', body: {} },
        async () => ({
          status: 201,
          body: {},
        }),
      )
    await remember('old', '2020-01-01T00:00:00Z')
    await remember('young', '2020-01-09T00:00:00Z')
    const { keys } = await one<{ keys: string[] }>(
      site.db,
      sql`SELECT array_agg(key) AS keys FROM commerce.idempotency_keys WHERE created_at < '2021-01-01'`,
    )
    expect(keys).toEqual(['young'])
  })
})
