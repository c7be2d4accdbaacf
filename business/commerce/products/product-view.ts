/** What the API takes and tells about products. */
import { z } from 'zod'
import { lineSchema, paragraphSchema, type CommerceContext } from '../commands/index.ts'
import {
  levelSchema,
  moneySchema,
  quantityView,
  readVat,
  SCALE,
  toUnits,
  unitPriceMoneySchema,
  unitPriceView,
  vatSchema,
  vatView,
} from '../money/index.ts'
import { stockLevelSchema, stockLevelView } from '../stock/index.ts'
import { PRODUCT_ACTIONS, refusalOf, type Picture, type Product, type ProductDetails } from './product.ts'

// The object store signs for 300 s at most. Ending on a fixed step keeps the URL the same for a while, so browsers cache it.
const PICTURE_URL_SECONDS = 300
const PICTURE_URL_STEP_SECONDS = 150

const fields = {
  sku: lineSchema(64),
  name: lineSchema(200),
  description: paragraphSchema(5000).nullable(),
  unit: z.string().max(3),
  kind: z.enum(['goods', 'service']),
  vat: vatSchema,
  unitPrice: unitPriceMoneySchema,
  barcode: z.string().trim().max(14).nullable(),
  reorderLevel: levelSchema.nullable(),
}

export const productInput = z.strictObject({
  ...fields,
  description: fields.description.default(null),
  unit: fields.unit.default('C62'),
  kind: fields.kind.default('goods'),
  vat: fields.vat.default({ category: 'S', rate: '20' }),
  barcode: fields.barcode.default(null),
  reorderLevel: fields.reorderLevel.default(null),
})

export const productPatch = z.strictObject(fields).partial()

export const productSchema = z
  .object({
    ...fields,
    id: z.uuid(),
    vat: z.object({ category: z.string(), rate: z.string() }),
    unitPrice: moneySchema,
    reorderLevel: z.string().nullable(),
    picture: z
      .object({
        url: z.string(),
        contentType: z.string(),
        sizeBytes: z.int(),
        width: z.int(),
        height: z.int(),
      })
      .nullable(),
    stock: stockLevelSchema.nullable(),
    archivedAt: z.iso.datetime().nullable(),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    actions: z.array(z.object({ name: z.enum(PRODUCT_ACTIONS), allowed: z.boolean(), reason: z.string().nullable() })),
  })
  .meta({ id: 'Product' })

export type ProductView = z.infer<typeof productSchema>

/** Only the fields that were sent, in the numbers of the rules. */
export function readDetails<Input extends z.infer<typeof productPatch>>(input: Input): Partial<ProductDetails> {
  const { vat, unitPrice, reorderLevel, ...rest } = input
  const details = {
    ...rest,
    barcode: rest.barcode === '' ? null : rest.barcode,
    description: rest.description === '' ? null : rest.description,
    vat: vat && readVat(vat),
    unitPrice: unitPrice && toUnits(unitPrice.amount, SCALE.unitPrice),
    currency: unitPrice?.currency,
    reorderLevel: typeof reorderLevel === 'string' ? toUnits(reorderLevel, SCALE.quantity) : reorderLevel,
  }
  // Fields that were not sent are undefined here; without them the type is what the filter leaves.
  return Object.fromEntries(
    Object.entries(details).filter(([, value]) => value !== undefined),
  ) as Partial<ProductDetails>
}

export async function productView(context: CommerceContext, product: Product): Promise<ProductView> {
  const { stock, picture } = product
  return {
    id: product.id,
    sku: product.sku,
    name: product.name,
    description: product.description,
    unit: product.unit,
    kind: product.kind,
    vat: vatView(product.vat),
    unitPrice: unitPriceView(product.unitPrice, product.currency),
    barcode: product.barcode,
    reorderLevel: product.reorderLevel === null ? null : quantityView(product.reorderLevel),
    picture: picture && (await pictureView(context, picture)),
    stock: stock && stockLevelView(stock),
    archivedAt: product.archivedAt?.toISOString() ?? null,
    version: product.version,
    createdAt: product.createdAt.toISOString(),
    updatedAt: product.updatedAt.toISOString(),
    actions: PRODUCT_ACTIONS.map((name) => {
      const reason = refusalOf(name, product)
      return { name, allowed: reason === null, reason }
    }),
  }
}

async function pictureView(
  { objects }: CommerceContext,
  picture: Picture,
): Promise<NonNullable<ProductView['picture']>> {
  const { key, contentType, sizeBytes, width, height } = picture
  const expiresInSeconds = PICTURE_URL_SECONDS - (Math.floor(Date.now() / 1000) % PICTURE_URL_STEP_SECONDS)
  return { url: await objects.signedUrl({ key, expiresInSeconds }), contentType, sizeBytes, width, height }
}
