import { defineEvent } from '@platen/kit/outbox'
import { z } from 'zod'

/** What a consumer needs to keep its own copy of a product. Exact numbers are decimal strings. */
const product = z.strictObject({
  productId: z.uuid(),
  sku: z.string(),
  name: z.string(),
  kind: z.enum(['goods', 'service']),
  unit: z.string(),
  vat: z.strictObject({ category: z.string(), rate: z.string() }),
  unitPrice: z.strictObject({ amount: z.string(), currency: z.string() }),
  barcode: z.string().nullable(),
  version: z.int(),
})
const reference = z.strictObject({ productId: z.uuid(), sku: z.string(), version: z.int() })
const pictureChange = z.strictObject({
  productId: z.uuid(),
  previousKey: z.string().nullable(),
  currentKey: z.string().nullable(),
})

export const ProductCreated = defineEvent({
  type: 'ProductCreated',
  version: 1,
  aggregate: 'product',
  description: 'A product was added.',
  payload: product,
})
export const ProductUpdated = defineEvent({
  type: 'ProductUpdated',
  version: 1,
  aggregate: 'product',
  description: 'Something about a product changed; all of it is told.',
  payload: product,
})
export const ProductArchived = defineEvent({
  type: 'ProductArchived',
  version: 1,
  aggregate: 'product',
  description: 'A product is no longer offered.',
  payload: reference,
})
export const ProductRestored = defineEvent({
  type: 'ProductRestored',
  version: 1,
  aggregate: 'product',
  description: 'An archived product is offered again.',
  payload: reference,
})
export const ProductPictureChanged = defineEvent({
  type: 'ProductPictureChanged',
  version: 1,
  aggregate: 'product',
  description: "A product's picture was set, replaced or removed.",
  payload: pictureChange,
})
