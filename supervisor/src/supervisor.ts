// Parent of everything: starts, watches, restarts, adopts, stops, and nothing else. It holds no business state and no
// connection that anybody depends on: when it is killed, everything goes on without it.
import type { Server } from 'node:http'
import { readSegments, type LogLine, type LogQuery, type ProcessDescription } from '@platen/drivers/runners'
import { dataPaths, ensureRunDirectory, socketPaths, type DataPaths, type SocketPaths } from '@platen/kit/names'
import { openApi } from './api.ts'
import { Benches } from './benches.ts'
import { Child, defaultTimings, type ChildTimings } from './child.ts'
import type { SupervisorConfig } from './config.ts'
import { Database } from './database.ts'
import { ask } from './health.ts'
import { takeLock } from './lock.ts'
import { listLogs, rotateLog, withSegments } from './log-files.ts'
import { openOwnLog } from './own-log.ts'
import { checkMachine, checkPorts, type Finding } from './preflight.ts'
import { findUnrecorded, readRecords, recordOf, stopLeftovers, writeRecords, type ChildRecord } from './records.ts'
import { welcomeLines } from './welcome.ts'

/** Entry files of the children, absolute. */
export interface Entries {
  manager: string
  edge: string
  bench: string
}

export interface SupervisorOptions {
  config: SupervisorConfig
  entries: Entries
  /** Lines for the terminal. */
  print: (line: string) => void
  timings?: Partial<ChildTimings>
  postgresSettings?: Record<string, string>
  /** See BenchesOptions. */
  memoryAllowanceMb?: number
}

