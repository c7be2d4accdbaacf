// Wire calls only. Every call of the driver takes one connection, marks it with the caller's session name
// (application_name), and gives it back unmarked; a connection on which anything failed is thrown away.
import pg from 'pg'
import { clientConfig, type Connection } from '@platen/kit/sql'
import { DriverError } from '../../errors/index.ts'
import { literal } from './quoting.ts'

export const idleSessionName = 'platen-databases'
const maxSessionBytes = 63

export interface WireOptions {
  session?: string
  signal?: AbortSignal | undefined
  /** Per statement. Default 60 s. */
  statementTimeoutMs?: number
  /** For locks, also the advisory lock on a name. Default 30 s. */
  lockTimeoutMs?: number
}

/** One marked connection. `run` sends one text, which may hold several statements: then they are one transaction. */
export interface Wire {
  run<R extends pg.QueryResultRow>(text: string): Promise<R[]>
}

export class PostgresClient {
  readonly #pool: pg.Pool

  constructor(connection: Connection) {
    this.#pool = new pg.Pool({
      ...clientConfig({ ...connection, applicationName: idleSessionName }),
      max: connection.max ?? 4,
      idleTimeoutMillis: connection.idleTimeoutMs ?? 30_000,
    })
    // The pool itself replaces a connection that the server ended; without listeners the error would end the process.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  /** The statements that mark the session are sent together with the first text of `work`, in one round trip. */
  async use<T>(options: WireOptions, work: (wire: Wire) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let broken = true
    const onAbort = (): void => void this.#terminate(client)
    try {
      options.signal?.addEventListener('abort', onAbort, { once: true })
      const result = await work(markedWire(client, options))
      broken = false
      return result
    } catch (error) {
      if (options.signal?.aborted)
        throw new DriverError('unavailable', 'given up by the caller; the outcome is unknown', { cause: error })
      throw error
    } finally {
      options.signal?.removeEventListener('abort', onAbort)
      // Work that ends well ends with `finish`; a broken connection would carry the mark, or a lock, into the next call.
      client.release(broken)
    }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  // Closing our end would not stop a CREATE DATABASE on the server; ending the session does, and it cleans up.
  async #terminate(client: pg.PoolClient): Promise<void> {
    // pg sets it after connecting; its types leave it out.
    const { processID } = client as unknown as { processID: number }
    await this.#pool.query('select pg_terminate_backend($1)', [processID]).catch(() => {})
  }
}

const unmark = `reset application_name; reset statement_timeout; reset lock_timeout; select pg_advisory_unlock_all();`

/**
 * The last text of a call: its statements as one transaction, and the connection given back unmarked. The commit comes
 * before the unlocking, else the next holder of the lock would look before our change can be seen.
 */
export function finish(statements = ''): string {
  return `begin; ${statements} commit; ${unmark}`
}

function markedWire(client: pg.PoolClient, options: WireOptions): Wire {
  let mark = markOf(options)
  return {
    async run<R extends pg.QueryResultRow>(text: string): Promise<R[]> {
      options.signal?.throwIfAborted()
      const results = await client.query<R>(mark + text)
      mark = ''
      return rowsOf(results)
    },
  }
}

/** The name itself. @throws DriverError `refused` for one that PostgreSQL would cut, so that `endSessions` missed it. */
export function sessionName(session: string): string {
  if (Buffer.byteLength(session) <= maxSessionBytes) return session
  throw new DriverError('refused', `the session name has more than ${maxSessionBytes} bytes, PostgreSQL would cut it`)
}

function markOf(options: WireOptions): string {
  const session = sessionName(options.session ?? idleSessionName)
  const timeouts = `set statement_timeout = ${options.statementTimeoutMs ?? 60_000}; set lock_timeout = ${options.lockTimeoutMs ?? 30_000};`
  return `set application_name = ${literal(session)}; ${timeouts} `
}

// pg answers an array when a text held several statements, one result when it held one. What asks comes last among them.
function rowsOf<R extends pg.QueryResultRow>(results: pg.QueryResult<R> | pg.QueryResult<R>[]): R[] {
  const list = Array.isArray(results) ? results : [results]
  return list.findLast((result) => result.command === 'SELECT' && result.fields.length > 0)?.rows ?? []
}
