/** What a site's API takes and answers, as the desk uses it. */
import type { Customer, Operations, Order } from '../../../../openapi/site.ts'

export type { Customer, Order, Product, SiteSelf as SiteInfo } from '../../../../openapi/site.ts'

type Answer<Name extends keyof Operations> = Operations[Name]['answer']

export type Me = Answer<'GET /auth/me'>
export type Stock = Answer<'GET /products/{id}/stock'>
export type Address = NonNullable<Customer['billingAddress']>
export type Discount = Order['discount']
export type OrderState = Order['state']
/** Of an order; `lines` only in the answer to POST /order-totals. */
export type Totals = Order['totals'] & Partial<Pick<Answer<'POST /order-totals'>, 'lines'>>
export type OrderInput = Operations['POST /orders']['body']
export type LineInput = OrderInput['lines'][number]

/** One product of which there is not enough: an extension of the problem stock-insufficient. */
export interface Shortage {
  productId: string
  sku: string
  name: string
  asked: string
  available: string
}
