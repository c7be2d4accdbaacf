/** Things of commerce for tests, made through the API so that they are what users make. */
import type { ProductView } from '../products/product-view.ts'
import type { OrderView } from '../orders/order-view.ts'
import type { TestApi } from './site.ts'

let count = 0

/** A product; goods have the stock asked for, by default none. */
export async function aProduct(
  api: TestApi,
  fields: Record<string, unknown> = {},
  stock?: string,
): Promise<ProductView> {
  count += 1
  const unitPrice = { amount: '10.00', currency: 'EUR' }
  const created = await api.call<ProductView>('POST', '/products', {
    sku: `SKU-${count}`,
    name: `Lampe ${count}`,
    unitPrice,
    ...fields,
  })
  if (created.status !== 201) throw new Error(`no product: ${JSON.stringify(created.body)}`)
  if (stock !== undefined) await received(api, created.body.id, stock)
  return created.body
}

export async function received(api: TestApi, productId: string, quantity: string): Promise<void> {
  const answer = await api.call('POST', `/products/${productId}/stock-movements`, { kind: 'receipt', quantity })
  if (answer.status !== 201) throw new Error(`no receipt: ${JSON.stringify(answer.body)}`)
}

export async function aCustomer(
  api: TestApi,
  fields: Record<string, unknown> = {},
): Promise<{ id: string; version: number; name: string }> {
  const answer = await api.call<{ id: string; version: number; name: string }>('POST', '/customers', {
    kind: 'company',
    name: 'Café du Port',
    ...fields,
  })
  if (answer.status !== 201) throw new Error(`no customer: ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** A draft for a customer of its own; lines are [product id, quantity]. */
export async function aDraft(
  api: TestApi,
  lines: readonly (readonly [string, string])[],
  fields: Record<string, unknown> = {},
): Promise<OrderView> {
  const customerId = fields['customerId'] ?? (await aCustomer(api)).id
  const answer = await api.call<OrderView>('POST', '/orders', {
    ...fields,
    customerId,
    lines: lines.map(([productId, quantity]) => ({ productId, quantity })),
  })
  if (answer.status !== 201) throw new Error(`no draft: ${JSON.stringify(answer.body)}`)
  return answer.body
}

export async function aSubmittedOrder(api: TestApi, lines: readonly (readonly [string, string])[]): Promise<OrderView> {
  const draft = await aDraft(api, lines)
  const answer = await api.call<OrderView>('PUT', `/orders/${draft.id}/submission`)
  if (answer.status !== 200) throw new Error(`not submitted: ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** The smallest pictures: headers that say their size, and padding. */
export function aPng(width: number, height: number, sizeBytes = 100): Buffer {
  const content = Buffer.alloc(sizeBytes)
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(content)
  content.writeUInt32BE(width, 16)
  content.writeUInt32BE(height, 20)
  return content
}

export function aGif(width: number, height: number): Buffer {
  const content = Buffer.alloc(20)
  content.write('GIF89a', 'latin1')
  content.writeUInt16LE(width, 6)
  content.writeUInt16LE(height, 8)
  return content
}
