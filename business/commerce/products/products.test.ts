import { once } from 'node:events'
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { deliverPending } from '@platen/kit/outbox'
import { one, sql } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { commerceHandlers } from '../handlers.ts'
import { aDraft, aGif, aPng, aProduct } from '../testing/builders.ts'
import { openTestSite, type TestSite } from '../testing/site.ts'
import type { ProductView } from './product-view.ts'

let site: TestSite
beforeAll(async () => {
  site = await openTestSite()
})
afterAll(() => site.close())
beforeEach(() => site.objects.stored.clear())

type Answer = ProductView & { code?: string; errors?: { pointer: string; message: string }[] }
const create = (body: object) => site.api.call<Answer>('POST', '/products', body)
const change = (id: string, body: object) => site.api.call<Answer>('PATCH', `/products/${id}`, body)
const unitPrice = { amount: '1', currency: 'EUR' }

describe('a product', () => {
  it('is told as it was created, with its defaults', async () => {
    const { status, body } = await create({
      sku: ' LAMPE-É ',
      name: 'Lampe',
      unitPrice: { amount: '0.123456', currency: 'EUR' },
      barcode: '4006381333931',
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      sku: 'LAMPE-É',
      description: null,
      unit: 'C62',
      kind: 'goods',
      vat: { category: 'S', rate: '20' },
      unitPrice: { amount: '0.123456', currency: 'EUR' },
      barcode: '4006381333931',
      reorderLevel: null,
      picture: null,
      stock: { onHand: '0', reserved: '0', available: '0' },
      archivedAt: null,
      version: 1,
    })
    expect((await site.api.call('GET', `/products/${body.id}`)).body).toEqual(body)
  })

  it.each([
    [{ vat: { category: 'S', rate: '0' } }, '/vat'],
    [{ vat: { category: 'E', rate: '20' } }, '/vat'],
    [{ unit: 'ABC' }, '/unit'],
    [{ barcode: '4006381333932' }, '/barcode'],
    [{ kind: 'service', reorderLevel: '1' }, '/reorderLevel'],
    [{ unitPrice: { amount: '1.1234567', currency: 'EUR' } }, '/unitPrice/amount'],
    [{ unitPrice: { amount: '-1', currency: 'EUR' } }, '/unitPrice/amount'],
    [{ unitPrice: { amount: 1, currency: 'EUR' } }, '/unitPrice/amount'],
    [{ unitPrice: { amount: '1', currency: 'USD' } }, '/unitPrice/currency'],
    [{ vat: { category: 'S', rate: '100.01' } }, '/vat/rate'],
    [{ reorderLevel: '-1' }, '/reorderLevel'],
    [{ sku: '  ' }, '/sku'],
    [{ sku: 'a\nb' }, '/sku'],
    [{ name: 'x'.repeat(201) }, '/name'],
    [{ colour: 'red' }, '/colour'],
    [{ id: 'mine' }, '/id'],
  ])('with %j is refused at %s', async (fields, pointer) => {
    const { status, body } = await create({ sku: 'REFUSED', name: 'Lampe', unitPrice, ...fields })
    expect(status).toBe(422)
    expect(body.errors?.map((place) => place.pointer)).toContain(pointer)
  })

  it('has a SKU of its own, whatever the case and width of its letters, also after archival', async () => {
    const first = await aProduct(site.api, { sku: 'Réf-1' })
    await site.api.call('PUT', `/products/${first.id}/archival`)
    for (const sku of ['RÉF-1', 'réf-1', 'Ｒéf-１']) {
      const { status, body } = await create({ sku, name: 'Autre', unitPrice })
      expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([409, 'sku-taken', '/sku'])
    }
  })

  it('goes to exactly one of 20 who want its SKU at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => create({ sku: 'UNIQUE', name: 'Lampe', unitPrice })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 19 }, () => 409)])
  })

  it('changes only in the fields sent, and tells what changed', async () => {
    const product = await aProduct(site.api, { description: 'ancien', reorderLevel: '5' })
    const { body } = await change(product.id, { description: null, vat: { category: 'S', rate: '5.5' } })
    expect(body).toMatchObject({
      description: null,
      vat: { rate: '5.5' },
      reorderLevel: '5',
      name: product.name,
      version: 2,
    })
    const { changes } = await one<{ changes: object }>(
      site.database.db,
      sql`SELECT changes FROM identity.audit_entries WHERE resource_id = ${product.id} AND action = 'product.updated'`,
    )
    expect(changes).toEqual({
      description: { before: 'ancien', after: null },
      vat: { before: { category: 'S', rate: '2000' }, after: { category: 'S', rate: '550' } },
    })
  })

  it('stays as it is, without an event, when nothing changes', async () => {
    const product = await aProduct(site.api)
    const { body } = await change(product.id, { name: product.name })
    expect(body).toEqual(product)
  })

  it('T6: two changes of different fields at once lose neither; from a stale version one is refused', async () => {
    const product = await aProduct(site.api)
    await Promise.all([change(product.id, { name: 'Nouveau' }), change(product.id, { reorderLevel: '3' })])
    expect((await site.api.call('GET', `/products/${product.id}`)).body).toMatchObject({
      name: 'Nouveau',
      reorderLevel: '3',
      version: 3,
    })
    const { status, body } = await site.api.call<Answer>(
      'PATCH',
      `/products/${product.id}`,
      { name: 'Trop tard' },
      { 'if-match': '"v1"' },
    )
    expect([status, body.code]).toEqual([412, 'version-stale'])
  })

  it('becomes a service only without stock', async () => {
    const product = await aProduct(site.api, {}, '1')
    expect((await change(product.id, { kind: 'service' })).body.code).toBe('product-has-stock')
    await site.api.call('POST', `/products/${product.id}/stock-movements`, { kind: 'adjustment', quantity: '-1' })
    expect((await change(product.id, { kind: 'service' })).body).toMatchObject({ kind: 'service', stock: null })
    expect((await change(product.id, { kind: 'goods' })).body).toMatchObject({ stock: { onHand: '0' } })
  })
})

