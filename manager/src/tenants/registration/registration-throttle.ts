import { tenantProblems } from '../problems.ts'

const windowMs = 15 * 60_000
/** An office behind one address has few people who open accounts in the same quarter of an hour. */
const perAddress = 20
const maximumKeys = 50_000

export interface RegistrationThrottle {
  /** Counts an attempt; throws `registration-throttled` (429, Retry-After) when there were too many from this address. */
  attempt(ip: string | null): void
}

/** Counts registrations per address in this process, as sign-ins are: hashing a password for each is not free. */
export function createRegistrationThrottle(now: () => number = Date.now): RegistrationThrottle {
  const attempts = new Map<string, { count: number; since: number }>()
  return {
    attempt(ip) {
      const key = ip ?? ''
      const known = attempts.get(key)
      const entry = known !== undefined && now() - known.since < windowMs ? known : { count: 0, since: now() }
      if (entry.count >= perAddress) {
        const seconds = Math.ceil((entry.since + windowMs - now()) / 1000)
        throw tenantProblems.problem('registration-throttled', `Try again in ${seconds} seconds. Nothing was sent.`, {
          headers: { 'retry-after': String(seconds) },
        })
      }
      entry.count += 1
      // Set anew, so that the oldest is the first: it makes room when there are too many.
      attempts.delete(key)
      attempts.set(key, entry)
      const [oldest] = attempts.keys()
      if (attempts.size > maximumKeys && oldest !== undefined) attempts.delete(oldest)
    },
  }
}
