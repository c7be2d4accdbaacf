import { createHash } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { benchConsumer } from './data-directory.ts'
import { DATABASE_PORT } from './databases.ts'

const LONGEST_RUN_DIRECTORY_BYTES = 70
const LONGEST_SOCKET_BYTES = 107

/** Sockets, pid files and `processes.json` of a platform. Modes are 0600. */
export interface SocketPaths {
  readonly directory: string
  readonly processes: string
  /** What `host` of a database connection must be: the directory that holds `.s.PGSQL.<port>`. */
  readonly postgresDirectory: string
  readonly postgres: string
  readonly supervisor: string
  readonly manager: string
  readonly managerInternal: string
  /** Control socket of the edge: /live and /ready. */
  readonly edge: string
  /** Public socket of one bench process, behind the edge. */
  bench(benchName: string, index: number): string
  /** Runtime contract of one bench process. */
  benchPrivate(benchName: string, index: number): string
  pid(process: string): string
}

/**
 * Where the sockets of a data directory live: `<data dir>/run`, or, as socket paths are limited to 107 bytes, a short folder below
 * /tmp that is named after the user and the data directory. Computes only; see `ensureRunDirectory`.
 */
export function runDirectory(dataDirectory: string): string {
  const absolute = resolve(dataDirectory)
  const beside = join(absolute, 'run')
  if (Buffer.byteLength(beside) <= LONGEST_RUN_DIRECTORY_BYTES) return beside
  const digest = createHash('sha256').update(absolute).digest('hex').slice(0, 12)
  return `/tmp/platen-${userId()}-${digest}`
}

/**
 * Creates the run directory (0700) or checks the existing one, and returns it. Throws if it is a link, belongs to somebody else or
 * is open to others: below /tmp another user could have made it first.
 */
export async function ensureRunDirectory(dataDirectory: string): Promise<string> {
  const directory = runDirectory(dataDirectory)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const found = await lstat(directory)
  if (!found.isDirectory()) throw new Error(`${directory} must be a directory, remove it and start again`)
  if (found.uid !== userId())
    throw new Error(
      `${directory} belongs to user ${found.uid}, not to user ${userId()}; remove it or start as that user`,
    )
  if ((found.mode & 0o077) !== 0) throw new Error(`${directory} is open to other users: chmod 700 ${directory}`)
  return directory
}

/** All names in a run directory. Throws a RangeError where a socket path would be too long for the operating system. */
export function socketPaths(directory: string): SocketPaths {
  const socket = (name: string): string => {
    const path = join(directory, name)
    if (Buffer.byteLength(path) > LONGEST_SOCKET_BYTES)
      throw new RangeError(`socket path ${path} is longer than ${LONGEST_SOCKET_BYTES} bytes`)
    return path
  }
  return {
    directory,
    processes: join(directory, 'processes.json'),
    postgresDirectory: directory,
    postgres: socket(`.s.PGSQL.${DATABASE_PORT}`),
    supervisor: socket('supervisor.sock'),
    manager: socket('manager.sock'),
    managerInternal: socket('manager-internal.sock'),
    edge: socket('edge.sock'),
    bench: (benchName, index) => socket(`${benchConsumer(benchName, index)}.sock`),
    benchPrivate: (benchName, index) => socket(`${benchConsumer(benchName, index)}-private.sock`),
    pid: (process) => join(directory, `${process}.pid`),
  }
}

function userId(): number {
  // Undefined only on Windows, where the platform does not run.
  return process.getuid?.() ?? 0
}
