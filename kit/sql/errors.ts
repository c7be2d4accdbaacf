/** The fields of a PostgreSQL error that code may decide on. */
export interface DatabaseError extends Error {
  /** SQLSTATE, five characters. */
  code: string
  constraint?: string
  detail?: string
}

/** True for an error reported by the server, not by the network or by our code. */
export function isDatabaseError(error: unknown): error is DatabaseError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[0-9A-Z]{5}$/.test(error.code) &&
    'severity' in error
  )
}

/**
 * True if the error, or an error that caused it, is the violation of exactly this constraint or unique index (unique, check, foreign
 * key, exclusion, not null). How a refusal is recognised: by name, never by message.
 */
export function violates(error: unknown, constraint: string): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (isDatabaseError(current) && current.code.startsWith('23') && current.constraint === constraint) return true
  }
  return false
}
