/**
 * What may be logged of a value. Secrets are kept out by three nets: the type (`Secret` prints `[redacted]` by itself), the
 * name of the field (here), and the look of the text (the log stream: bearer tokens, JWTs, passwords in URLs).
 */

export const REDACTED = '[redacted]'

const SECRET_FIELD =
  /^(authorization|proxy-?authorization|cookies?|set-?cookie|.*passw(or)?d.*|passphrase|.*token|.*secret.*|.*private_?-?key.*|.*api_?-?key|pem|ticket|.*setup_?-?code|otp|totp|credentials?|.*master_?-?key|.*data_?-?key)$/i
// Names that match above but say something about a secret rather than being one.
const HARMLESS_FIELD = /(id|at|name|count|bytes|ms|seconds|expires.*|valid|present|must.*|has.*|is.*)$/i
const DEEPEST = 8
const MOST_ENTRIES = 100

/** A copy that is safe to log: secret fields blanked, errors with their cause chain, depth and width bounded, cycles cut. */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set())
}

function copy(value: unknown, depth: number, seen: Set<object>): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
  if (typeof value !== 'object' || value === null) return value
  if (seen.has(value)) return '[circular]'
  if (depth >= DEEPEST) return '[too deep]'
  if (Buffer.isBuffer(value) || ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  seen.add(value)
  try {
    return copyObject(value, depth, seen)
  } finally {
    seen.delete(value)
  }
}

function copyObject(value: object, depth: number, seen: Set<object>): unknown {
  if (value instanceof Error) return copyError(value, depth, seen)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (Array.isArray(value)) return copyArray(value, depth, seen)
  if (value instanceof Map)
    return copyFields(
      [...value].map(([key, item]) => [String(key), item]),
      depth,
      seen,
    )
  if (value instanceof Set) return copyArray([...value], depth, seen)
  if (hasJsonForm(value)) return copy(value.toJSON(), depth + 1, seen)
  return copyFields(Object.entries(value), depth, seen)
}

function hasJsonForm(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}

function copyArray(items: readonly unknown[], depth: number, seen: Set<object>): unknown[] {
  const copied = items.slice(0, MOST_ENTRIES).map((item) => copy(item, depth + 1, seen))
  return items.length > MOST_ENTRIES ? [...copied, `[${items.length - MOST_ENTRIES} more]`] : copied
}

function copyFields(
  entries: readonly (readonly [string, unknown])[],
  depth: number,
  seen: Set<object>,
): Record<string, unknown> {
  const copied: Record<string, unknown> = {}
  for (const [key, item] of entries.slice(0, MOST_ENTRIES))
    copied[safeKey(key)] = isSecretField(key, item) ? REDACTED : copy(item, depth + 1, seen)
  return copied
}

/** The whole chain, with what database drivers and ours put beside the message (code, constraint, kind, ...). */
function copyError(error: Error, depth: number, seen: Set<object>): Record<string, unknown> {
  const { name, message, stack, cause } = error
  const own = Object.entries(error).filter(([key]) => !['name', 'message', 'stack', 'cause'].includes(key))
  return {
    type: name,
    message,
    ...copyFields(own, depth, seen),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined ? {} : { cause: copy(cause, depth + 1, seen) }),
    ...(error instanceof AggregateError ? { errors: copyArray(error.errors, depth + 1, seen) } : {}),
  }
}

function isSecretField(key: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'boolean') return false
  return SECRET_FIELD.test(key) && !HARMLESS_FIELD.test(key)
}

// The JSON writer does not escape keys, so a key taken from a request could end the string, or the line.
function safeKey(key: string): string {
  return key.slice(0, 200).replaceAll(/[^\w.:@/ -]/g, '?')
}
