/** What an audit row tells about an update: each changed field with its value before and after. Exact numbers as text. */
export function differences(before: object, after: object): Record<string, { before: unknown; after: unknown }> {
  const old = new Map(Object.entries(before))
  const changed = Object.entries(after).filter(([field, value]) => plain(old.get(field)) !== plain(value))
  return Object.fromEntries(
    changed.map(([field, value]) => [field, { before: speakable(old.get(field)), after: speakable(value) }]),
  )
}

function plain(value: unknown): string {
  return JSON.stringify(speakable(value)) ?? 'undefined'
}

// JSON knows no bigint; the text of it loses nothing.
function speakable(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map(speakable)
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, speakable(member)]))
}
