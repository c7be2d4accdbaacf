/** VAT categories of EN 16931 (BT-118, BT-151): only S carries a rate, every other one is 0 %. */
export const VAT_CATEGORIES = ['S', 'E', 'AE', 'K', 'G', 'O', 'Z'] as const
export type VatCategory = (typeof VAT_CATEGORIES)[number]

/** `rate` in hundredths of a percent: 5.5 % is 550n. */
export interface Vat {
  category: VatCategory
  rate: bigint
}

const HUNDRED_PERCENT = 10_000n

/** Why this pair cannot stand on a line, or undefined (BR-S-05, BR-Z-05, BR-E-05 and their siblings). */
export function refuseVat(vat: Vat): string | undefined {
  if (vat.rate < 0n || vat.rate > HUNDRED_PERCENT) return 'a VAT rate lies between 0 and 100'
  if (vat.category === 'S' && vat.rate === 0n) return 'category S needs a rate above 0; use Z, E or another category'
  if (vat.category !== 'S' && vat.rate !== 0n) return `category ${vat.category} has the rate 0`
  return undefined
}

/** Highest rate first, then the order of the category list: how documents print their VAT rows. */
export function compareVat(left: Vat, right: Vat): number {
  if (left.rate !== right.rate) return left.rate > right.rate ? -1 : 1
  return VAT_CATEGORIES.indexOf(left.category) - VAT_CATEGORIES.indexOf(right.category)
}
