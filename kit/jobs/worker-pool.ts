import pg from 'pg'
import { clientConfig, type Connection } from '../sql/index.ts'

export interface WorkerPoolOptions {
  max: number
  /** Ends in the application name, so that pg_stat_activity says who is who. */
  purpose: string
  /** Every session starts with app.operator on: for machinery that claims work of all tenants, never for code of a job or step. */
  operator?: boolean
  statementTimeoutMs?: number
}

/** A bare `pg` pool: graphile-worker wants one, and the operation engine uses prepared statements, which kysely does not. */
export function openWorkerPool(connection: Connection, options: WorkerPoolOptions): pg.Pool {
  const { statementTimeoutMs = connection.statementTimeoutMs } = options
  // pg's own type parsers: graphile-worker reads int8 as text and fails on bigint.
  const { types: _, ...config } = clientConfig({
    ...connection,
    applicationName: `${connection.applicationName} ${options.purpose}`,
    ...(statementTimeoutMs === undefined ? {} : { statementTimeoutMs }),
  })
  // In the start-up packet, so that it costs no round trip and holds for the whole session.
  const settings = [config.options, options.operator === true ? '-c app.operator=on' : undefined]
    .filter(Boolean)
    .join(' ')
  const pool = new pg.Pool({
    ...config,
    max: options.max,
    idleTimeoutMillis: 30_000,
    ...(settings === '' ? {} : { options: settings }),
  })
  // Without listeners a connection that the server ends would end the process; the next statement reports it instead.
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  return pool
}

function ignore(): void {}
