import { definedEvents } from '@platen/kit/outbox'
import { problemFeatures } from '@platen/kit/problems'
import { rows, sql } from '@platen/kit/sql'
import { listRoutes } from '@platen/kit/http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { customerProblems } from './customers/index.ts'
import { commercePermissions } from './index.ts'
import { moneyProblems } from './money/index.ts'
import { orderProblems } from './orders/index.ts'
import { productProblems } from './products/index.ts'
import { stockProblems } from './stock/index.ts'
import { aCustomer, aDraft, aPng, aProduct, aSubmittedOrder } from './testing/builders.ts'
import { openTestSite, type Reply, type TestSite } from './testing/site.ts'

let site: TestSite
beforeAll(async () => {
  site = await openTestSite()
})
afterAll(() => site.close())

type Refusal = Reply<{ code?: string; status?: number }>
const tables = [moneyProblems, productProblems, stockProblems, customerProblems, orderProblems]

async function anArchivedProduct(): Promise<string> {
  const { id } = await aProduct(site.api)
  await site.api.call('PUT', `/products/${id}/archival`)
  return id
}

/** For each problem of commerce the request that a user gets it by. */
const provocations: Record<string, () => Promise<Refusal>> = {
  'sku-taken': async () => {
    const { sku, name, unitPrice } = await aProduct(site.api)
    return site.api.call('POST', '/products', { sku, name, unitPrice })
  },
  'product-invalid': async () => site.api.call('PATCH', `/products/${(await aProduct(site.api)).id}`, { unit: 'ABC' }),
  'product-archived': async () => site.api.call('PATCH', `/products/${await anArchivedProduct()}`, { name: 'X' }),
  'product-has-stock': async () =>
    site.api.call('PATCH', `/products/${(await aProduct(site.api, {}, '1')).id}`, { kind: 'service' }),
  'picture-refused': async () =>
    site.api.call('PUT', `/products/${(await aProduct(site.api)).id}/picture`, Buffer.from('<svg/>'), {
      'content-type': 'image/png',
    }),
  'uploads-busy': async () => {
    const { id } = await aProduct(site.api)
    const type = { 'content-type': 'image/png' }
    const upload = (): Promise<Refusal> => site.api.call('PUT', `/products/${id}/picture`, aPng(1, 1), type)
    const answers = await Promise.all(Array.from({ length: 10 }, upload))
    return answers.find((answer) => answer.status !== 200) ?? upload()
  },
  'storage-quota-reached': async () =>
    site.api.call('PUT', `/products/${(await aProduct(site.api)).id}/picture`, aPng(1, 1, 60_000), {
      'content-type': 'image/png',
    }),
  'product-is-service': async () =>
    site.api.call('POST', `/products/${(await aProduct(site.api, { kind: 'service' })).id}/stock-movements`, {
      kind: 'receipt',
      quantity: '1',
    }),
  'stock-below-reserved': async () =>
    site.api.call('POST', `/products/${(await aProduct(site.api)).id}/stock-movements`, {
      kind: 'adjustment',
      quantity: '-1',
    }),
  'movement-invalid': async () =>
    site.api.call('POST', `/products/${(await aProduct(site.api)).id}/stock-movements`, {
      kind: 'receipt',
      quantity: '-1',
    }),
  'stock-insufficient': async () =>
    site.api.call('PUT', `/orders/${(await aDraft(site.api, [[(await aProduct(site.api)).id, '1']])).id}/submission`),
  'customer-invalid': async () =>
    site.api.call('PATCH', `/customers/${(await aCustomer(site.api)).id}`, { siren: '123456789' }),
  'order-invalid': async () =>
    site.api.call('POST', '/order-totals', { lines: [{ productId: await anArchivedProduct(), quantity: '1' }] }),
  'order-submitted': async () => {
    const order = await aSubmittedOrder(site.api, [[(await aProduct(site.api, {}, '1')).id, '1']])
    const lines = [{ productId: order.lines[0]?.product.id, quantity: '2' }]
    return site.api.call('PUT', `/orders/${order.id}`, { customerId: order.customer.id, lines })
  },
  'order-cancelled': async () => {
    const draft = await aDraft(site.api, [[(await aProduct(site.api)).id, '1']])
    await site.api.call('PUT', `/orders/${draft.id}/cancellation`)
    return site.api.call('PUT', `/orders/${draft.id}/submission`)
  },
  'order-product-changed': async () => {
    const product = await aProduct(site.api)
    const draft = await aDraft(site.api, [[product.id, '1']])
    await site.api.call('PUT', `/products/${product.id}/archival`)
    return site.api.call('PUT', `/orders/${draft.id}/submission`)
  },
  'discount-exceeds-total': async () => {
    const lines = [{ productId: (await aProduct(site.api)).id, quantity: '1' }]
    return site.api.call('POST', '/order-totals', { lines, discount: { amount: '10.01' } })
  },
  'amount-too-large': async () => {
    const lines = [{ productId: (await aProduct(site.api)).id, quantity: '999999999', unitPrice: '999999999' }]
    return site.api.call('POST', '/order-totals', { lines })
  },
}

