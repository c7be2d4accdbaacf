import { TokenBuckets } from '@platen/kit/http'
import { tenantProblems } from '../problems.ts'

const windowMs = 15 * 60_000
/** An office behind one address has few people who open accounts in the same quarter of an hour. */
const perAddress = 20

export interface RegistrationThrottle {
  /** Counts an attempt; throws `registration-throttled` (429, Retry-After) when there were too many from this address. */
  attempt(ip: string | null): void
}

/** Limits registrations per address in this process beside the limits of all requests: each sends a mail to somebody. */
export function createRegistrationThrottle(now: () => number = Date.now): RegistrationThrottle {
  const attempts = new TokenBuckets(perAddress, { windowMs })
  return {
    attempt(ip) {
      const { allowed, retryAfterSeconds: seconds } = attempts.take(ip ?? '', 1, now())
      if (allowed) return
      throw tenantProblems.problem('registration-throttled', `Try again in ${seconds} seconds. Nothing was sent.`, {
        headers: { 'retry-after': String(seconds) },
      })
    },
  }
}
