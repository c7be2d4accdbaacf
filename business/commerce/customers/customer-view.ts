/** What the API takes and tells about customers. */
import { z } from 'zod'
import { lineSchema } from '../commands/index.ts'
import type { Customer, CustomerDetails } from './customer.ts'

const DEFAULT_PAYMENT_TERM_DAYS = 30

export const addressInput = z.strictObject({
  line1: lineSchema(200),
  line2: lineSchema(200).nullable().default(null),
  postalCode: lineSchema(20),
  city: lineSchema(100),
  countryCode: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166-1)')
    .default('FR'),
})

export const addressSchema = z.object({
  line1: z.string(),
  line2: z.string().nullable(),
  postalCode: z.string(),
  city: z.string(),
  countryCode: z.string(),
})

const fields = {
  kind: z.enum(['company', 'person']),
  name: lineSchema(200),
  email: z.email().max(254).nullable(),
  phone: lineSchema(40).nullable(),
  siren: lineSchema(20).nullable(),
  siret: lineSchema(30).nullable(),
  vatNumber: lineSchema(30).nullable(),
  billingAddress: addressInput.nullable(),
  deliveryAddress: addressInput.nullable(),
  paymentTermDays: z.int().min(0).max(365),
}

export const customerInput = z.strictObject({
  ...fields,
  email: fields.email.default(null),
  phone: fields.phone.default(null),
  siren: fields.siren.default(null),
  siret: fields.siret.default(null),
  vatNumber: fields.vatNumber.default(null),
  billingAddress: fields.billingAddress.default(null),
  deliveryAddress: fields.deliveryAddress.default(null),
  paymentTermDays: fields.paymentTermDays.default(DEFAULT_PAYMENT_TERM_DAYS),
})

export const customerPatch = z.strictObject(fields).partial()

export const customerSchema = z
  .object({
    kind: fields.kind,
    name: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    siren: z.string().nullable(),
    siret: z.string().nullable(),
    vatNumber: z.string().nullable(),
    billingAddress: addressSchema.nullable(),
    deliveryAddress: addressSchema.nullable(),
    paymentTermDays: z.int(),
    id: z.uuid(),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Customer' })

/** Only the fields that were sent. */
export function readChange(input: z.infer<typeof customerPatch>): Partial<CustomerDetails> {
  const { ...details } = input
  // Fields that were not sent are undefined here; without them the type is what the filter leaves.
  return Object.fromEntries(
    Object.entries(details).filter(([, value]) => value !== undefined),
  ) as Partial<CustomerDetails>
}

export function customerView(customer: Customer): z.infer<typeof customerSchema> {
  return { ...customer, createdAt: customer.createdAt.toISOString(), updatedAt: customer.updatedAt.toISOString() }
}
