// What a failed step means: worth repeating or not, and what its tenant may read about it.
import { ProblemError, problemSchema, type Problem } from '../problems/index.ts'
import { operationProblems } from './problems.ts'

/** The lease went to another worker: stop, write nothing, say nothing. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** A step's attempt outlived its timeout. */
export class StepTimeout extends Error {
  override readonly name = 'StepTimeout'
  readonly retryable = true
}

/** Somebody asked for the operation to be cancelled. */
export class CancelRequested extends Error {
  override readonly name = 'CancelRequested'
}

/** The worker is being stopped. */
export class WorkerStopping extends Error {
  override readonly name = 'WorkerStopping'
}

const TRANSIENT_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
// Classes 08 (connection) and 53 (resources), 57P0x (server going down or starting), serialization, deadlock, lock timeout, cancelled by
// statement_timeout.
const TRANSIENT_SQL_CODES = /^(08...|53...|57P0[1-5]|57014|40001|40P01|55P03)$/
// What pg and kysely say, without a code, when a connection goes away under them.
const TRANSIENT_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout)/

/** Whether the same step may succeed when it is simply run again. An error that says so itself (`retryable`) is believed. */
export function isRetryable(error: unknown): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 10; current = current.cause, depth += 1) {
    if ('retryable' in current && typeof current.retryable === 'boolean') return current.retryable
    if (isConnectionFailure(current)) return true
  }
  return false
}

/** True if the outcome is unknown or nothing happened because a connection failed, or the server asked to come again. */
export function isConnectionFailure(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // A socket file that is not there (yet): the server behind it is down.
  const missingSocket = code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect'
  return (
    missingSocket ||
    TRANSIENT_SYSTEM_CODES.has(code) ||
    TRANSIENT_SQL_CODES.test(code) ||
    TRANSIENT_MESSAGES.test(error.message)
  )
}

/** The problem that is stored and shown. Only errors written to be read by users (problems, driver errors) keep their words. */
export function toProblem(error: unknown, step: string): Problem {
  if (error instanceof ProblemError) return problemSchema.parse(JSON.parse(JSON.stringify(error)))
  if (error instanceof StepTimeout)
    return operationProblems.problem('operation-step-timeout', `${step}: ${error.message}`).toJSON()
  if (isDriverError(error)) {
    const code = error.retryable ? 'operation-step-unavailable' : 'operation-step-failed'
    return operationProblems
      .problem(code, `${step}: ${withoutSecrets(error.message)}`, { extensions: { kind: error.kind } })
      .toJSON()
  }
  if (isRetryable(error))
    return operationProblems.problem('operation-step-unavailable', `${step}: a connection failed`).toJSON()
  return operationProblems
    .problem('operation-step-failed', `${step}: unexpected error, see the log of the platform`)
    .toJSON()
}

/** For one line of text: credentials in URLs and after key words are cut out, and the length is bounded. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/\/\/[^\s/@]+@/g, '//[redacted]@')
    .replaceAll(
      /\b(password|passwd|pwd|secret|token|authorization|api[_-]?key)(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|(?:bearer\s+)?\S+)/gi,
      '$1$2[redacted]',
    )
    .slice(0, 1_000)
}

// By shape: drivers are not a dependency of kit.
function isDriverError(error: unknown): error is Error & { kind: string; retryable: boolean } {
  return (
    error instanceof Error &&
    'kind' in error &&
    typeof error.kind === 'string' &&
    'retryable' in error &&
    typeof error.retryable === 'boolean'
  )
}
