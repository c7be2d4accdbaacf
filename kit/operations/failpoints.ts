/** A place in an operation's life where a test may interfere. */
export interface Failpoint {
  operationId: string
  type: string
  step: string
  phase: 'run' | 'undo'
  /**
   * `before`: the attempt is recorded, nothing is done. `mid`: the step has been called and has not returned. `after`: the step has
   * returned, its success is not recorded.
   */
  at: 'before' | 'mid' | 'after'
  attempt: number
}

/** What it throws fails the attempt; what it awaits delays it (`mid`: while the step goes on). An option of the runner, for tests only. */
export type Failpoints = (point: Failpoint) => void | Promise<void>

/** Calls a step with its failpoints around it. */
export async function withFailpoints(
  failpoints: Failpoints | undefined,
  point: Omit<Failpoint, 'at'>,
  work: () => Promise<void>,
): Promise<void> {
  if (failpoints === undefined) return work()
  await failpoints({ ...point, at: 'before' })
  const [worked, mid] = await Promise.allSettled([work(), soon().then(() => failpoints({ ...point, at: 'mid' }))])
  if (mid.status === 'rejected') throw mid.reason
  if (worked.status === 'rejected') throw worked.reason
  await failpoints({ ...point, at: 'after' })
}

// After the step's first synchronous part and its first requests have left.
function soon(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
