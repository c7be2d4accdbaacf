// One program that is kept running: started, watched, started again after growing pauses, stopped in order.
import { spawn, type ChildProcess } from 'node:child_process'
import {
  residentBytes,
  readProcess,
  signalProcess,
  type ProcessDescription,
  type ProcessState,
} from '@platen/drivers/runners'
import { ask } from './health.ts'
import { openLog } from './log-files.ts'

export interface ChildSpecification {
  name: string
  /** Arguments of node: options, entry file, its arguments. Everybody on the machine can read them: no secrets. */
  args: string[]
  env: Record<string, string>
  logFile: string
  /** Where it answers /live. */
  socketPath: string
  /** Resident memory above which `onOverMemory` is called; absent: none. */
  maxRssBytes?: number
}

export interface ChildTimings {
  /** First pause before a new start; doubles up to `longestPauseMs`. */
  firstPauseMs: number
  longestPauseMs: number
  /** Ran that long: the pause begins anew. */
  stableAfterMs: number
  probeEveryMs: number
  /** Silent that long (or never answered for that long): it hangs, and is killed and started again. */
  hungAfterMs: number
  stopLimitMs: number
  /** Samples in a row (one per probe) above the limit of memory: one is a burst, which ends by itself. */
  overMemorySamples: number
}

export const defaultTimings: ChildTimings = {
  firstPauseMs: 250,
  longestPauseMs: 30_000,
  stableAfterMs: 60_000,
  probeEveryMs: 1_000,
  hungAfterMs: 60_000,
  stopLimitMs: 20_000,
  overMemorySamples: 10,
}

const crashLoopAfter = 5
const probeTimeoutMs = 3_000

export class Child {
  readonly specification: ChildSpecification
  readonly #timings: ChildTimings
  readonly #onChange: () => void
  /** Called once per process that stays above its limit of memory. */
  onOverMemory: () => void = () => {}
  #overMemorySamples = 0
  #stops = 0
  #process: ChildProcess | undefined
  #state: ProcessState = 'starting'
  #healthy = false
  #restarts = 0
  #crashesInRow = 0
  #startedAtMs = 0
  #lastAnswerMs = 0
  #cpu = { timeMs: 0, atMs: 0, percent: 0 }
  #rssBytes = 0
  #wanted = false
  #pause: NodeJS.Timeout | undefined
  #watch: NodeJS.Timeout | undefined
  #ended: Promise<void> = Promise.resolve()

