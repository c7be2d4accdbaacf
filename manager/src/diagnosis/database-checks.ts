import type { DatabaseServer, PgTools } from '@platen/drivers/databases'
import { one, sql, type Db } from '@platen/kit/sql'
import { fine, remark, wrong, type Check } from './check.ts'

export interface DatabaseParts {
  /** As the worker role. */
  db: Db
  databases: Pick<DatabaseServer, 'check'>
  /** Finds pg_dump and pg_restore, as backups do. @throws DriverError that says what to install. */
  dumpTools(): Promise<Pick<PgTools, 'major' | 'version' | 'source'>>
}

const mostClockSkewMs = 2_000
/** The first time the tools that come with Platen are unpacked. */
const toolsTimeoutMs = 20_000
/** From here on restoring an archive of strangers runs none of their code (decision 0015). */
const restoresStrangers = [18, 7] as const

const startTheServer = 'See whether PostgreSQL runs, and read its log in the data directory.'

export const databaseChecks = (parts: DatabaseParts): Check[] => [
  controlPlane(parts),
  clock(parts),
  siteDatabases(parts),
  dumpTools(parts),
]

const controlPlane = ({ db }: DatabaseParts): Check => ({
  name: 'control-plane',
  severity: 'critical',
  whatToDo: startTheServer,
  async look() {
    const startedAtMs = performance.now()
    const { version } = await one(db, sql<{ version: string }>`SELECT current_setting('server_version') AS version`)
    return fine(`PostgreSQL ${version} answered in ${Math.round(performance.now() - startedAtMs)} ms.`)
  },
})

const clock = ({ db }: DatabaseParts): Check => ({
  name: 'clock',
  severity: 'warning',
  whatToDo: startTheServer,
  async look() {
    const beforeMs = Date.now()
    const { now } = await one(db, sql<{ now: Date }>`SELECT clock_timestamp() AS now`)
    const skewMs = clockSkewMs({ beforeMs, afterMs: Date.now(), databaseMs: now.getTime() })
    if (skewMs <= mostClockSkewMs) return fine('Manager and database have the same time.')
    return wrong(
      'warning',
      `The clocks of manager and database are ${(skewMs / 1000).toFixed(1)} seconds apart.`,
      'Let both machines follow a time server: leases and schedules go by these clocks.',
    )
  },
})

/** How far apart the clocks are for certain: the database answered somewhere between the two moments. */
export const clockSkewMs = (seen: { beforeMs: number; afterMs: number; databaseMs: number }): number =>
  Math.max(0, seen.beforeMs - seen.databaseMs, seen.databaseMs - seen.afterMs)

const siteDatabases = ({ databases }: DatabaseParts): Check => ({
  name: 'site-databases',
  severity: 'critical',
  whatToDo: startTheServer,
  async look(signal) {
    const { ok, version, detail } = await databases.check({ signal })
    if (!ok) throw new Error(detail)
    return fine(`PostgreSQL ${version}: ${detail}.`)
  },
})

const dumpTools = (parts: DatabaseParts): Check => ({
  name: 'dump-tools',
  severity: 'critical',
  whatToDo: 'Without them no backup can be made or restored: do what the detail says.',
  timeoutMs: toolsTimeoutMs,
  async look(signal) {
    const [{ major, version, source }, server] = await Promise.all([
      parts.dumpTools(),
      parts.databases.check({ signal }),
    ])
    const found = `pg_dump and pg_restore ${version} (${source})`
    const serverMajor = Number.parseInt(server.version, 10)
    if (server.ok && Number.isInteger(serverMajor) && major !== serverMajor)
      return wrong(
        'warning',
        `${found}, but the server is PostgreSQL ${server.version}.`,
        `Install postgresql-client-${serverMajor}, or set PLATEN_PG_TOOLS to the folder that holds it.`,
      )
    if (!isOlder(version, restoresStrangers)) return fine(`${found}.`)
    return remark(
      `${found}: older than ${restoresStrangers.join('.')}, so they restore only what this platform made and signed.`,
      null,
    )
  },
})

export function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [haveMajor = 0, haveMinor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  return haveMajor < major || (haveMajor === major && haveMinor < minor)
}
