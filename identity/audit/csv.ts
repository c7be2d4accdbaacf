// RFC 4180, for people who open it in a spreadsheet. Pure.

/**
 * A spreadsheet runs a cell that begins like a formula, wherever its text came from: a quote in front makes it text again. Some skip
 * blanks first, some know full-width signs, and where the semicolon separates cells one may begin in the middle of ours.
 */
const startsFormula = /(^|[;\t\r\n])([\s"\u00a0\ufeff]*)(?=[=+\-@|%＝＋－＠])/gu
const startsBlank = /^[\t\r\n]/

export const csvCell = (value: string | number | null): string => {
  if (value === null) return ''
  const text = String(value)
  const safe =
    typeof value === 'number' ? text : text.replaceAll(startsFormula, "$1$2'").replace(startsBlank, String.raw`'$&`)
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvLine = (values: readonly (string | number | null)[]): string => `${values.map(csvCell).join(',')}\r\n`
