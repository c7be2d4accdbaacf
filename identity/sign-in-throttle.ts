import { identityProblems } from './problems.ts'

const windowMs = 15 * 60_000
const failuresPerAccount = 10
const failuresPerAddress = 50
const maximumKeys = 50_000

interface Failures {
  count: number
  since: number
}

export interface SignInThrottle {
  /**
   * Counts an attempt as failed before it is made, so that many at once count too. Throws `sign-in-throttled` (429, Retry-After)
   * when this account or address failed too often in the last 15 minutes. `subject` is what is guessed: an account's e-mail.
   */
  attempt(subject: string, ip: string | null): void
  /** Takes the attempt back, and the account's earlier failures with it. */
  succeeded(subject: string, ip: string | null): void
}

/**
 * Counts failed sign-ins per account and per address in this process. Nothing is locked for good: an attacker must not
 * be able to keep the owner out, so the count runs out by itself 15 minutes after the first failure.
 */
export function createSignInThrottle(now: () => number = Date.now): SignInThrottle {
  const failures = new Map<string, Failures>()

  const current = (key: string): Failures | undefined => {
    const entry = failures.get(key)
    if (entry === undefined || now() - entry.since < windowMs) return entry
    failures.delete(key)
    return undefined
  }
  const refuseAt = (key: string, limit: number): void => {
    const entry = current(key)
    if (entry === undefined || entry.count < limit) return
    const seconds = Math.ceil((entry.since + windowMs - now()) / 1000)
    throw identityProblems.problem('sign-in-throttled', `Try again in ${seconds} seconds.`, {
      headers: { 'retry-after': String(seconds) },
    })
  }
  const count = (key: string): void => {
    const entry = current(key)
    if (entry !== undefined) {
      entry.count += 1
      return
    }
    if (failures.size >= maximumKeys) failures.delete(failures.keys().next().value ?? key)
    failures.set(key, { count: 1, since: now() })
  }

  return {
    attempt(subject, ip) {
      refuseAt(`account ${subject}`, failuresPerAccount)
      if (ip !== null) refuseAt(`address ${ip}`, failuresPerAddress)
      count(`account ${subject}`)
      if (ip !== null) count(`address ${ip}`)
    },
    succeeded(subject, ip) {
      failures.delete(`account ${subject}`)
      const address = current(`address ${ip}`)
      if (address !== undefined) address.count -= 1
    },
  }
}
