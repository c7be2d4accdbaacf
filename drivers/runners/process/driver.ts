import { z } from 'zod'
import { DriverError, throwIfAborted, type DriverErrorKind } from '../../errors/index.ts'
import {
  logLevels,
  type BenchProcess,
  type BenchRequest,
  type CallOptions,
  type LogDescription,
  type LogPage,
  type LogQuery,
  type ProcessDescription,
  type Runner,
} from '../contract.ts'
import { checkedBody, checkedName } from '../request.ts'
import { call } from './client.ts'

// Stopping waits for requests in flight, one process after the other.
const changeTimeoutMs = 120_000
const readTimeoutMs = 10_000
const readAttempts = 3

const started = z.object({
  processes: z.array(z.object({ name: z.string(), publicSocket: z.string(), privateSocket: z.string() })),
})
const listed = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['starting', 'running', 'waiting', 'crash-loop', 'stopping']),
      pid: z.int().nullable(),
      startedAt: z.string().nullable(),
      restarts: z.int(),
      cpuPercent: z.number(),
      rssBytes: z.number(),
      healthy: z.boolean(),
    }),
  ),
})
const logs = z.object({
  items: z.array(z.object({ program: z.string(), sizeBytes: z.int(), newestAt: z.string().nullable() })),
})
const logPage = z.object({
  lines: z.array(
    z.object({
      position: z.string(),
      at: z.string().nullable(),
      level: z.enum(logLevels).nullable(),
      message: z.string(),
      site: z.string().nullable(),
      operation: z.string().nullable(),
      requestId: z.string().nullable(),
      fields: z.record(z.string(), z.unknown()),
    }),
  ),
  older: z.string().nullable(),
  newer: z.string(),
  reachedAt: z.string().nullable(),
})
const refusal = z.object({ kind: z.enum(['not-found', 'refused', 'unavailable']), detail: z.string() })

/** Benches as child processes of the supervisor on this machine. */
export class ProcessRunner implements Runner {
  readonly #socketPath: string

  /** The supervisor's socket: `socketPaths(runDirectory(dataDirectory)).supervisor`. */
  constructor(options: { socketPath: string }) {
    this.#socketPath = options.socketPath
  }

  async ensureBench(request: BenchRequest, options: CallOptions = {}): Promise<{ processes: BenchProcess[] }> {
    const body = checkedBody(request)
    return started.parse(await this.#call('PUT', `/benches/${request.name}`, options, body))
  }

  async restartBench(name: string, options: CallOptions = {}): Promise<void> {
    await this.#call('POST', `/benches/${checkedName(name)}/restart`, options)
  }

  async removeBench(name: string, options: CallOptions = {}): Promise<void> {
    await this.#call('DELETE', `/benches/${checkedName(name)}`, options)
  }

  async describe(options: CallOptions = {}): Promise<ProcessDescription[]> {
    return listed.parse(await this.#read('/processes', options)).items
  }

  async listLogs(options: CallOptions = {}): Promise<LogDescription[]> {
    return logs.parse(await this.#read('/logs', options)).items
  }

  async readLog(program: string, query: LogQuery = {}, options: CallOptions = {}): Promise<LogPage> {
    const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
    const path = `/logs/${encodeURIComponent(program)}?${new URLSearchParams(given)}`
    return logPage.parse(await this.#read(path, options))
  }

  async check(options: CallOptions = {}): Promise<{ ok: boolean; detail: string }> {
    try {
      const processes = await this.describe(options)
      return { ok: true, detail: `the supervisor keeps ${processes.length} processes` }
    } catch (error) {
      return { ok: false, detail: error instanceof Error ? error.message : String(error) }
    }
  }

  // Reads are safe to repeat: a supervisor that restarts is away for less than a second.
  async #read(path: string, options: CallOptions): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#call('GET', path, options, undefined, readTimeoutMs)
      } catch (error) {
        const mayRepeat = error instanceof DriverError && error.retryable && !options.signal?.aborted
        if (!mayRepeat || attempt === readAttempts) throw error
        await new Promise((resolve) => setTimeout(resolve, 100 * attempt * (0.5 + Math.random())))
      }
    }
  }

  async #call(
    method: string,
    path: string,
    options: CallOptions,
    body?: unknown,
    timeoutMs = changeTimeoutMs,
  ): Promise<unknown> {
    throwIfAborted(options.signal, `${method} ${path}`)
    const answer = await call(this.#socketPath, { method, path, body, timeoutMs, signal: options.signal }).catch(
      (cause: unknown) => {
        throw new DriverError('unavailable', 'the supervisor does not answer: is Platen running?', { cause })
      },
    )
    if (answer.status >= 200 && answer.status < 300) return answer.body
    const parsed = refusal.safeParse(answer.body)
    const kind: DriverErrorKind = parsed.success ? parsed.data.kind : 'protocol'
    throw new DriverError(
      kind,
      parsed.success ? parsed.data.detail : `the supervisor answered ${answer.status} to ${method} ${path}`,
    )
  }
}