  /** `onChange` is called after every start and end of the process. */
  constructor(specification: ChildSpecification, onChange: () => void, timings: ChildTimings = defaultTimings) {
    this.specification = specification
    this.#onChange = onChange
    this.#timings = timings
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  get state(): ProcessState {
    return this.#state
  }

  async start(): Promise<void> {
    if (this.#wanted) return
    this.#wanted = true
    await this.#spawn()
  }

  /** SIGTERM, after the limit SIGKILL to its whole group. Answers when it is gone; it is not started again. */
  async stop(options: { immediately?: boolean } = {}): Promise<void> {
    this.#wanted = false
    this.#stops += 1
    clearTimeout(this.#pause)
    const pid = this.#process?.pid
    if (pid === undefined) return
    this.#state = 'stopping'
    this.#healthy = false
    signalProcess(pid, options.immediately ? 'SIGKILL' : 'SIGTERM', { group: options.immediately === true })
    const force = setTimeout(() => signalProcess(pid, 'SIGKILL', { group: true }), this.#timings.stopLimitMs)
    await this.#ended
    clearTimeout(force)
  }

  /** A new process in place of this one; counted as a restart, not as a crash. */
  async restart(): Promise<void> {
    const stopped = this.stop()
    const stops = this.#stops
    await stopped
    // Somebody stopped it for good meanwhile.
    if (this.#stops !== stops) return
    this.#restarts += 1
    this.#crashesInRow = 0
    await this.start().catch(() => this.#startLater()) // A full disk or no free process: later.
  }

  /** Answers when it serves, or after `limitMs` if it does not. */
  async untilRunning(limitMs: number): Promise<void> {
    const endMs = performance.now() + limitMs
    while (this.#wanted && !this.#healthy && performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  describe(): ProcessDescription {
    const isRunning = this.#process !== undefined
    return {
      name: this.specification.name,
      state: this.#state,
      pid: this.#process?.pid ?? null,
      startedAt: isRunning ? new Date(performance.timeOrigin + this.#startedAtMs).toISOString() : null,
      restarts: this.#restarts,
      cpuPercent: isRunning ? this.#cpu.percent : 0,
      rssBytes: isRunning ? this.#rssBytes : 0,
      healthy: this.#healthy,
    }
  }

  async #spawn(): Promise<void> {
    const { args, env, logFile } = this.specification
    this.#state = this.#crashesInRow >= crashLoopAfter ? 'crash-loop' : 'starting'
    this.#startedAtMs = performance.now()
    this.#lastAnswerMs = this.#startedAtMs
    const log = await openLog(logFile)
    if (!this.#wanted) return void (await log.close())
    // A group of its own: Ctrl-C in our terminal is ours to pass on, in order; and killing us kills nobody.
    const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log.fd, log.fd], env })
    this.#process = child
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#onEnd(child)
        resolve()
      }
      child.once('exit', end)
      child.once('error', end)
    })
    await log.close()
    this.#cpu = { timeMs: 0, atMs: this.#startedAtMs, percent: 0 }
    this.#overMemorySamples = 0
    this.#watch = setInterval(() => void this.#observe(child), this.#timings.probeEveryMs)
    void this.#untilFirstAnswer(child)
    this.#onChange()
  }

  #onEnd(child: ChildProcess): void {
    if (this.#process !== child) return
    clearInterval(this.#watch)
    // What it started itself must not outlive it.
    if (child.pid !== undefined) signalProcess(child.pid, 'SIGKILL', { group: true })
    this.#process = undefined
    this.#healthy = false
    if (this.#wanted) this.#startLater()
    this.#onChange()
  }

  #startLater(): void {
    const ranMs = performance.now() - this.#startedAtMs
    this.#crashesInRow = ranMs >= this.#timings.stableAfterMs ? 1 : this.#crashesInRow + 1
    this.#state = this.#crashesInRow >= crashLoopAfter ? 'crash-loop' : 'waiting'
    const pauseMs = Math.min(this.#timings.firstPauseMs * 2 ** (this.#crashesInRow - 1), this.#timings.longestPauseMs)
    this.#pause = setTimeout(() => {
      this.#restarts += 1
      this.#spawn().catch(() => this.#startLater()) // A full disk or no free process: later.
    }, pauseMs)
  }

  // A start is worth looking at more often: readiness of the whole platform waits for it.
  async #untilFirstAnswer(child: ChildProcess): Promise<void> {
    while (
      this.#process === child &&
      !this.#healthy &&
      performance.now() - this.#startedAtMs < this.#timings.hungAfterMs
    ) {
      await this.#probe(child)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async #observe(child: ChildProcess): Promise<void> {
    await Promise.all([this.#probe(child), this.#measure(child)])
    const isHung = performance.now() - this.#lastAnswerMs > this.#timings.hungAfterMs
    if (isHung && this.#process === child && this.#wanted && child.pid !== undefined)
      signalProcess(child.pid, 'SIGKILL', { group: true })
  }

  async #probe(child: ChildProcess): Promise<void> {
    const isAnswering = (await ask(this.specification.socketPath, '/live', probeTimeoutMs)) === 200
    if (this.#process !== child || this.#state === 'stopping') return
    this.#healthy = isAnswering
    if (!isAnswering) return
    this.#lastAnswerMs = performance.now()
    this.#state = 'running'
  }

  async #measure(child: ChildProcess): Promise<void> {
    const pid = child.pid ?? 0
    const [entry, rssBytes] = await Promise.all([readProcess(pid), residentBytes(pid)])
    if (!entry || this.#process !== child) return
    const nowMs = performance.now()
    const percent = ((entry.cpuTimeMs - this.#cpu.timeMs) / Math.max(1, nowMs - this.#cpu.atMs)) * 100
    this.#cpu = { timeMs: entry.cpuTimeMs, atMs: nowMs, percent: Math.round(percent * 10) / 10 }
    this.#rssBytes = rssBytes
    this.#judgeMemory()
  }

  #judgeMemory(): void {
    const { maxRssBytes = Number.POSITIVE_INFINITY } = this.specification
    this.#overMemorySamples = this.#rssBytes > maxRssBytes ? this.#overMemorySamples + 1 : 0
    if (this.#overMemorySamples === this.#timings.overMemorySamples && this.#wanted) this.onOverMemory()
  }
}
