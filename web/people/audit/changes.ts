/** One changed value as a row: what it was and what it became, in text. */
export interface ChangedValue {
  name: string
  before: string | null
  after: string | null
}

/**
 * Reads what the audit trail tells of a change. Most of it is `{name: {before, after}}`; a value that stands alone counts as what it
 * became. Null when it is something else, to be shown as it is.
 */
export function changedValues(changes: unknown): ChangedValue[] | null {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) return null
  return Object.entries(changes).map(([name, value]: [string, unknown]) =>
    isPair(value)
      ? { name, before: textOf(value.before), after: textOf(value.after) }
      : { name, before: null, after: textOf(value) },
  )
}

function isPair(value: unknown): value is { before: unknown; after: unknown } {
  return typeof value === 'object' && value !== null && 'before' in value && 'after' in value
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.map(String).join(', ')
  return JSON.stringify(value)
}