/** A reason not to start that the person in front of the terminal can remove; nothing was started or damaged. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
}

const rotateEveryMs = 30_000
const readyNoticeMs = 60_000

export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #timings: ChildTimings
  readonly #paths: DataPaths
  #sockets!: SocketPaths // Set first thing in start(), without which nothing is called.
  #database: Database | undefined
  #api: Server | undefined
  #manager: Child | undefined
  #edge: Child | undefined
  #benches: Benches | undefined
  #release: (() => Promise<void>) | undefined
  #rotation: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #starting: Promise<void> = Promise.resolve()
  /** Into our own log, once the data directory is ours. */
  #note: (line: string) => void = () => {}
  #isStopping = false
  #isImmediate = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#timings = { ...defaultTimings, ...options.timings }
    this.#paths = dataPaths(options.config.platform.dataDirectory)
  }

  /** Once. Answers when all processes are started (not yet ready). Rejects with StartRefused or AlreadyRunning, nothing damaged. */
  start(): Promise<void> {
    this.#starting = this.#start()
    return this.#starting
  }

  async #start(): Promise<void> {
    const { platform } = this.#options.config
    this.#report(await checkMachine(platform))
    this.#sockets = socketPaths(await ensureRunDirectory(platform.dataDirectory))
    this.#release = await takeLock(this.#sockets.pid('supervisor'), platform.dataDirectory)
    this.#note = await openOwnLog(this.#paths.log('supervisor'))
    const records = await readRecords(this.#sockets.processes)
    await this.#stopLeftovers(records.children)
    this.#report(await checkPorts(platform))
    await this.#startDatabase()
    if (this.#isStopping) return
    this.#makeChildren()
    this.#api = await openApi(this.#sockets.supervisor, this.#supervision())
    this.#rotation = setInterval(() => void this.#rotateLogs(), rotateEveryMs)
    this.#print('starting manager, edge and benches')
    await Promise.all([
      this.#manager?.start(),
      this.#edge?.start(),
      ...Object.entries(records.benches).map(([name, body]) => this.#benches?.ensure(name, body)),
    ])
  }

  /** Answers true when the manager and the edge say ready; false when stopped before. Tells when it takes long. */
  async untilReady(): Promise<boolean> {
    let noticeAtMs = performance.now() + readyNoticeMs
    while (!this.#isStopping) {
      const asked = [this.#sockets.manager, this.#sockets.edge].map((socketPath) => ask(socketPath, '/ready', 3_000))
      if ((await Promise.all(asked)).every((status) => status === 200)) return true
      const looping = [this.#manager, this.#edge].filter((child) => child?.state === 'crash-loop')
      if (performance.now() > noticeAtMs || (looping.length > 0 && noticeAtMs < Number.POSITIVE_INFINITY)) {
        await this.#explainDelay()
        noticeAtMs = looping.length > 0 ? Number.POSITIVE_INFINITY : performance.now() + readyNoticeMs
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return false
  }

  // To the terminal alone: the setup code is among it.
  async welcome(): Promise<void> {
    for (const line of await welcomeLines(this.#options.config)) this.#options.print(line)
    this.#note('ready')
  }

  /** Edge first, so that nobody is served by half a platform; then benches, manager, PostgreSQL. Leaves no process behind. */
  async stop(): Promise<void> {
    if (this.#isStopping) return
    this.#isStopping = true
    this.#note('stopping')
    clearInterval(this.#rotation)
    await this.#interruptStart('fast')
    await this.#edge?.stop({ immediately: this.#isImmediate })
    await this.#benches?.stop({ immediately: this.#isImmediate })
    await this.#manager?.stop({ immediately: this.#isImmediate })
    await this.#finish(this.#isImmediate ? 'immediate' : 'fast')
  }

  /** The second signal: nobody is waited for. PostgreSQL recovers at the next start. */
  async stopImmediately(): Promise<void> {
    this.#isStopping = true
    this.#isImmediate = true
    clearInterval(this.#rotation)
    await this.#interruptStart('immediate')
    const children = [this.#edge, this.#manager, ...(this.#benches?.children ?? [])]
    await Promise.all([
      ...children.map((child) => child?.stop({ immediately: true })),
      this.#database?.stop('immediate'),
    ])
    await this.#finish('immediate')
  }

  // A start that is under way would bring up what was just stopped. A server in a long recovery is told to stop; one that
  // has no process yet comes up first.
  async #interruptStart(mode: 'fast' | 'immediate'): Promise<void> {
    if (!this.#benches) await this.#database?.stop(mode).catch(() => {})
    await this.#starting.catch(() => {})
  }

  async #finish(mode: 'fast' | 'immediate'): Promise<void> {
    await this.#database?.stop(mode)
    this.#api?.close()
    this.#api?.closeAllConnections()
    // Before that point nothing of ours was recorded, and what is in the file may be somebody else's.
    if (this.#benches) this.#saveRecords()
    await this.#writing
    this.#note('stopped')
    await this.#release?.()
  }

  async #stopLeftovers(recorded: readonly ChildRecord[]): Promise<void> {
    const limits = { orderlyMs: 10_000 }
    const stopped = await stopLeftovers(recorded, limits)
    const { config, entries } = this.#options
    const unrecorded = await findUnrecorded(config.platform.dataDirectory, Object.values(entries))
    stopped.push(...(await stopLeftovers(unrecorded, limits)))
    if (stopped.length > 0) this.#print(`stopped what a killed supervisor left: ${stopped.join(', ')}`)
  }

  async #startDatabase(): Promise<void> {
    const { config, postgresSettings } = this.#options
    this.#print('starting PostgreSQL')
    this.#database = await Database.open(config.platform.dataDirectory, (line) => this.#print(line), postgresSettings)
    await this.#database.start()
  }

  #makeChildren(): void {
    const { config, entries, memoryAllowanceMb } = this.#options
    const onChange = (): void => this.#saveRecords()
    const child = (name: 'manager' | 'edge', args: string[], socketPath: string): Child =>
      new Child(
        { name, args, env: config.environmentOf(name), logFile: this.#paths.log(name), socketPath },
        onChange,
        this.#timings,
      )
    this.#manager = child('manager', [entries.manager, '--role=all'], this.#sockets.manager)
    this.#edge = child('edge', [entries.edge], this.#sockets.edge)
    this.#benches = new Benches({
      sockets: this.#sockets,
      entry: [entries.bench],
      env: config.environmentOf('bench'),
      logFile: (name) => this.#paths.log(name),
      timings: this.#timings,
      ...(memoryAllowanceMb === undefined ? {} : { memoryAllowanceMb }),
      onChange,
      print: (line) => this.#print(line),
    })
  }

  #supervision() {
    return {
      // Answered once it is on disk: what was asked for comes back whatever is killed next.
      ensureBench: async (...args: Parameters<Benches['ensure']>) => {
        const answer = await this.#living().ensure(...args)
        await this.#writing
        return answer
      },
      restartBench: (name: string) => this.#living().restart(name),
      removeBench: async (name: string) => {
        await this.#living().remove(name)
        await this.#writing
      },
      processes: () => this.#processes(),
      logs: () => listLogs(this.#paths.logs),
      readLog: async (program: string, query: LogQuery) => {
        const isKnown = (await listLogs(this.#paths.logs)).some((log) => log.program === program)
        return isKnown ? withSegments(this.#paths.log(program), (segments) => readSegments(segments, query)) : undefined
      },
    }
  }

  #living(): Benches {
    if (this.#isStopping || !this.#benches) throw new Error('Platen is stopping')
    return this.#benches
  }

  async #processes(): Promise<ProcessDescription[]> {
    const own = [this.#edge, this.#manager].flatMap((child) => (child ? [child.describe()] : []))
    const database = this.#database ? [await this.#database.describe()] : []
    return [...database, ...own, ...(this.#benches?.describe() ?? [])]
  }

  // One write after the other, each with the state of its moment. A full disk loses the record of a process, not the process.
  #saveRecords(): void {
    this.#writing = this.#writing.then(async () => {
      const children = [this.#manager, this.#edge, ...(this.#benches?.children ?? [])]
      const running = children.flatMap((child) =>
        child?.pid ? [{ name: child.specification.name, pid: child.pid }] : [],
      )
      const records = await Promise.all(running.map(({ name, pid }) => recordOf(name, pid)))
      await writeRecords(this.#sockets.processes, {
        version: 1,
        benches: this.#benches?.wanted ?? {},
        children: records.filter((record) => record !== undefined),
      }).catch((error: unknown) => this.#print(`cannot write ${this.#sockets.processes}: ${String(error)}`))
    })
  }

  async #rotateLogs(): Promise<void> {
    for (const { program } of await listLogs(this.#paths.logs))
      await rotateLog(this.#paths.log(program)).catch(() => false)
  }

  async #explainDelay(): Promise<void> {
    for (const child of [this.#manager, this.#edge]) {
      if (!child || child.state === 'running') continue
      const { name, logFile } = child.specification
      this.#print(`the ${name} does not come up (${child.state}); its last words, from ${logFile}:`)
      const { lines } = await withSegments(logFile, (segments) => readSegments(segments, { limit: 8 }))
      for (const line of lines) this.#print(`    ${spoken(line)}`)
    }
    if (this.#manager?.state === 'running') this.#print('the manager is not ready yet; still waiting')
  }

  #report(findings: Finding[]): void {
    for (const finding of findings.filter((found) => found.level === 'warning')) this.#print(`note: ${finding.detail}`)
    const refused = findings.filter((finding) => finding.level === 'refused')
    if (refused.length === 0) return
    throw new StartRefused(refused.map((finding) => finding.detail).join('\n'))
  }

  #print(line: string): void {
    this.#options.print(line)
    this.#note(line)
  }
}

/** A line for the terminal: what went wrong stands in its error, not in its sentence. */
function spoken({ message, fields: { err } }: LogLine): string {
  const isError = typeof err === 'object' && err !== null && 'message' in err
  return isError ? `${message}: ${String(err.message)}` : message
}
