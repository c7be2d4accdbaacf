import { identityProblems } from './problems.ts'

const windowMs = 15 * 60_000
interface ThrottleLimits {
  /** One address guessing at one account. */
  perPair: number
  /** One address guessing at anything: an office behind one address has more than one person who mistypes. */
  perAddress: number
  /** All addresses together guessing at one account. */
  perAccount: number
}

const passwordLimits: ThrottleLimits = { perPair: 10, perAddress: 100, perAccount: 100 }
/** Somebody who comes this far knows the password, and a code has six digits: five tries, from wherever they come. */
export const codeLimits: ThrottleLimits = { perPair: 5, perAddress: 100, perAccount: 5 }
/** Mails that anybody can have sent to anybody: enough for who does not find the first one. */
export const mailLimits: ThrottleLimits = { perPair: 3, perAddress: 20, perAccount: 5 }
const maximumKeys = 50_000

interface Failures {
  count: number
  since: number
}
type Counters = Map<string, Failures>

export interface SignInThrottle {
  /**
   * Counts an attempt as failed before it is made, so that many at once count too. Throws `sign-in-throttled` (429, Retry-After)
   * when there were too many in the last 15 minutes. `subject` is what is guessed: an account's e-mail.
   */
  attempt(subject: string, ip: string | null): void
  /** Takes the attempt back, and the earlier failures of this address with this account too. */
  succeeded(subject: string, ip: string | null): void
}

/** Sites of one process are attacked from the same addresses: these are counted together. */
const processAddresses: Counters = new Map()

/**
 * Counts failed sign-ins in this process, beside the rate limits of kit/http: those count requests and give everybody the same; this takes
 * back what succeeded and knows who has been let in before. The strict limit is per account **and** address, so a stranger who fails ten times keeps
 * nobody else out. Against guessing from many addresses an account has a ceiling of its own; an address that has signed in to it
 * before is let through even then, so that its owner cannot be kept out. Nothing is locked for good: a count runs out 15 minutes after
 * its first failure.
 */
export function createSignInThrottle(
  now: () => number = Date.now,
  addresses: Counters = processAddresses,
  limits: ThrottleLimits = passwordLimits,
): SignInThrottle {
  const failures: Counters = new Map()
  const known = new Set<string>()

  const current = (counters: Counters, key: string): Failures | undefined => {
    const entry = counters.get(key)
    if (entry === undefined || now() - entry.since < windowMs) return entry
    counters.delete(key)
    return undefined
  }
  const refuseAt = (counters: Counters, key: string, limit: number): void => {
    const entry = current(counters, key)
    if (entry === undefined || entry.count < limit) return
    const seconds = Math.ceil((entry.since + windowMs - now()) / 1000)
    throw identityProblems.problem('sign-in-throttled', `Try again in ${seconds} seconds.`, {
      headers: { 'retry-after': String(seconds) },
    })
  }
  const count = (counters: Counters, key: string): void => {
    const entry = current(counters, key)
    if (entry !== undefined) {
      entry.count += 1
      return
    }
    forgetOldest(counters)
    counters.set(key, { count: 1, since: now() })
  }

  return {
    attempt(subject, ip) {
      const pair = `${subject} ${ip}`
      refuseAt(failures, pair, limits.perPair)
      if (!known.has(pair)) refuseAt(failures, subject, limits.perAccount)
      if (ip !== null) refuseAt(addresses, ip, limits.perAddress)
      count(failures, pair)
      count(failures, subject)
      if (ip !== null) count(addresses, ip)
    },
    succeeded(subject, ip) {
      const pair = `${subject} ${ip}`
      const ofThePair = current(failures, pair)?.count ?? 0
      failures.delete(pair)
      const account = current(failures, subject)
      if (account !== undefined) account.count -= ofThePair
      const address = ip === null ? undefined : current(addresses, ip)
      if (address !== undefined) address.count -= 1
      forgetOldest(known)
      known.add(pair)
    },
  }
}

/** Memory is bounded whatever comes in: the oldest entry makes room. */
function forgetOldest(kept: Map<string, unknown> | Set<string>): void {
  if (kept.size < maximumKeys) return
  const [oldest] = kept.keys()
  if (oldest !== undefined) kept.delete(oldest)
}