describe('archival', () => {
  it('hides, blocks editing and selling, and can be taken back', async () => {
    const product = await aProduct(site.api)
    const archived = await site.api.call<ProductView>('PUT', `/products/${product.id}/archival`)
    expect(archived.body.archivedAt).not.toBeNull()
    expect(archived.body.actions.filter(({ allowed }) => allowed).map(({ name }) => name)).toEqual([
      'restore',
      'receive-stock',
      'adjust-stock',
    ])
    expect((await change(product.id, { name: 'Non' })).body.code).toBe('product-archived')
    await expect(aDraft(site.api, [[product.id, '1']])).rejects.toThrow('order-invalid')
    expect(await find(`search=${product.sku}`)).toEqual([])
    expect(await find(`search=${product.sku}&filter[archived]=true`)).toEqual([product.id])
    const restored = await site.api.call<ProductView>('DELETE', `/products/${product.id}/archival`)
    expect(restored.body).toMatchObject({ archivedAt: null, version: 3 })
    expect(await find(`search=${product.sku}`)).toEqual([product.id])
  })

  it('twice is once', async () => {
    const product = await aProduct(site.api)
    await site.api.call('PUT', `/products/${product.id}/archival`)
    const { body } = await site.api.call<ProductView>('PUT', `/products/${product.id}/archival`)
    expect(body.version).toBe(2)
  })
})

const find = async (query: string) =>
  (await site.api.call<{ items: ProductView[] }>('GET', `/products?${query}`)).body.items.map(({ id }) => id)

describe('the list of products', () => {
  it('finds by words of SKU, name and barcode, in any order, without accents or case', async () => {
    const product = await aProduct(site.api, { sku: 'CŒUR-9', name: 'Crème brûlée géante', barcode: '3017620422003' })
    for (const search of ['creme', 'BRULEE crème', 'coeur-9', '30176204', 'géante cœur']) {
      expect(await find(`search=${encodeURIComponent(search)}`)).toEqual([product.id])
    }
    expect(await find('search=creme%20salee')).toEqual([])
  })

  it('takes %, _ and \\ for themselves', async () => {
    const product = await aProduct(site.api, { name: '100% coton_bio \\ lin' })
    for (const search of ['100%', 'coton_', '\\'])
      expect(await find(`search=${encodeURIComponent(search)}`)).toEqual([product.id])
  })

  it('refuses a cursor it did not give and a control character', async () => {
    for (const query of ['cursor=abc', 'search=%07', 'limit=0', 'limit=1000', 'colour=red', 'archived=true']) {
      const { status } = await site.api.call('GET', `/products?${query}`)
      expect([query, status]).toEqual([query, 400])
    }
  })

  it('gives every product once over its pages, newest first', async () => {
    const first = await site.api.call<{ items: ProductView[]; nextCursor: string }>('GET', '/products?limit=3')
    const second = await site.api.call<{ items: ProductView[] }>(
      'GET',
      `/products?limit=3&cursor=${first.body.nextCursor}`,
    )
    const ids = [...first.body.items, ...second.body.items].map(({ id }) => id)
    expect(ids).toHaveLength(6)
    expect(ids).toEqual([...new Set(ids)].toSorted().toReversed())
  })
})

