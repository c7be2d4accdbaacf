/** True for a GTIN-8, -12, -13 or -14 whose last digit is the GS1 check digit (weights 3 and 1 from the right, mod 10). */
export function isBarcode(text: string): boolean {
  if (!/^(\d{8}|\d{12}|\d{13}|\d{14})$/.test(text)) return false
  const sum = text
    .split('')
    .toReversed()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0)
  return sum % 10 === 0
}
