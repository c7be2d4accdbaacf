import { listen, type Connection, type Listener } from '../sql/index.ts'

type Wake = () => void

/** One LISTEN per process and database, however many follow operations. */
class OperationSignals {
  readonly #connection: Connection
  readonly #waiting = new Map<string, Set<Wake>>()
  #listener: Promise<Listener> | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Calls `wake` when the operation may have changed. Failing to listen is no error: followers poll as well. */
  subscribe(operationId: string, wake: Wake): () => void {
    const wakes = this.#waiting.get(operationId) ?? new Set()
    this.#waiting.set(operationId, wakes.add(wake))
    this.#listener ??= this.#open()
    return () => {
      wakes.delete(wake)
      if (wakes.size === 0) this.#waiting.delete(operationId)
      if (this.#waiting.size === 0) this.#close()
    }
  }

  #open(): Promise<Listener> {
    const opening = listen(this.#connection, ['operation_changed'], (_channel, id) => {
      // An empty payload follows a lost connection: anything may have happened.
      const wakes = id === '' ? [...this.#waiting.values()] : [this.#waiting.get(id) ?? []]
      for (const wake of wakes.flatMap((set) => [...set])) wake()
    })
    opening.catch(() => {
      // The next subscriber tries again.
      if (this.#listener === opening) this.#listener = undefined
    })
    return opening
  }

  #close(): void {
    this.#listener?.then((listener) => listener.close()).catch(() => {})
    this.#listener = undefined
  }
}

const signals = new Map<string, OperationSignals>()

export function operationSignals(connection: Connection): OperationSignals {
  const key = JSON.stringify([connection.host, connection.port, connection.database, connection.user, connection.role])
  const known = signals.get(key)
  if (known !== undefined) return known
  const made = new OperationSignals(connection)
  signals.set(key, made)
  return made
}
