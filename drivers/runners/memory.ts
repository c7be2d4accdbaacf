import { benchConsumer, socketPaths } from '@platen/kit/names'
import { DriverError, Faults } from '../errors/index.ts'
import type { BenchProcess, BenchRequest, CallOptions, ProcessDescription, ProcessState, Runner } from './contract.ts'
import { checkedBody, checkedName } from './request.ts'

interface MemoryProcess {
  description: ProcessDescription
  lines: string[]
}

/** Processes that exist only here; they answer at once. `faults` says which calls fail. */
export class MemoryRunner implements Runner {
  readonly faults = new Faults<keyof Runner>()
  readonly #benches = new Map<string, BenchRequest>()
  readonly #processes = new Map<string, MemoryProcess>()
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
      [...this.#processes.values()].map(({ description }) => ({ ...description })),
    )
  }

  logs(name: string, options: CallOptions & { lines?: number } = {}): Promise<string[]> {
    return this.faults.run('logs', options.signal, () =>
      this.#find(name).lines.slice(-Math.min(options.lines ?? 100, 1_000)),
    )
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
    Object.assign(this.#find(process).description, { state, healthy })
  }

  #find(name: string): MemoryProcess {
    const found = this.#processes.get(name)
    if (!found) throw new DriverError('not-found', `no process ${name}`)
    return found
  }

  #restart(name: string): void {
    this.#start(name, (this.#processes.get(name)?.description.restarts ?? 0) + 1)
  }

  #start(name: string, restarts: number): void {
    const lines = [...(this.#processes.get(name)?.lines ?? []), `${name} started`]
    const pid = this.#nextPid++
    const startedAt = this.#now().toISOString()
    const description = {
      name,
      state: 'running' as const,
      pid,
      startedAt,
      restarts,
      cpuPercent: 0,
      rssBytes: 0,
      healthy: true,
    }
    this.#processes.set(name, { description, lines })
  }
}

function namesOf(bench: BenchRequest): string[] {
  return Array.from({ length: bench.processes }, (_, index) => benchConsumer(bench.name, index + 1))
}