describe('the picture of a product', () => {
  const put = (id: string, content: Buffer, contentType = 'image/png') =>
    site.api.call<Answer & Record<string, unknown>>('PUT', `/products/${id}/picture`, content, {
      'content-type': contentType,
    })
  const deliver = () => deliverPending(site.db, commerceHandlers(site.objects))

  it('is stored, told with a URL, and replaced; the old one goes with the delivery of the event', async () => {
    const product = await aProduct(site.api)
    const { status, body } = await put(product.id, aPng(640, 480))
    expect(status).toBe(200)
    expect(body.picture).toMatchObject({ contentType: 'image/png', sizeBytes: 100, width: 640, height: 480 })
    const [firstKey = ''] = [...site.objects.stored.keys()]
    expect(body.picture?.url).toContain(firstKey)
    await put(product.id, aGif(3, 2), 'image/gif')
    expect(site.objects.stored.size).toBe(2)
    await deliver()
    expect([...site.objects.stored.values()].map(({ contentType }) => contentType)).toEqual(['image/gif'])
    expect((await site.api.call<ProductView>('DELETE', `/products/${product.id}/picture`)).body.picture).toBeNull()
    await deliver()
    expect(site.objects.stored.size).toBe(0)
  })

  it.each([
    ['an SVG as PNG', Buffer.from('<svg/>'), 'image/png', 422],
    ['an SVG as SVG', Buffer.from('<svg/>'), 'image/svg+xml', 415],
    ['HTML', Buffer.from('<html/>'), 'text/html', 415],
    ['JSON', Buffer.from('{}'), 'application/json', 422],
    ['a GIF as PNG', aGif(1, 1), 'image/png', 422],
    ['a gigapixel PNG', aPng(40_000, 40_000), 'image/png', 422],
  ])('%s is refused and leaves nothing behind', async (_name, content, contentType, status) => {
    const product = await aProduct(site.api)
    expect((await put(product.id, content, contentType)).status).toBe(status)
    expect(site.objects.stored.size).toBe(0)
  })

  it('above 10 MiB is refused', async () => {
    const product = await aProduct(site.api)
    expect((await put(product.id, aPng(10, 10, 10 * 1024 * 1024 + 1))).status).toBe(413)
  })

  it('beyond the quota of the plan is refused with the numbers; replacing counts what it frees', async () => {
    const [first, second] = [await aProduct(site.api), await aProduct(site.api)]
    await put(first.id, aPng(10, 10, 40_000))
    const { status, body } = await put(second.id, aPng(10, 10, 20_000))
    expect(status).toBe(507)
    expect(body).toMatchObject({
      code: 'storage-quota-reached',
      limitBytes: 50_000,
      usedBytes: 40_000,
      neededBytes: 20_000,
    })
    expect((await put(first.id, aPng(10, 10, 45_000))).status).toBe(200)
  })

  it('is refused while two of the site are in hand, before its body is read; with the next free place it is taken', async () => {
    const product = await aProduct(site.api)
    const { port } = new URL(await site.api.server.listen({ host: '127.0.0.1', port: 0 }))
    const upload = (length: number): ClientRequest => {
      const outgoing = httpRequest({
        host: '127.0.0.1',
        port,
        method: 'PUT',
        path: `/api/v1/products/${product.id}/picture`,
        headers: { 'content-type': 'image/png', 'content-length': length },
        agent: false,
      })
      outgoing.on('error', () => undefined)
      return outgoing
    }
    const answerOf = async (outgoing: ClientRequest): Promise<IncomingMessage> => {
      // Emitted with the response as its only argument.
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      return response.resume()
    }
    const picture = aPng(10, 10, 20_000)
    const held = [upload(picture.length), upload(picture.length)]
    for (const outgoing of held) outgoing.write(picture.subarray(0, 100))
    // Their bodies never come: the answer shows that nobody waits for them.
    const refused = await eventually(async () => {
      const probe = upload(10_000_000)
      probe.write(picture.subarray(0, 100))
      const response = await answerOf(probe)
      expect(response.statusCode).toBe(503)
      return response
    })
    expect(refused.headers).toMatchObject({ 'retry-after': '2', connection: 'close' })
    const extra = Array.from({ length: 58 }, () => upload(10_000_000))
    const statuses = extra.map(async (outgoing) => {
      outgoing.write(picture.subarray(0, 100))
      return (await answerOf(outgoing)).statusCode
    })
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([503]))
    const finished = held.map((outgoing) => {
      outgoing.end(picture.subarray(100))
      return answerOf(outgoing)
    })
    for (const response of await Promise.all(finished)) expect(response.statusCode).toBe(200)
    expect((await put(product.id, picture)).status).toBe(200)
  })

  it('that the store cannot take changes nothing', async () => {
    const product = await aProduct(site.api)
    site.objects.failNextPut = true
    expect((await put(product.id, aPng(10, 10))).status).toBe(500)
    expect((await site.api.call<ProductView>('GET', `/products/${product.id}`)).body).toEqual(product)
  })

  it('of an archived or unknown product is refused and not stored', async () => {
    const product = await aProduct(site.api)
    await site.api.call('PUT', `/products/${product.id}/archival`)
    expect((await put(product.id, aPng(1, 1))).body.code).toBe('product-archived')
    expect((await put('01990000-0000-7000-8000-00000000dead', aPng(1, 1))).status).toBe(404)
    expect(site.objects.stored.size).toBe(0)
  })
})
