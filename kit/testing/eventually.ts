import { setTimeout as pause } from 'node:timers/promises'

const POLL_MS = 20

export interface EventuallyOptions {
  /** Default 5 s. */
  timeoutMs?: number
  /** What is waited for, for the message of the failure. */
  describe?: string
}

/**
 * Repeats `probe` until it returns something truthy, and returns that; a probe that throws (an `expect`, say) is repeated too. After
 * the deadline it throws, with the probe's last error as cause.
 */
export async function eventually<T>(probe: () => Promise<T> | T, options: EventuallyOptions = {}): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 5_000
  const deadline = performance.now() + timeoutMs
  let cause: unknown
  do {
    try {
      const value = await probe()
      if (value) return value
      cause = undefined
    } catch (error) {
      cause = error
    }
    await pause(POLL_MS)
  } while (performance.now() < deadline)
  const reason = cause instanceof Error ? `: ${cause.message}` : ''
  throw new Error(`${options.describe ?? 'what was waited for'} did not happen within ${timeoutMs} ms${reason}`, {
    cause,
  })
}
