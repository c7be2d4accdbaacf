import { Secret } from '../secrets/index.ts'
import type { Connection } from '../sql/index.ts'
import { testPostgresSetting } from './config.ts'

/** Superuser connection of the test PostgreSQL. Throws if the run has none. */
export function testServer(): Connection {
  const setting = testPostgresSetting()
  if (setting === undefined) {
    throw new Error(
      'no test database server: run through vitest, whose global setup starts one, or set PLATEN_TEST_POSTGRES',
    )
  }
  const value: unknown = JSON.parse(setting)
  if (!isServer(value))
    throw new Error('PLATEN_TEST_POSTGRES must be JSON with host and user, and optionally port, database, password')
  return {
    host: value.host,
    port: value.port ?? 5432,
    database: value.database ?? 'postgres',
    user: value.user,
    ...(value.password === undefined ? {} : { password: new Secret(value.password) }),
    applicationName: 'platen-test',
    // A test that waits for a lock it will never get says so before its own time is up.
    lockTimeoutMs: 15_000,
  }
}

interface ServerSetting {
  host: string
  user: string
  port?: number
  database?: string
  password?: string
}

function isServer(value: unknown): value is ServerSetting {
  if (typeof value !== 'object' || value === null) return false
  const { host, user, port, database, password } = value as Record<string, unknown> // an object, checked above
  const optional = (field: unknown, type: string): boolean => field === undefined || typeof field === type
  return (
    typeof host === 'string' &&
    typeof user === 'string' &&
    optional(port, 'number') &&
    optional(database, 'string') &&
    optional(password, 'string')
  )
}
