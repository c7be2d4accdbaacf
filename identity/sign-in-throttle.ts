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
  /** Throws `sign-in-throttled` (429, Retry-After) when this account or address failed too often in the last 15 minutes. */
  check(email: string, ip: string | null): void
  failed(email: string, ip: string | null): void
  succeeded(email: string): void
}

/**
 * Counts failed sign-ins per account and per address in this process. Nothing is locked for good: an attacker must not
 * be able to keep the owner out, so the count runs out by itself and a known account on another address still waits only 15 minutes.
 */
export function createSignInThrottle(now: () => number = Date.now): SignInThrottle {
  const failures = new Map<string, Failures>()

  const current = (key: string): Failures | undefined => {
    const entry = failures.get(key)
    if (entry !== undefined && now() - entry.since >= windowMs) {
      failures.delete(key)
      return undefined
    }
    return entry
  }
  const count = (key: string): void => {
    const entry = current(key)
    if (entry === undefined) {
      if (failures.size >= maximumKeys) failures.delete(failures.keys().next().value ?? key)
      failures.set(key, { count: 1, since: now() })
    } else entry.count += 1
  }
  const refuseAt = (key: string, limit: number): void => {
    const entry = current(key)
    if (entry === undefined || entry.count < limit) return
    const seconds = Math.ceil((entry.since + windowMs - now()) / 1000)
    throw identityProblems.problem('sign-in-throttled', `Try again in ${seconds} seconds.`, {
      headers: { 'retry-after': String(seconds) },
    })
  }

  return {
    check(email, ip) {
      refuseAt(`account ${email}`, failuresPerAccount)
      if (ip !== null) refuseAt(`address ${ip}`, failuresPerAddress)
    },
    failed(email, ip) {
      count(`account ${email}`)
      if (ip !== null) count(`address ${ip}`)
    },
    succeeded(email) {
      failures.delete(`account ${email}`)
    },
  }
}
