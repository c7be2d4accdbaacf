export interface CallOptions {
  signal?: AbortSignal
}

export interface BenchRequest {
  /** See `isBenchName` in kit/names. */
  name: string
  /** Release that the bench runs; the process is told and reports it. */
  release: string
  /** How many processes serve the bench, 1 to 16. */
  processes: number
  /** Heap limit of each process, 64 to 16,384. */
  memoryMb: number
}

export interface BenchProcess {
  name: string
  /** Site traffic, behind the edge. */
  publicSocket: string
  /** Runtime contract, for the manager. */
  privateSocket: string
}

/**
 * - `starting`   begun, has not answered yet
 * - `running`    answered
 * - `waiting`    ended by itself, will be started again after a pause
 * - `crash-loop` ended too often in a row; still started again, at the longest pause
 * - `stopping`   asked to end
 */
export type ProcessState = 'starting' | 'running' | 'waiting' | 'crash-loop' | 'stopping'

export interface ProcessDescription {
  name: string
  state: ProcessState
  pid: number | null
  /** RFC 3339; of the present process, null while there is none. */
  startedAt: string | null
  /** How often it was started again since it was first asked for. */
  restarts: number
  /** Of one core, over the last sample of a few seconds. */
  cpuPercent: number
  rssBytes: number
  /** Whether it answered its last health question. */
  healthy: boolean
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof logLevels)[number]

export interface LogDescription {
  program: string
  /** With what was rotated away and is still kept. */
  sizeBytes: number
  /** RFC 3339: when something was last written; null while nothing was. */
  newestAt: string | null
}

/** One line of a log. What is not JSON has its text as `message` and nothing else that is known. */
export interface LogLine {
  /** The place where it begins; see LogQuery. */
  position: string
  /** RFC 3339. */
  at: string | null
  level: LogLevel | null
  message: string
  /** Id of the site it is about. */
  site: string | null
  /** Id of the operation it is about. */
  operation: string | null
  requestId: string | null
  /** What else the line says. */
  fields: Record<string, unknown>
}

/**
 * A position is a place between two lines and stays valid when the log is rotated; the text of it means nothing to callers.
 * One that was rotated out, or that no log has, counts as the nearest end.
 */
export interface LogQuery {
  /** Lines that end there or earlier, the newest of them. */
  before?: string | undefined
  /** Lines that begin there or later, the oldest of them. With neither: the newest lines. */
  after?: string | undefined
  /** Only lines whose text as it was written contains this, whatever its case. */
  search?: string | undefined
  /** Only lines of this level and above, and those that state none. */
  level?: LogLevel | undefined
  /** Only lines that say they are about the site of this id. */
  site?: string | undefined
  /** 1 to 2,000, default 100. */
  limit?: number | undefined
}

/**
 * One call looks at a bounded part of a log (16 MB, one second), so a page may be short or empty although there is more:
 * going on is up to the caller, and `older` says whether it makes sense.
 */
export interface LogPage {
  /** Oldest first. */
  lines: LogLine[]
  /** To be given as `before` for what comes earlier; null when the beginning of the log was reached. */
  older: string | null
  /** To be given as `after` for what comes later. */
  newer: string
  /** The time of the line at which looking stopped, as far as it states one. */
  reachedAt: string | null
}

/**
 * Keeps benches running. What was asked for is durable: after the death of the runner (or its machine's restart) the
 * benches come back without anybody asking again. Every mutation is idempotent; two at once on one bench are done one after the other.
 * Errors are DriverError: `refused` for a bad name or number, `not-found` where it says so, `unavailable` when the runner
 * does not answer (repeat the call).
 */
export interface Runner {
  /**
   * Makes the bench run as asked and answers with its processes, in order, as soon as they were told to start: they may
   * not be ready. Same request again: nothing happens. Other release or memory: its processes are replaced one after
   * the other. Fewer processes: the last ones are stopped.
   */
  ensureBench(request: BenchRequest, options?: CallOptions): Promise<{ processes: BenchProcess[] }>
  /** Replaces its processes, one after the other. Rejects with `not-found` for a bench nobody asked for. */
  restartBench(name: string, options?: CallOptions): Promise<void>
  /** Stops and forgets it; answers when its processes are gone. Absent is success. */
  removeBench(name: string, options?: CallOptions): Promise<void>
  /** Every process the runner keeps: benches, and on an embedded platform the manager, edge and postgres too. */
  describe(options?: CallOptions): Promise<ProcessDescription[]>
  /** Every program whose log is kept. A log may outlive its process, and the runner has one of its own. */
  listLogs(options?: CallOptions): Promise<LogDescription[]>
  /** A part of a log. Rejects with `not-found` for a program that `listLogs` does not name. */
  readLog(program: string, query?: LogQuery, options?: CallOptions): Promise<LogPage>
  /** Never rejects. */
  check(options?: CallOptions): Promise<{ ok: boolean; detail: string }>
}
