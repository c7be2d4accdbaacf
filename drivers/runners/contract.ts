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
  /** The last lines it printed, oldest first; at most 1,000. Rejects with `not-found` for an unknown process. */
  logs(process: string, options?: CallOptions & { lines?: number }): Promise<string[]>
  /** Never rejects. */
  check(options?: CallOptions): Promise<{ ok: boolean; detail: string }>
}
