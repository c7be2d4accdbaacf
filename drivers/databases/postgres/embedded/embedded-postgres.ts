// The PostgreSQL that `npm start` brings along: it belongs to one data directory, outlives a killed supervisor, and is
// adopted by the next one. It speaks only over a unix socket (its OpenSSL is out of support, so no TCP, no TLS).
import { totalmem } from 'node:os'
import { spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Secret } from '@platen/kit/secrets'
import type { Connection } from '@platen/kit/sql'
import { Client } from 'pg'
import { DriverError, isDriverError } from '../../../errors/index.ts'
import { isAlive, readProcess } from '../../../runners/index.ts'
import { accountOf, plainEnvironment } from './command.ts'
import { fullDisk, initialise } from './initialise.ts'
import { preparePlace, type Place } from './place.ts'
import {
  endOrphans,
  findPostmaster,
  foreignSocketOwner,
  readPidFile,
  removeStaleFiles,
  stopPostmaster,
  type StopMode,
} from './postmaster.ts'

export type { StopMode } from './postmaster.ts'

export const embeddedMajor = '18'
export const embeddedSuperuser = 'postgres'

export interface EmbeddedPostgresOptions {
  /** PGDATA. Its parent is made too (0700). */
  dataDirectory: string
  /** Where the socket `.s.PGSQL.5432` appears. Its path must stay below 108 bytes. */
  socketDirectory: string
  /** Set when the data directory is made; must be the same ever after. */
  superuserPassword: Secret
  /** Server settings on top of ours. */
  settings?: Record<string, string>
  /** What the server prints. Default: `<data directory>.log`. It is opened for appending, and may be cut in place. */
  logFile?: string
  /** `never` makes root use a system user although user namespaces work: for tests. */
  namespaces?: 'auto' | 'never'
  log: (message: string) => void
}

// A long recovery is normal after a crash; a server that neither answers nor ends is not.
const startTimeoutMs = 300_000
const healthTimeoutMs = 5_000
const stopLimits = { orderlyMs: 20_000, immediateMs: 5_000 }
const sickLimits = { orderlyMs: 2_000, immediateMs: 2_000 }

export class EmbeddedPostgres {
  readonly #options: EmbeddedPostgresOptions
  #place: Place | undefined
  #pid: number | undefined

  constructor(options: EmbeddedPostgresOptions) {
    this.#options = options
  }

  /** The postmaster's process id while we know of one. */
  get pid(): number | undefined {
    return this.#pid
  }

