/** Numbers as the API tells them: decimal strings, `{amount, currency}` for money. No JSON number ever carries money. */
import { z } from 'zod'
import { formatUnits, SCALE, toUnits } from './decimal.ts'
import type { Totals } from './totals.ts'
import { VAT_CATEGORIES, type Vat } from './vat.ts'

/** Currencies a site can sell in. A second one needs the VAT total in EUR on documents (BR-FR-CO-12), so it waits. */
export const CURRENCIES = ['EUR'] as const
export const currencySchema = z.enum(CURRENCIES)

const POSITIVE = '(?=[0-9.]*[1-9])'

export const unitPriceSchema = decimal('^[0-9]{1,9}(\\.[0-9]{1,6})?$', 'a price: at most 9 digits and 6 decimals')
export const quantitySchema = decimal(
  `^${POSITIVE}[0-9]{1,9}(\\.[0-9]{1,4})?$`,
  'a quantity above 0: at most 9 digits and 4 decimals',
)
export const signedQuantitySchema = decimal(
  `^-?${POSITIVE}[0-9]{1,9}(\\.[0-9]{1,4})?$`,
  'a quantity other than 0: at most 9 digits and 4 decimals',
)
export const levelSchema = decimal('^[0-9]{1,9}(\\.[0-9]{1,4})?$', 'a quantity: at most 9 digits and 4 decimals')
export const amountSchema = decimal('^[0-9]{1,12}(\\.[0-9]{1,2})?$', 'an amount: at most 12 digits and 2 decimals')
export const percentSchema = decimal(
  '^(100(\\.0{1,2})?|[0-9]{1,2}(\\.[0-9]{1,2})?)$',
  'a percentage from 0 to 100, 2 decimals',
)

export const vatSchema = z.strictObject({ category: z.enum(VAT_CATEGORIES), rate: percentSchema })
export const unitPriceMoneySchema = z.strictObject({ amount: unitPriceSchema, currency: currencySchema })

/** Money in an answer; the sign is possible so that credit notes use the same schema. */
export const moneySchema = z.object({ amount: z.string(), currency: currencySchema })

export const totalsSchema = z.object({
  linesNet: moneySchema,
  discount: moneySchema,
  net: moneySchema,
  vat: z.array(
    z.object({ category: z.enum(VAT_CATEGORIES), rate: z.string(), base: moneySchema, amount: moneySchema }),
  ),
  vatTotal: moneySchema,
  gross: moneySchema,
})

export type Currency = z.infer<typeof currencySchema>
export type MoneyView = z.infer<typeof moneySchema>
export type VatView = z.infer<typeof vatSchema>
export type TotalsView = z.infer<typeof totalsSchema>

export function moneyView(cents: bigint, currency: Currency): MoneyView {
  return { amount: formatUnits(cents, SCALE.cents, SCALE.cents), currency }
}

/** A unit price keeps at least two decimals and at most six: "12.50", "0.123456". */
export function unitPriceView(units: bigint, currency: Currency): MoneyView {
  return { amount: formatUnits(units, SCALE.unitPrice, SCALE.cents), currency }
}

export function quantityView(units: bigint): string {
  return formatUnits(units, SCALE.quantity)
}

export function percentView(units: bigint): string {
  return formatUnits(units, SCALE.percent)
}

export function vatView(vat: Vat): VatView {
  return { category: vat.category, rate: percentView(vat.rate) }
}

export function readVat(vat: VatView): Vat {
  return { category: vat.category, rate: toUnits(vat.rate, SCALE.percent) }
}

export function totalsView(totals: Omit<Totals, 'lineNetsCents'>, currency: Currency): TotalsView {
  return {
    linesNet: moneyView(totals.linesNetCents, currency),
    discount: moneyView(totals.discountCents, currency),
    net: moneyView(totals.netCents, currency),
    vat: totals.vat.map((row) => ({
      ...vatView(row),
      base: moneyView(row.baseCents, currency),
      amount: moneyView(row.amountCents, currency),
    })),
    vatTotal: moneyView(totals.vatTotalCents, currency),
    gross: moneyView(totals.grossCents, currency),
  }
}

function decimal(pattern: string, meaning: string) {
  return z.string().regex(new RegExp(pattern), `must be ${meaning}`)
}
