import { EventEmitter } from 'node:events'
import { Logger, run, type Runner, type Task, type WorkerEvents } from 'graphile-worker'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { Connection } from '../../sql/index.ts'
import { silentLog, type WorkerLog } from '../worker-log.ts'
import { openWorkerPool } from '../worker-pool.ts'
import { startHeartbeat, type Heartbeat } from './nudge-heartbeat.ts'

/** What is told that there is work: the id is a hint, the claim is elsewhere. */
export interface Nudge {
  /** Name of the task of graphile-worker. */
  name: string
  run(id: string): void
}

export interface NudgeRunnerOptions {
  /** As the worker role. The runner opens pools of its own. */
  connection: Connection
  nudges: readonly Nudge[]
  /** Names this process in jobs.workers. */
  workerId: string
  /** Nudges at once, default 2: they end at once. */
  concurrency?: number
  /** Default 10 s. */
  heartbeatMs?: number
  /** Default 30 s: a worker silent for longer is dead and its nudges are unlocked. */
  silentAfterMs?: number
  /** How often to look for due nudges when nobody notifies, default 2 s. */
  pollMs?: number
  log?: WorkerLog
}

export interface NudgeRunner {
  start(): Promise<void>
  stop(): Promise<void>
}

const envelopeSchema = z.object({ payload: z.object({ id: z.string() }) })

/** Hears of new work from graphile-worker. Tasks of unknown names are left to others. */
export function createNudgeRunner(options: NudgeRunnerOptions): NudgeRunner {
  const { connection, workerId, heartbeatMs = 10_000, silentAfterMs = 30_000, concurrency = 2 } = options
  const { log = silentLog } = options
  let stopAll: (() => Promise<void>) | undefined
  return {
    async start() {
      if (stopAll !== undefined) throw new Error(`nudge runner ${workerId} runs already`)
      const pool = openWorkerPool(connection, { max: concurrency + 2, purpose: 'jobs' })
      const beatPool = openWorkerPool(connection, {
        max: 1,
        purpose: 'jobs heartbeat',
        operator: true,
        statementTimeoutMs: 5_000,
      })
      // Known as soon as the pool exists, which is before it locks a job.
      const events: WorkerEvents = new EventEmitter()
      let poolId = ''
      events.on('pool:create', ({ workerPool }) => (poolId = workerPool.id))
      const runner = await startLibrary(options, pool, events)
      const beat = { pool: beatPool, poolId, workerId, intervalMs: heartbeatMs, silentAfterMs, log }
      const heartbeat = startHeartbeat(beat)
      stopAll = () => shutDown(runner, heartbeat, [pool, beatPool])
    },
    async stop() {
      const stop = stopAll
      stopAll = undefined
      await stop?.()
    },
  }
}

async function startLibrary(options: NudgeRunnerOptions, pool: Pool, events: WorkerEvents): Promise<Runner> {
  const { nudges, concurrency = 2, pollMs = 2_000, log = silentLog } = options
  return run({
    pgPool: pool,
    taskList: Object.fromEntries(nudges.map((nudge) => [nudge.name, taskOf(nudge)])),
    concurrency,
    pollInterval: pollMs,
    noHandleSignals: true,
    // Schedules are ours (time zones, database clock); an empty list also keeps the library from reading a crontab file.
    parsedCronItems: [],
    events,
    logger: libraryLogger(log),
  })
}

function taskOf(nudge: Nudge): Task {
  return async (raw) => nudge.run(envelopeSchema.parse(raw).payload.id)
}

async function shutDown(runner: Runner, heartbeat: Heartbeat, pools: readonly Pool[]): Promise<void> {
  // The heartbeat goes on while nudges end, so that nobody takes them over.
  await runner.stop()
  await heartbeat.stop()
  await Promise.all(pools.map((pool) => pool.end()))
}

function libraryLogger(log: WorkerLog): Logger {
  return new Logger(() => (level, message, meta) => {
    const facts = meta?.['error'] === undefined ? {} : { err: meta['error'] }
    if (level === 'error') log.error(facts, message)
    else if (level === 'warning') log.warn(facts, message)
  })
}
