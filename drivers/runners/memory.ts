import { benchConsumer, socketPaths } from '@platen/kit/names'
import { DriverError, Faults } from '../errors/index.ts'
import type {
  BenchProcess,
  BenchRequest,
  CallOptions,
  LogDescription,
  LogPage,
  LogQuery,
  ProcessDescription,
  ProcessState,
  Runner,
} from './contract.ts'
import { readSegments } from './logs/read-log.ts'
import { checkedBody, checkedName } from './request.ts'

interface MemoryLog {
  text: string
  newestAt: string | null
}

/** Processes that exist only here; they answer at once. `faults` says which calls fail. */
export class MemoryRunner implements Runner {
  readonly faults = new Faults<keyof Runner>()
  readonly #benches = new Map<string, BenchRequest>()
  readonly #processes = new Map<string, ProcessDescription>()
  readonly #logs = new Map<string, MemoryLog>([['supervisor', { text: '', newestAt: null }]])
  readonly #now: () => Date
  #nextPid = 1_000

  constructor(options: { now?: () => Date } = {}) {
    this.#now = options.now ?? (() => new Date())
  }

  ensureBench(request: BenchRequest, options: CallOptions = {}): Promise<{ processes: BenchProcess[] }> {
    return this.faults.run('ensureBench', options.signal, () => {
      const wanted = { name: request.name, ...checkedBody(request) }
      const before = this.#benches.get(wanted.name)
      this.#benches.set(wanted.name, wanted)
      const names = namesOf(wanted)
      for (const name of before ? namesOf(before) : []) if (!names.includes(name)) this.#processes.delete(name)
      const isReplaced =
        before !== undefined && (before.release !== wanted.release || before.memoryMb !== wanted.memoryMb)
      for (const name of names) {
        if (!this.#processes.has(name)) this.#start(name, 0)
        else if (isReplaced) this.#restart(name)
      }
      const sockets = socketPaths('/memory')
      const processes = names.map((name, index) => ({
        name,
        publicSocket: sockets.bench(wanted.name, index + 1),
        privateSocket: sockets.benchPrivate(wanted.name, index + 1),
      }))
      return { processes }
    })
  }

  restartBench(name: string, options: CallOptions = {}): Promise<void> {
    return this.faults.run('restartBench', options.signal, () => {
      const bench = this.#benches.get(checkedName(name))
      if (!bench) throw new DriverError('not-found', `no bench ${name}`)
      for (const process of namesOf(bench)) this.#restart(process)
    })
  }

  removeBench(name: string, options: CallOptions = {}): Promise<void> {
    return this.faults.run('removeBench', options.signal, () => {
      const bench = this.#benches.get(checkedName(name))
      for (const process of bench ? namesOf(bench) : []) this.#processes.delete(process)
      this.#benches.delete(name)
    })
  }

  describe(options: CallOptions = {}): Promise<ProcessDescription[]> {
    return this.faults.run('describe', options.signal, () =>
      [...this.#processes.values()].map((description) => ({ ...description })),
    )
  }

  listLogs(options: CallOptions = {}): Promise<LogDescription[]> {
    return this.faults.run('listLogs', options.signal, () =>
      [...this.#logs].map(([program, { text, newestAt }]) => ({
        program,
        sizeBytes: Buffer.byteLength(text),
        newestAt,
      })),
    )
  }

  async readLog(program: string, query: LogQuery = {}, options: CallOptions = {}): Promise<LogPage> {
    const log = await this.faults.run('readLog', options.signal, () => this.#logs.get(program))
    if (!log) throw new DriverError('not-found', `no log of ${program}`)
    const bytes = Buffer.from(log.text)
    const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length)
    return readSegments([{ number: 1, sizeBytes: bytes.length, isWritten: true, read }], query)
  }

  async check(options: CallOptions = {}): Promise<{ ok: boolean; detail: string }> {
    const answer = { ok: true, detail: 'in memory' }
    return this.faults
      .run('check', options.signal, () => answer)
      .catch((error: unknown) => ({
        ok: false,
        detail: error instanceof Error ? error.message : String(error),
      }))
  }

  /** What a crash, a hang or a crash loop looks like. */
  setState(process: string, state: ProcessState, healthy = state === 'running'): void {
    const found = this.#processes.get(process)
    if (!found) throw new DriverError('not-found', `no process ${process}`)
    Object.assign(found, { state, healthy })
  }

  /** What a program writes into its log. */
  print(program: string, ...lines: string[]): void {
    const text = (this.#logs.get(program)?.text ?? '') + lines.map((line) => `${line}\n`).join('')
    this.#logs.set(program, { text, newestAt: this.#now().toISOString() })
  }

  #restart(name: string): void {
    this.#start(name, (this.#processes.get(name)?.restarts ?? 0) + 1)
  }

  #start(name: string, restarts: number): void {
    this.print(name, `${name} started`)
    const pid = this.#nextPid++
    const startedAt = this.#now().toISOString()
    this.#processes.set(name, {
      name,
      state: 'running',
      pid,
      startedAt,
      restarts,
      cpuPercent: 0,
      rssBytes: 0,
      healthy: true,
    })
  }
}

function namesOf(bench: BenchRequest): string[] {
  return Array.from({ length: bench.processes }, (_, index) => benchConsumer(bench.name, index + 1))
}
