import { DriverError, throwIfAborted } from '../errors/index.ts'
import type { CallOptions } from './contract.ts'

const timeoutMs = 10_000

/**
 * One connection behind all calls: they are done one after the other, each within its time, and the connection of a call that failed is
 * not used again, because nobody knows what is still under way on it.
 */
export class OneAtATime<Connection> {
  readonly #open: () => Promise<Connection>
  readonly #drop: (connection: Connection) => void
  readonly #toDriverError: (error: unknown) => DriverError
  #connection: Promise<Connection> | undefined
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(parts: {
    open: () => Promise<Connection>
    drop: (connection: Connection) => void
    toDriverError: (error: unknown) => DriverError
  }) {
    this.#open = parts.open
    this.#drop = parts.drop
    this.#toDriverError = parts.toDriverError
  }

  run<T>(attempting: string, work: (connection: Connection) => Promise<T>, { signal }: CallOptions = {}): Promise<T> {
    const turn = this.#last.then(() => this.#runNow(attempting, work, signal))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
    await this.forget()
  }

  /** The next call opens another connection. */
  async forget(): Promise<void> {
    const opened = this.#connection
    this.#connection = undefined
    await opened?.then(this.#drop, () => undefined)
  }

  async #runNow<T>(
    attempting: string,
    work: (connection: Connection) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    throwIfAborted(signal, attempting)
    if (this.#isClosed) throw new DriverError('unavailable', `the event target is closed: ${attempting}`)
    const opening = (this.#connection ??= this.#open())
    try {
      return await within(
        opening.then((connection) => work(connection)),
        signal,
      )
    } catch (error) {
      // Not awaited: a connection that is still being opened may take its time.
      void this.forget()
      throw this.#toDriverError(error)
    }
  }
}

async function within<T>(work: Promise<T>, given: AbortSignal | undefined): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = given === undefined ? timeout : AbortSignal.any([given, timeout])
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const giveUp = (): void =>
    reject(new DriverError('unavailable', 'the event target did not answer in time', { cause: signal.reason }))
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp)
  try {
    return await Promise.race([work, ended])
  } finally {
    signal.removeEventListener('abort', giveUp)
    work.catch(() => undefined)
    ended.catch(() => undefined)
  }
}
