// Fault injection for the memory vendors: a test says which call fails, and whether before or after its effect. "After" is
// the nasty one, the answer that got lost: the effect is there and the caller does not know.
import { DriverError, throwIfAborted } from './driver-error.ts'

export interface Fault {
  /** Default `before`: nothing happened. `after`: it happened, and the call fails all the same. */
  when?: 'before' | 'after'
  /** Default: DriverError `unavailable`. */
  error?: Error
  /** How many calls fail, default 1. */
  times?: number
}

export class Faults<Method extends string> {
  readonly #planned = new Map<Method, { when: 'before' | 'after'; error: Error; left: number }[]>()
  /** Every call in the order it came, for tests that ask what was (not) done. */
  readonly calls: Method[] = []

  inject(method: Method, fault: Fault = {}): void {
    const error = fault.error ?? new DriverError('unavailable', `injected failure of ${method}`)
    const queue = this.#planned.get(method) ?? []
    queue.push({ when: fault.when ?? 'before', error, left: fault.times ?? 1 })
    this.#planned.set(method, queue)
  }

  clear(): void {
    this.#planned.clear()
  }

  async run<T>(method: Method, signal: AbortSignal | undefined, work: () => Promise<T> | T): Promise<T> {
    throwIfAborted(signal, method)
    this.calls.push(method)
    const fault = this.#take(method)
    if (fault?.when === 'before') throw fault.error
    const result = await work()
    if (fault) throw fault.error
    return result
  }

  #take(method: Method): { when: 'before' | 'after'; error: Error } | undefined {
    const queue = this.#planned.get(method)
    const first = queue?.[0]
    if (!queue || !first) return undefined
    first.left -= 1
    if (first.left <= 0) queue.shift()
    return first
  }
}
