const DEEPEST_CAUSE = 8

const CONNECT_FAILURES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])
// PostgreSQL: shutting down or starting up, too many connections, statement or lock timeout, and class 08 (connection).
const DATABASE_STATES = new Set(['57P01', '57P02', '57P03', '53300', '57014', '55P03'])

// What pg and pg-pool say without a code; read in their sources (pg 8, pg-pool 3), and again by unavailable.test.ts with each update.
const CODELESS_DATABASE_ERRORS = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'timeout exceeded when trying to connect',
  'timeout expired',
])

/**
 * True when an error, or one of its causes, says that something we depend on does not answer now: that is 503 and worth a retry, not
 * our bug. Drivers say so by `kind: 'unavailable'` (drivers/errors; told by its shape, because kit knows no driver).
 */
export function isUnavailable(error: unknown): boolean {
  let current = error
  for (let depth = 0; depth < DEEPEST_CAUSE && current instanceof Error; depth++) {
    if (saysUnavailable(current)) return true
    current = current.cause
  }
  return false
}

function saysUnavailable(error: Error): boolean {
  if ('kind' in error && error.kind === 'unavailable') return true
  if (!('code' in error) || typeof error.code !== 'string') return CODELESS_DATABASE_ERRORS.has(error.message)
  const isMissingSocket = error.code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect'
  return (
    isMissingSocket ||
    CONNECT_FAILURES.has(error.code) ||
    DATABASE_STATES.has(error.code) ||
    /^08[0-9A-Z]{3}$/.test(error.code)
  )
}
