/**
 * Exact decimals as scaled integers: 12.345678 at scale 6 is 12345678n. There is no float anywhere on the way from the
 * request to the database: `1.005 * 100` is 100.49999999999999 and `Math.round(-2.5)` is -2, and both bugs were found
 * in other people's shops.
 */

/** Decimals kept for each kind of number. Percentages and VAT rates share one scale: 5.5 % is 550n. */
export const SCALE = { cents: 2, unitPrice: 6, quantity: 4, percent: 2 } as const

/** Reads a plain decimal ("-12.5"). Undefined if the text is not one or has more decimals than the scale. */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = /^(-?)(\d{1,18})(?:\.(\d+))?$/.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = ''] = match
  if (fraction.length > scale) return undefined
  const units = BigInt(whole + fraction.padEnd(scale, '0'))
  return sign === '-' ? -units : units
}

/** Reads a decimal that a schema or the database already checked; anything else is our bug. */
export function toUnits(text: string, scale: number): bigint {
  const units = parseDecimal(text, scale)
  if (units === undefined) throw new RangeError(`"${text}" is not a decimal with at most ${scale} decimals`)
  return units
}

/** Writes scaled units as a decimal without useless zeros, but with at least `minimumDecimals` of them. */
export function formatUnits(units: bigint, scale: number, minimumDecimals = 0): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits
    .slice(digits.length - scale)
    .replace(/0+$/, '')
    .padEnd(minimumDecimals, '0')
  return (units < 0n ? '-' : '') + whole + (fraction === '' ? '' : `.${fraction}`)
}

/** numerator / denominator as an integer, half away from zero, so that a credit note mirrors its invoice exactly. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  if (denominator < 0n) return divideRounded(-numerator, -denominator)
  const magnitude = numerator < 0n ? -numerator : numerator
  const rounded = (2n * magnitude + denominator) / (2n * denominator)
  return numerator < 0n ? -rounded : rounded
}
