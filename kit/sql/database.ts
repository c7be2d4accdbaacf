import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import type { Secret } from '../secrets/index.ts'
import { preparingPool } from './prepared.ts'
import { typeParsers } from './type-parsers.ts'

const DEFAULT_POOL_SIZE = 4
const DEFAULT_IDLE_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 10_000
const ANSWER_GRACE_MS = 3_000

/** Where and how to connect. Limits of 0 or absent are the server's (or the role's) own. */
export interface Connection {
  /** Directory of the unix socket, or a host name. */
  host: string
  /** Default 5432. */
  port?: number
  database: string
  user: string
  password?: Secret
  /** What the server shows in pg_stat_activity; operations put `op:<id>:<fence>` here. The server cuts it at 63 bytes. */
  applicationName: string
  /** Most connections at once, default 4: a site gets 4 to 8 in all. */
  max?: number
  statementTimeoutMs?: number
  lockTimeoutMs?: number
  idleInTransactionTimeoutMs?: number
  /** After how long an unused connection is closed, default 10 s. */
  idleTimeoutMs?: number
  /** Acts as this role from the first statement on; `user` must be a member of it. */
  role?: string
}

/** Deliberately empty: SQL is written as SQL, with the `sql` tag; there are no model types. */
export interface Tables {}

export type Db = Kysely<Tables>

/** A transaction is a `Db`: what takes a `Db` runs inside and outside of one. */
export type Tx = Transaction<Tables>

/**
 * A pool of connections, opened when first used; close it with `db.destroy()`. int8 arrives as bigint, numeric and date as string,
 * timestamptz as Date. A connection that the server ends is thrown away: the statement that was running fails, the process goes on.
 */
export function openDatabase(connection: Connection): Db {
  const pool = new pg.Pool({
    ...clientConfig(connection),
    max: connection.max ?? DEFAULT_POOL_SIZE,
    idleTimeoutMillis: connection.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
  })
  // An error without a listener ends the process. The pool drops an idle client by itself; one that is checked out (a transaction
  // between two statements) reports the loss at its next statement, which is where somebody can act on it.
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparingPool(pool) }) })
}

/** The settings of one `pg` client. All session settings travel in the start-up packet, so they cost no round trip. */
export function clientConfig(connection: Connection): pg.ClientConfig {
  const { password, role } = connection
  return {
    host: connection.host,
    port: connection.port ?? 5432,
    database: connection.database,
    user: connection.user,
    // A function, so that printing the configuration does not print the password.
    ...(password === undefined ? {} : { password: () => password.expose() }),
    ssl: false,
    application_name: connection.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // The server's limit, and ours a little later: on a line that is half open the server's answer never arrives.
    ...(connection.statementTimeoutMs === undefined
      ? {}
      : {
          statement_timeout: connection.statementTimeoutMs,
          query_timeout: connection.statementTimeoutMs + ANSWER_GRACE_MS,
        }),
    ...(connection.lockTimeoutMs === undefined ? {} : { lock_timeout: connection.lockTimeoutMs }),
    ...(connection.idleInTransactionTimeoutMs === undefined
      ? {}
      : { idle_in_transaction_session_timeout: connection.idleInTransactionTimeoutMs }),
    ...(role === undefined ? {} : { options: `-c role=${startUpValue(role)}` }),
    types: typeParsers,
  }
}

// In the start-up packet a backslash escapes the next character; blanks separate options.
function startUpValue(value: string): string {
  return value.replaceAll(/[\\\s]/g, String.raw`\$&`)
}

function ignore(): void {}
