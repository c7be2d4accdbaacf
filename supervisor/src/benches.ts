import type { BenchBody, BenchProcess, ProcessDescription } from '@platen/drivers/runners'
import { benchConsumer, type SocketPaths } from '@platen/kit/names'
import { Child, type ChildTimings } from './child.ts'

export interface BenchesOptions {
  sockets: SocketPaths
  /** Node arguments in front: options and the entry file. */
  entry: string[]
  env: Record<string, string>
  logFile(process: string): string
  timings: ChildTimings
  /** Added to the memory of a bench before one of its processes counts as too large. */
  memoryAllowanceMb?: number
  onChange(): void
  /** A line for the terminal. */
  print(line: string): void
}

/**
 * `--max-old-space-size` covers objects of JavaScript only. Besides: Node itself with code, stacks and young objects about 100 MB,
 * four uploads of pictures 80 MB, hashes of four passwords 76 MB.
 */
const MEMORY_ALLOWANCE_MB = 256
/** The next process of a bench is restarted when this one serves, or after this time. */
const RESTARTED_WITHIN_MS = 30_000

interface Bench {
  body: BenchBody
  children: Child[]
}

/** The benches somebody asked for, each with its processes. Changes of one bench are done one after the other. */
export class Benches {
  readonly #options: BenchesOptions
  readonly #benches = new Map<string, Bench>()
  readonly #queues = new Map<string, Promise<unknown>>()
  #isClosed = false

  constructor(options: BenchesOptions) {
    this.#options = options
  }

  /** What should run, for the records. */
  get wanted(): Record<string, BenchBody> {
    return Object.fromEntries([...this.#benches].map(([name, bench]) => [name, bench.body]))
  }

  get children(): Child[] {
    return [...this.#benches.values()].flatMap((bench) => bench.children)
  }

  ensure(name: string, body: BenchBody): Promise<{ processes: BenchProcess[] }> {
    return this.#inTurn(name, async () => {
      const bench = this.#benches.get(name) ?? { body, children: [] }
      const isChanged = bench.body.release !== body.release || bench.body.memoryMb !== body.memoryMb
      bench.body = body
      this.#benches.set(name, bench)
      await Promise.all(bench.children.splice(body.processes).map((child) => child.stop()))
      if (isChanged) await this.#replace(name, bench)
      while (bench.children.length < body.processes && !this.#isClosed) {
        const child = this.#child(name, body, bench.children.length + 1)
        bench.children.push(child)
        await child.start()
      }
      this.#options.onChange()
      return { processes: this.#processes(name, body) }
    })
  }

  /** False for a bench that nobody asked for. */
  restart(name: string): Promise<boolean> {
    return this.#inTurn(name, async () => {
      const bench = this.#benches.get(name)
      // One after the other: the others serve meanwhile.
      for (const child of bench?.children ?? []) await child.restart()
      return bench !== undefined
    })
  }

  remove(name: string): Promise<void> {
    return this.#inTurn(name, async () => {
      const bench = this.#benches.get(name)
      await Promise.all(bench?.children.map((child) => child.stop()) ?? [])
      this.#benches.delete(name)
      this.#options.onChange()
    })
  }

  describe(): ProcessDescription[] {
    return this.children.map((child) => child.describe())
  }

  /** Ends all processes; what is wanted stays wanted, for the next start. */
  async stop(options: { immediately: boolean }): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.children.map((child) => child.stop(options)))
  }

  async #replace(name: string, bench: Bench): Promise<void> {
    for (const [index, old] of bench.children.entries()) {
      await old.stop()
      const child = this.#child(name, bench.body, index + 1)
      bench.children[index] = child
      if (!this.#isClosed) await child.start()
    }
  }

  #child(name: string, body: BenchBody, index: number): Child {
    const { sockets, entry, env, logFile, timings, onChange } = this.#options
    const consumer = benchConsumer(name, index)
    const specification = {
      name: consumer,
      // The entry reads its environment; name and number on the command line are for whoever looks at `ps`.
      args: [`--max-old-space-size=${body.memoryMb}`, ...entry, `--bench=${name}`, `--process=${index}`],
      env: { ...env, PLATEN_BENCH_NAME: name, PLATEN_BENCH_PROCESS: String(index), PLATEN_BENCH_RELEASE: body.release },
      logFile: logFile(consumer),
      socketPath: sockets.bench(name, index),
      maxRssBytes: (body.memoryMb + (this.#options.memoryAllowanceMb ?? MEMORY_ALLOWANCE_MB)) * 1024 * 1024,
    }
    const child = new Child(specification, onChange, timings)
    child.onOverMemory = () => void this.#restartLarge(name, child, specification.maxRssBytes)
    return child
  }

  // In turn, like every change of a bench: while one of its processes restarts the others serve.
  #restartLarge(name: string, child: Child, maxRssBytes: number): Promise<void> {
    const { pid } = child
    return this.#inTurn(name, async () => {
      const isCurrent = this.#benches.get(name)?.children.includes(child) === true && child.pid === pid
      if (!isCurrent || this.#isClosed) return
      const [used, limit] = [child.describe().rssBytes, maxRssBytes].map(
        (bytes) => `${Math.round(bytes / 1024 ** 2)} MB`,
      )
      this.#options.print(`restarting ${child.specification.name}: it uses ${used} of memory, its limit is ${limit}`)
      await child.restart()
      await child.untilRunning(RESTARTED_WITHIN_MS)
    })
  }

  #processes(name: string, body: BenchBody): BenchProcess[] {
    return Array.from({ length: body.processes }, (_, index) => ({
      name: benchConsumer(name, index + 1),
      publicSocket: this.#options.sockets.bench(name, index + 1),
      privateSocket: this.#options.sockets.benchPrivate(name, index + 1),
    }))
  }

  #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#queues.get(name) ?? Promise.resolve()).then(work, work)
    this.#queues.set(name, turn)
    return turn
  }
}
