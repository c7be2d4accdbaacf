// The embedded PostgreSQL as a process that is kept running. Unlike the others it is adopted, never restarted without need.
import { bootstrapServer, EmbeddedPostgres, embeddedPasswords } from '@platen/drivers/databases'
import { readProcess, residentBytes, startedAt, type ProcessDescription } from '@platen/drivers/runners'
import { dataPaths, runDirectory } from '@platen/kit/names'
import { loadOrCreateMasterKey } from '@platen/kit/secrets'
import { openLog } from './log-files.ts'

const watchEveryMs = 500
const longestPauseMs = 15_000

export class Database {
  readonly #postgres: EmbeddedPostgres
  readonly #prepare: () => Promise<void>
  readonly #log: (message: string) => void
  #watch: NodeJS.Timeout | undefined
  #isBusy = false
  #isStopping = false
  #failures = 0
  #restarts = 0
  #healthy = false
  #cpu = { timeMs: 0, atMs: 0, percent: 0 }

  private constructor(postgres: EmbeddedPostgres, prepare: () => Promise<void>, log: (message: string) => void) {
    this.#postgres = postgres
    this.#prepare = prepare
    this.#log = log
  }

  /** Makes the master key and the server's passwords on first use; starts nothing. */
  static async open(
    dataDirectory: string,
    log: (message: string) => void,
    settings: Record<string, string> = {},
  ): Promise<Database> {
    const paths = dataPaths(dataDirectory)
    const passwords = await embeddedPasswords(dataDirectory, await loadOrCreateMasterKey(paths.masterKey))
    await (await openLog(paths.log('postgres'))).close()
    const postgres = new EmbeddedPostgres({
      dataDirectory: paths.postgres.data,
      socketDirectory: runDirectory(dataDirectory),
      superuserPassword: passwords.superuser,
      settings,
      logFile: paths.log('postgres'),
      log,
    })
    return new Database(postgres, () => bootstrapServer(postgres.connection('postgres'), passwords.server), log)
  }

  /** Answers when the server takes connections and its roles exist. */
  async start(): Promise<{ adopted: boolean }> {
    const { adopted } = await this.#postgres.start()
    await this.#prepare()
    this.#healthy = true
    this.#watch = setInterval(() => void this.#look(), watchEveryMs)
    return { adopted }
  }

  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    this.#isStopping = true
    clearInterval(this.#watch)
    await this.#postgres.stop(mode)
  }

  async describe(): Promise<ProcessDescription> {
    const entry = this.#postgres.pid === undefined ? undefined : await readProcess(this.#postgres.pid)
    return {
      name: 'postgres',
      state: this.#isStopping ? 'stopping' : entry ? 'running' : 'waiting',
      pid: entry?.pid ?? null,
      startedAt: entry ? (await startedAt(entry)).toISOString() : null,
      restarts: this.#restarts,
      cpuPercent: entry ? this.#cpu.percent : 0,
      rssBytes: entry ? await residentBytes(entry.pid) : 0,
      healthy: entry !== undefined && this.#healthy,
    }
  }

  // Polled, not waited for: an adopted server is nobody's child.
  async #look(): Promise<void> {
    if (this.#isBusy || this.#isStopping) return
    this.#isBusy = true
    try {
      const entry = this.#postgres.pid === undefined ? undefined : await readProcess(this.#postgres.pid)
      if (!entry) return await this.#bringBack()
      const nowMs = performance.now()
      if (nowMs - this.#cpu.atMs < 2_000) return
      const percent = ((entry.cpuTimeMs - this.#cpu.timeMs) / (nowMs - this.#cpu.atMs)) * 100
      this.#cpu = { timeMs: entry.cpuTimeMs, atMs: nowMs, percent: Math.round(percent * 10) / 10 }
      this.#healthy = await this.#postgres.isHealthy()
    } finally {
      this.#isBusy = false
    }
  }

  async #bringBack(): Promise<void> {
    this.#healthy = false
    this.#log('PostgreSQL ended by itself: starting it again')
    try {
      await this.#postgres.start()
      this.#restarts += 1
      this.#failures = 0
      this.#healthy = true
      // Asked to stop while it started: the one who stops has looked too early.
      if (this.#isStopping) await this.#postgres.stop('fast')
    } catch (error) {
      this.#failures += 1
      this.#log(`PostgreSQL could not be started again: ${error instanceof Error ? error.message : String(error)}`)
      await new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** this.#failures, longestPauseMs)))
    }
  }
}
