/**
 * The one place where a document's amounts are computed. Screen, API and every later document use it, and what it
 * returns is stored: nothing recomputes. The rules are those of EN 16931:
 *   line net  = quantity x unit price less the line's discount, rounded once to the cent           (BT-131)
 *   base      = exact sum of the line nets of a (category, rate), less its part of the discount    (BR-S-08)
 *   VAT       = base x rate, rounded to the cent, per (category, rate) and never per line          (BR-CO-17)
 *   gross     = net + sum of the VAT rows                                                          (BR-CO-14, -15)
 * A document discount is split over the rates in proportion to their line nets; the cents that rounding down leaves go
 * to the largest remainders, so the parts sum to the discount exactly. Everything is symmetric: the mirror basket
 * (negative quantities and discount) has exactly the opposite totals.
 */
import { divideRounded, formatUnits, SCALE } from './decimal.ts'
import { compareVat, type Vat } from './vat.ts'

export interface BasketLine {
  /** Scale 4. */
  quantity: bigint
  /** Scale 6. */
  unitPrice: bigint
  /** Hundredths of a percent. */
  discountPercent: bigint | null
  vat: Vat
}

/** `percent` in hundredths of a percent; `cents` carries the sign of the document. */
export type DocumentDiscount = { percent: bigint } | { cents: bigint } | null

export interface Basket {
  lines: readonly BasketLine[]
  discount: DocumentDiscount
}

export interface VatRow extends Vat {
  /** The part of the document discount that fell on this rate, already taken off the base. */
  discountCents: bigint
  baseCents: bigint
  amountCents: bigint
}

export interface Totals {
  /** One per line, in the order of the basket. */
  lineNetsCents: readonly bigint[]
  linesNetCents: bigint
  discountCents: bigint
  netCents: bigint
  vat: readonly VatRow[]
  vatTotalCents: bigint
  grossCents: bigint
}

export interface TotalsRefusal {
  code: 'discount-exceeds-total' | 'amount-too-large'
  detail: string
}

/** Largest amount that a document or one of its lines can carry: 999 999 999 999.99. */
export const MAX_AMOUNT_CENTS = 99_999_999_999_999n

const HUNDRED_PERCENT = 10_000n
const LINE_DIVISOR = 10n ** BigInt(SCALE.quantity + SCALE.unitPrice - SCALE.cents) * HUNDRED_PERCENT

export function computeTotals(basket: Basket): Totals | TotalsRefusal {
  const lineNetsCents = basket.lines.map(lineNet)
  const linesNetCents = sum(lineNetsCents)
  const discountCents = discountOf(basket.discount, linesNetCents)
  if (!lies(discountCents, linesNetCents)) {
    return {
      code: 'discount-exceeds-total',
      detail: `A discount of ${euros(discountCents)} does not fit lines of ${euros(linesNetCents)}.`,
    }
  }
  const vat = vatRows(basket.lines, lineNetsCents, discountCents)
  const vatTotalCents = sum(vat.map((row) => row.amountCents))
  const netCents = linesNetCents - discountCents
  const grossCents = netCents + vatTotalCents
  if ([...lineNetsCents, linesNetCents, grossCents].some((cents) => magnitude(cents) > MAX_AMOUNT_CENTS)) {
    return { code: 'amount-too-large', detail: `No amount may exceed ${euros(MAX_AMOUNT_CENTS)}.` }
  }
  return { lineNetsCents, linesNetCents, discountCents, netCents, vat, vatTotalCents, grossCents }
}

/**
 * Splits an amount over weights so that the parts sum to it exactly: each part is its share cut towards zero, then the
 * missing cents go one by one to the largest remainders, the first weight winning a tie. Weights must not sum to zero
 * unless the amount is zero.
 */
export function splitByLargestRemainder(amount: bigint, weights: readonly bigint[]): bigint[] {
  const total = sum(weights)
  if (amount === 0n || total === 0n) return weights.map(() => 0n)
  // BigInt division cuts towards zero, and both signs of (amount, total) give the same quotient: that is the symmetry.
  const parts = weights.map((weight) => (amount * weight) / total)
  const missing = amount - sum(parts)
  const direction = missing < 0n ? -1n : 1n
  const totalSign = total < 0n ? -1n : 1n
  const remainders = weights.map((weight, index) => ({
    index,
    size: ((amount * weight) % total) * totalSign * direction,
  }))
  remainders.sort((left, right) =>
    left.size === right.size ? left.index - right.index : left.size > right.size ? -1 : 1,
  )
  for (const { index } of remainders.slice(0, Number(magnitude(missing))))
    parts[index] = (parts[index] ?? 0n) + direction
  return parts
}

function lineNet(line: BasketLine): bigint {
  const kept = HUNDRED_PERCENT - (line.discountPercent ?? 0n)
  return divideRounded(line.quantity * line.unitPrice * kept, LINE_DIVISOR)
}

function discountOf(discount: DocumentDiscount, linesNetCents: bigint): bigint {
  if (discount === null) return 0n
  return 'cents' in discount ? discount.cents : divideRounded(linesNetCents * discount.percent, HUNDRED_PERCENT)
}

function lies(discountCents: bigint, linesNetCents: bigint): boolean {
  return linesNetCents < 0n
    ? discountCents <= 0n && discountCents >= linesNetCents
    : discountCents >= 0n && discountCents <= linesNetCents
}

function vatRows(lines: readonly BasketLine[], nets: readonly bigint[], discountCents: bigint): VatRow[] {
  const groups = new Map<string, Vat & { netCents: bigint }>()
  lines.forEach(({ vat }, index) => {
    const key = `${vat.category} ${vat.rate}`
    const group = groups.get(key) ?? { ...vat, netCents: 0n }
    groups.set(key, { ...group, netCents: group.netCents + (nets[index] ?? 0n) })
  })
  const sorted = [...groups.values()].sort(compareVat)
  const parts = splitByLargestRemainder(
    discountCents,
    sorted.map((group) => group.netCents),
  )
  return sorted.map(({ category, rate, netCents }, index) => {
    const part = parts[index] ?? 0n
    const baseCents = netCents - part
    return {
      category,
      rate,
      discountCents: part,
      baseCents,
      amountCents: divideRounded(baseCents * rate, HUNDRED_PERCENT),
    }
  })
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n)
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

function euros(cents: bigint): string {
  return formatUnits(cents, SCALE.cents, SCALE.cents)
}
