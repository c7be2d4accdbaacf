import { availableParallelism } from 'node:os'
import { identityProblems } from './problems.ts'

/**
 * Half of the processors, for the other half is everybody else's; and at most two, because argon2 runs on Node's four threads, which TLS,
 * files and signatures of all sites use too.
 */
export const hashesAtOnce = Math.min(2, Math.max(1, Math.floor(availableParallelism() / 2)))
/** About a second of waiting; who comes later is told to come again before anything was done for them. */
const longestQueue = 40
const retryAfterSeconds = 2

/** What a route that hashes a password takes of the caller's rate limits: it occupies a processor for a while. */
export const hashingCost = 10

let running = 0
const waiting: (() => void)[] = []

/**
 * Runs a password hash when its turn comes. There is one gate per process, whatever site asks: a flood of sign-ins at one site must not
 * stall the others.
 * @throws ProblemError sign-in-busy (503, Retry-After) when too many wait already.
 */
export async function throughHashingGate<T>(work: () => Promise<T>): Promise<T> {
  if (running >= hashesAtOnce) {
    if (waiting.length >= longestQueue) {
      throw identityProblems.problem('sign-in-busy', 'Very many people sign in at this moment. Nothing was changed.', {
        headers: { 'retry-after': String(retryAfterSeconds) },
      })
    }
    // Whoever ends hands its place over, so `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running += 1
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}