describe('problems of commerce', () => {
  const codes = tables.flatMap(({ table }) =>
    Object.entries(table).map(([code, { status }]) => [code, status] as const),
  )

  it.each(codes)('%s is what a user can meet, with status %d', async (code, status) => {
    const provoke = provocations[code]
    if (!provoke) throw new Error(`no provocation of ${code}: add a row above`)
    const refusal = await provoke()
    expect([refusal.status, refusal.body.code]).toEqual([status, code])
  })

  it('are all in the tables tested here', () => {
    const own = new Set(['commerce', 'money', 'products', 'stock', 'customers', 'orders'])
    expect(problemFeatures().filter(({ feature }) => own.has(feature))).toHaveLength(tables.length)
  })
})

describe('routes of commerce', () => {
  const unknownId = '01990000-0000-7000-8000-00000000dead'

  it('ask for permissions that are listed, and every listed one is asked for', () => {
    const asked = listRoutes(site.api.server).flatMap(({ path, config }) =>
      path.startsWith('/api/v1/') && config.policy?.kind === 'permission' ? [config.policy.permission] : [],
    )
    expect([...new Set(asked)].toSorted()).toEqual([...commercePermissions].toSorted())
  })

  it.each([
    ['POST', '/products', 'products.write'],
    ['GET', `/products/${unknownId}`, 'products.read'],
    ['POST', `/products/${unknownId}/stock-movements`, 'stock.write'],
    ['PATCH', `/customers/${unknownId}`, 'customers.write'],
    ['PUT', `/orders/${unknownId}/submission`, 'orders.submit'],
    ['PUT', `/orders/${unknownId}/cancellation`, 'orders.cancel'],
  ] as const)('%s %s is closed without %s', async (method, path, permission) => {
    site.api.permissions = new Set(commercePermissions.filter((name) => name !== permission))
    const refused = await site.api.call(method, path, method === 'GET' ? undefined : {})
    site.api.permissions = undefined
    expect(refused.status).toBe(403)
  })

  it.each([
    ['GET', `/products/${unknownId}`, undefined],
    ['PATCH', `/products/${unknownId}`, { name: 'X' }],
    ['PUT', `/products/${unknownId}/archival`, undefined],
    ['DELETE', `/products/${unknownId}/archival`, undefined],
    ['DELETE', `/products/${unknownId}/picture`, undefined],
    ['GET', `/products/${unknownId}/stock`, undefined],
    ['POST', `/products/${unknownId}/stock-movements`, { kind: 'receipt', quantity: '1' }],
    ['GET', `/customers/${unknownId}`, undefined],
    ['PATCH', `/customers/${unknownId}`, { name: 'X' }],
    ['GET', `/orders/${unknownId}`, undefined],
    ['PUT', `/orders/${unknownId}`, { customerId: unknownId, lines: [{ productId: unknownId, quantity: '1' }] }],
    ['PUT', `/orders/${unknownId}/submission`, undefined],
    ['PUT', `/orders/${unknownId}/cancellation`, {}],
  ] as const)('%s %s of an unknown id is 404', async (method, path, body) => {
    expect((await site.api.call(method, path, body)).status).toBe(404)
  })
})

describe('events of commerce', () => {
  it('are appended by the requests above as their schemas say', async () => {
    await aSubmittedOrder(site.api, [[(await aProduct(site.api, {}, '1')).id, '1']])
    const appended = await rows<{ type: string; version: number; aggregate: string; payload: unknown }>(
      site.database.db,
      sql`SELECT type, version, aggregate, payload FROM outbox.events`,
    )
    expect(appended.length).toBeGreaterThan(20)
    for (const event of appended) {
      const definition = definedEvents().find(({ type, version }) => type === event.type && version === event.version)
      expect(definition, event.type).toBeDefined()
      expect(definition?.aggregate).toBe(event.aggregate)
      definition?.payload.parse(event.payload)
    }
  })
})

describe('a command', () => {
  it('asks for deliveries after its commit, and not when it was refused', async () => {
    const before = site.nudges()
    const { sku, name, unitPrice } = await aProduct(site.api)
    expect(site.nudges()).toBe(before + 1)
    await site.api.call('POST', '/products', { sku, name, unitPrice })
    expect(site.nudges()).toBe(before + 1)
  })

  it('whose audit row cannot be written changes nothing', async () => {
    const product = await aProduct(site.api)
    const { audit } = site.context
    site.context.audit = () => Promise.reject(new Error('the audit trail is broken'))
    const answer = await site.api.call('PATCH', `/products/${product.id}`, { name: 'Autre' })
    site.context.audit = audit
    expect(answer.status).toBe(500)
    expect((await site.api.call('GET', `/products/${product.id}`)).body).toEqual(product)
  })
})
