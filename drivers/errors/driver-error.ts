/**
 * What may go wrong with the outside world, as a closed set every driver maps its vendor's errors to:
 * - `not-found`      the named thing does not exist (removing the absent is success, not this)
 * - `already-exists` the name is taken by something that is not ours
 * - `refused`        the request can never succeed as it is: bad name, wrong owner, wrong version, disk quota
 * - `unauthorized`   our credentials are not accepted
 * - `rate-limited`   later, and less often
 * - `unavailable`    no answer, connection lost, out of connections, aborted: the outcome is unknown
 * - `protocol`       an answer that we do not understand: our bug or theirs
 */
export type DriverErrorKind =
  | 'not-found'
  | 'already-exists'
  | 'refused'
  | 'unauthorized'
  | 'rate-limited'
  | 'unavailable'
  | 'protocol'

export class DriverError extends Error {
  override readonly name = 'DriverError'
  readonly kind: DriverErrorKind
  /** Whether repeating the same call later may help. Default: for `rate-limited` and `unavailable` only. */
  readonly retryable: boolean

  constructor(kind: DriverErrorKind, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.retryable = options.retryable ?? (kind === 'rate-limited' || kind === 'unavailable')
  }
}

export function isDriverError(error: unknown, kind?: DriverErrorKind): error is DriverError {
  return error instanceof DriverError && (kind === undefined || error.kind === kind)
}

/** A call whose signal has fired is not started: the caller lost its lease or gave up waiting. */
export function throwIfAborted(signal: AbortSignal | undefined, attempting: string): void {
  if (signal?.aborted) throw new DriverError('unavailable', `gave up: ${attempting}`, { cause: signal.reason })
}