  /**
   * Answers when the server takes connections. A healthy server of this data directory is adopted; a sick one is
   * stopped and replaced. Also the way to bring it back after it died.
   * Rejects with DriverError `refused` (one clear sentence, nothing changed) for another owner, another major version,
   * a full disk, a socket path too long, a wrong superuser password.
   */
  async start(): Promise<{ adopted: boolean; pid: number }> {
    const { dataDirectory, socketDirectory, namespaces } = this.#options
    const place = await preparePlace({
      dataDirectory,
      socketDirectory,
      major: embeddedMajor,
      ...(namespaces ? { namespaces } : {}),
    })
    this.#place = place
    const adopted = await this.#adopt(place)
    if (adopted !== undefined) return { adopted: true, pid: adopted }
    await this.#clearGround(place)
    const superuser = { name: embeddedSuperuser, password: this.#options.superuserPassword }
    if (await initialise(place, superuser)) this.#options.log('PostgreSQL made its data directory')
    const pid = await this.#launch(place)
    return { adopted: false, pid }
  }

  /** Ends the server and waits until it is gone. One that does not run is success. Default `fast`: open transactions roll back. */
  async stop(mode: StopMode = 'fast'): Promise<void> {
    if (!this.#place) return
    const running = await findPostmaster(this.#place.dataDirectory)
    if (running) {
      const outcome = await stopPostmaster(running.pid, this.#place.dataDirectory, mode, stopLimits)
      if (outcome !== 'orderly')
        this.#options.log(`PostgreSQL did not stop in order (${outcome}); it recovers at the next start`)
    }
    this.#pid = undefined
  }

  /** A superuser connection over the socket. */
  connection(database: string): Connection {
    return {
      host: this.#options.socketDirectory,
      database,
      user: embeddedSuperuser,
      password: this.#options.superuserPassword,
      applicationName: 'platen-supervisor',
    }
  }

  /** Whether the postmaster lives and answers a query within `timeoutMs`. */
  async isHealthy(timeoutMs = healthTimeoutMs): Promise<boolean> {
    if (this.#pid === undefined || !(await isAlive(this.#pid))) return false
    return (await this.#probe(timeoutMs)) === 'answers'
  }

  async #adopt(place: Place): Promise<number | undefined> {
    const running = await findPostmaster(place.dataDirectory)
    if (!running) return undefined
    const health = await this.#waitForAnswer(running.pid, healthTimeoutMs)
    if (health === 'wrong-password') throw wrongPassword(this.#options.dataDirectory)
    if (health === 'answers') {
      this.#pid = running.pid
      this.#options.log(`PostgreSQL was still running (process ${running.pid}): adopted`)
      return running.pid
    }
    this.#options.log(`PostgreSQL runs (process ${running.pid}) but does not answer: stopping it`)
    await stopPostmaster(running.pid, place.dataDirectory, 'fast', sickLimits)
    return undefined
  }

  async #clearGround(place: Place): Promise<void> {
    const foreign = await foreignSocketOwner(place.dataDirectory, place.socketDirectory)
    if (foreign !== undefined) {
      throw new DriverError(
        'refused',
        `another PostgreSQL (process ${foreign}) uses the socket in ${place.socketDirectory}`,
      )
    }
    const orphans = await endOrphans(place.dataDirectory)
    if (orphans > 0) this.#options.log(`ended ${orphans} PostgreSQL processes whose server was dead`)
    const removed = await removeStaleFiles(place.dataDirectory, place.socketDirectory)
    if (removed.length > 0) this.#options.log(`PostgreSQL had not stopped in order: removed ${removed.join(', ')}`)
  }

  async #launch(place: Place): Promise<number> {
    const logFile = this.#options.logFile ?? `${this.#options.dataDirectory}.log`
    const output = await open(logFile, 'a', 0o600)
    const { size: logStart } = await output.stat()
    try {
      const command = place.account.command(join(place.binaries, 'bin', 'postgres'), this.#arguments(place))
      // A session of its own: Ctrl-C in our terminal must not reach it, and it must survive our own kill -9.
      const child = spawn(command.file, command.args, {
        ...accountOf(command),
        detached: true,
        stdio: ['ignore', output.fd, output.fd],
        env: plainEnvironment,
        cwd: '/',
      })
      const failure = new Promise<Error>((resolve) => child.once('error', resolve))
      child.unref()
      const pid = child.pid
      if (pid === undefined)
        throw new DriverError('unavailable', 'PostgreSQL could not be started', { cause: await failure })
      const health = await this.#waitForAnswer(pid, startTimeoutMs)
      if (health === 'answers') {
        this.#pid = pid
        return pid
      }
      await stopPostmaster(pid, place.dataDirectory, 'fast', sickLimits)
      if (health === 'wrong-password') throw wrongPassword(this.#options.dataDirectory)
      throw startFailure(place.dataDirectory, await tail(logFile, logStart))
    } catch (error) {
      if (isDriverError(error)) throw error
      throw new DriverError('unavailable', 'PostgreSQL could not be started', { cause: error })
    } finally {
      await output.close()
    }
  }

  #arguments(place: Place): string[] {
    const settings = { ...defaultSettings, ...this.#options.settings, unix_socket_directories: place.socketDirectory }
    return [
      '-D',
      place.dataDirectory,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]
  }

  // While a server starts or recovers it refuses connections: that is not sick, as long as the process lives.
  async #waitForAnswer(pid: number, timeoutMs: number): Promise<Health> {
    const startedAtMs = performance.now()
    let noticeAtMs = 5_000
    for (;;) {
      // #place is set by start(), the only way here.
      const file = await readPidFile(this.#place!.dataDirectory)
      const waitedMs = performance.now() - startedAtMs
      if ((await readProcess(pid)) === undefined) return 'silent'
      if (file?.pid === pid && file.status === 'ready') {
        const health = await this.#probe(Math.max(1_000, Math.min(healthTimeoutMs, timeoutMs - waitedMs)))
        if (health !== 'silent') return health
      }
      const limitMs = file?.status === 'starting' ? startTimeoutMs : timeoutMs
      if (waitedMs > limitMs) return 'silent'
      if (waitedMs > noticeAtMs) {
        this.#options.log(
          `waiting for PostgreSQL (${Math.round(waitedMs / 1000)} s, state ${file?.status ?? 'unknown'})`,
        )
        noticeAtMs += 10_000
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async #probe(timeoutMs: number): Promise<Health> {
    const client = new Client({
      host: this.#place?.socketDirectory ?? this.#options.socketDirectory,
      port: 5432,
      database: 'postgres',
      user: embeddedSuperuser,
      password: this.#options.superuserPassword.expose(),
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      application_name: 'platen-supervisor-probe',
    })
    client.on('error', () => {}) // A connection that breaks later has already been judged.
    try {
      await client.connect()
      await client.query('select 1')
      return 'answers'
    } catch (error) {
      // pg rejects with a DatabaseError that carries the SQLSTATE, or a Node error with a code, or a plain timeout error.
      return (error as { code?: string }).code === '28P01' ? 'wrong-password' : 'silent'
    } finally {
      // Closing a connection to a frozen server never ends: do not wait for it.
      void client.end().catch(() => {})
    }
  }
}

type Health = 'answers' | 'silent' | 'wrong-password'

/** A fiftieth of the machine, 128 MB to 1 GB: the same machine runs the benches, and the hot pages of 200 sites want room. */
const sharedBuffersMb = Math.round(Math.min(1024, Math.max(128, totalmem() / 50 / 2 ** 20)))

// 500 connections: one or two for each of 200 sites in use, 8 for the busy, ourselves.
const defaultSettings: Record<string, string> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '500',
  shared_buffers: `${sharedBuffersMb}MB`,
  work_mem: '4MB',
  maintenance_work_mem: '64MB',
  effective_cache_size: '1GB',
  max_wal_size: '2GB',
  min_wal_size: '128MB',
  random_page_cost: '1.1',
  jit: 'off',
  // The launcher visits every database once in this time: at the usual minute 200 sites would cost three new processes a second.
  autovacuum_naptime: '5min',
  temp_file_limit: '2GB',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_lock_waits: 'on',
  log_line_prefix: '%m [%p] %q%u@%d %a ',
  cluster_name: 'platen',
}

function wrongPassword(dataDirectory: string): DriverError {
  return new DriverError(
    'refused',
    `the PostgreSQL of ${dataDirectory} does not accept the stored superuser password: ` +
      'put back the superuser.secret that belongs to this data directory. Nothing was changed.',
  )
}

function startFailure(dataDirectory: string, printed: string): DriverError {
  if (/no space left on device|disk quota exceeded/i.test(printed)) return fullDisk(dataDirectory)
  const telling = printed.split('\n').filter((line) => /FATAL|PANIC|ERROR|HINT|could not/.test(line))
  const reason = (telling.length > 0 ? telling.join('\n') : printed).trim().slice(-2_000)
  return new DriverError('unavailable', `PostgreSQL did not start: ${reason || 'it ended without a word'}`)
}

async function tail(file: string, from: number): Promise<string> {
  const content = await readFile(file).catch(() => Buffer.alloc(0))
  return content.subarray(Math.min(from, content.length)).toString('utf8')
}
