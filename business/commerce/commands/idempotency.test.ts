import { runOnce, type IdempotentAnswer } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import { one, sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aCustomer, aProduct } from '../testing/builders.ts'
import { openTestSite, type TestSite } from '../testing/site.ts'
import type { CommerceContext } from './context.ts'
import { commerceIdempotencyKeys } from './idempotency.ts'
import { runCommand } from './run-command.ts'

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
    const first = runOn('key-7', site.context, async () => {
      begin(undefined)
      await released
      return { status: 201, body: {} }
    })
    await begun
    const second = await runOn('key-7', site.context, async () => ({ status: 201, body })).catch(
      (error: unknown) => error,
    )
    expect(second).toMatchObject({ code: 'idempotency-key-in-use', headers: { 'retry-after': '1' } })
    release(undefined)
    await first
  })

  it('with another body, or for another thing, is refused; on another route it is another key', async () => {
    const body = await anOrderBody()
    await post(body, 'key-3')
    const other = await post({ ...body, note: 'autre' }, 'key-3')
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused'])
    const receive = (productId = '') =>
      site.api.call<Answer>(
        'POST',
        `/products/${productId}/stock-movements`,
        { kind: 'receipt', quantity: '1' },
        { 'idempotency-key': 'key-3' },
      )
    expect((await receive(body.lines[0]?.productId)).status).toBe(201)
    expect((await receive((await aProduct(site.api)).id)).body.code).toBe('idempotency-key-reused')
  })

  it('makes one product and one customer', async () => {
    const headers = { 'idempotency-key': 'key-8' }
    const customer = { kind: 'person', name: 'Une fois' }
    const create = () => site.api.call<Answer>('POST', '/customers', customer, headers)
    const [first, second] = [await create(), await create()]
    expect([first.status, second]).toEqual([201, first])
    const product = { sku: 'UNE-FOIS', name: 'Une fois', unitPrice: { amount: '1.00', currency: 'EUR' } }
    const make = () => site.api.call<Answer>('POST', '/products', product, headers)
    const [made, again] = [await make(), await make()]
    expect([made.status, again.body.id]).toEqual([201, made.body.id])
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
      runOn('key-6', { ...site.context, actor: { ...site.context.actor, id: actorId } }, async () => ({
        status: 201,
        body: { actorId },
      }))
    const [anne, bruno] = [newId(), newId()]
    expect([await run(anne), await run(bruno), await run(anne)]).toMatchObject([
      { body: { actorId: anne } },
      { body: { actorId: bruno } },
      { body: { actorId: anne } },
    ])
  })

  it('is forgotten after a day', async () => {
    let runs = 0
    const run = (key: string, at: string) =>
      runOn(key, { ...site.context, now: () => new Date(at) }, async () => ({ status: 201, body: { runs: ++runs } }))
    expect((await run('old', '2020-01-01T00:00:00Z')).body).toEqual({ runs: 1 })
    expect((await run('old', '2020-01-01T23:59:59Z')).body).toEqual({ runs: 1 })
    expect((await run('old', '2020-01-02T00:00:01Z')).body).toEqual({ runs: 2 })
    await run('young', '2020-01-09T00:00:00Z')
    const { keys } = await one<{ keys: string[] }>(
      site.db,
      sql`SELECT array_agg(key) AS keys FROM commerce.idempotency_keys WHERE created_at < '2021-01-01'`,
    )
    expect(keys).toEqual(['POST /x young'])
  })
})

function runOn<Body extends object>(
  key: string,
  context: CommerceContext,
  work: () => Promise<IdempotentAnswer<Body>>,
): Promise<IdempotentAnswer<Body>> {
  const request = {
    key,
    tenantId: context.siteId,
    accountId: context.actor.id,
    route: 'POST /x',
    digest: Buffer.from('same'),
  }
  return runCommand(context, ({ tx, at }) => runOnce(tx, commerceIdempotencyKeys, request, work, at))
}
