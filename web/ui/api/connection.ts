import type { Outage } from './problem.ts'

export type ConnectionState = 'ok' | Outage

/**
 * Whether the server can be reached, as the last request saw it. While it cannot, this asks again every few seconds and tells
 * `onBack` when it answers, so that pages refetch by themselves.
 */
export class Connection {
  readonly #probe: () => Promise<ConnectionState>
  readonly #listeners = new Set<() => void>()
  readonly #intervalMs: number
  #state: ConnectionState = 'ok'
  #timer: ReturnType<typeof setTimeout> | undefined
  onBack: () => void = () => {}

  constructor(probe: () => Promise<ConnectionState>, intervalMs = 3000) {
    this.#probe = probe
    this.#intervalMs = intervalMs
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly current = (): ConnectionState => this.#state

  report(state: ConnectionState): void {
    if (state === this.#state) return
    const isBack = state === 'ok'
    this.#state = state
    for (const listener of this.#listeners) listener()
    clearTimeout(this.#timer)
    if (isBack) this.onBack()
    else this.#schedule()
  }

  /** Asks now instead of at the next turn. */
  readonly retry = async (): Promise<void> => {
    clearTimeout(this.#timer)
    this.report(await this.#probe())
    if (this.#state !== 'ok') this.#schedule()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.retry(), this.#intervalMs)
  }
}
