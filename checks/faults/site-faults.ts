// What may befall an operation on a whole site, and where: the injectors K P S F C U W N G of docs/develop/tests.md.
import { open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Failpoint } from '../../kit/operations/index.ts'
import { ProblemError } from '../../kit/problems/index.ts'
import { sql } from '../../kit/sql/index.ts'
import type { Fate } from '../../manager/testing/site-worker.ts'
import type { ObjectFault } from './flaky-objects.ts'
import type { CellWorker, SiteStage } from './site-stage.ts'
import type { Toxics } from './toxic-pipe.ts'

/** What a step reaches, and so what can fail under it. */
export type Reach = 'server' | 'reads objects' | 'writes objects'

export interface Struck {
  stage: SiteStage
  worker: CellWorker
  operationId: string
  /** Asks for the same again, as a person who presses twice. */
  startAgain(): Promise<string>
  /** The message that wakes a worker, to another one too. */
  wakeAnother(operationId: string): Promise<void>
}

/** Begins the fault; what it returns ends it, at the latest before the next step. */
export type Strike = (struck: Struck) => Promise<() => Promise<void>>

export interface SiteFault {
  /** Absent: everywhere. */
  needs?: Reach
  /** Default drawn. */
  at?: Failpoint['at']
  /** Hits everybody: such cells run by themselves. */
  alone?: boolean
  happens: { strike: Strike } | { fate: Fate } | { objects: ObjectFault }
}

const nothingToEnd = async (): Promise<void> => {}

const onLine =
  (line: 'controlLine' | 'serverLine', toxics: Toxics): Strike =>
  async ({ worker }) => {
    await worker[line].set(toxics)
    return () => worker[line].heal()
  }

const halfOpen =
  (line: 'controlLine' | 'serverLine'): Strike =>
  async ({ worker }) => {
    await worker[line].set({ halfOpen: 'drop' })
    // The line comes back by itself: nothing else could get through to say that the step is over.
    setTimeout(() => void worker[line].heal(), 2_000)
    return nothingToEnd
  }

const reset =
  (line: 'controlLine' | 'serverLine'): Strike =>
  async ({ worker }) => {
    worker[line].resetAll()
    return nothingToEnd
  }

/** Of this operation, in the middle of a COPY if there is one within a second. */
async function sessionsAtWork({ stage, operationId }: Struck): Promise<number[]> {
  const { cluster } = stage.real
  const endMs = performance.now() + 1_000
  for (;;) {
    const found = await cluster.query(
      cluster.superuser,
      `select pid, query ilike 'copy %' and state = 'active' as copies from pg_stat_activity
       where starts_with(application_name, 'op:${operationId}:')`,
    )
    const copying = found.filter(({ copies }) => copies === true)
    const chosen = copying.length > 0 ? copying : performance.now() > endMs ? found : undefined
    if (chosen !== undefined) return chosen.map(({ pid }) => Number(pid))
  }
}

const endSessions: Strike = async (struck) => {
  const { cluster, platform } = struck.stage.real
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where starts_with(application_name, ${struck.worker.name})`.execute(platform.database.db)
  const pids = (await sessionsAtWork(struck)).join(', ')
  await cluster.query(cluster.superuser, `select pg_terminate_backend(pid) from unnest('{${pids}}'::int[]) pid`)
  return nothingToEnd
}

/** PostgreSQL then throws out everybody and recovers. */
const killBackend: Strike = async (struck) => {
  for (const pid of await sessionsAtWork(struck)) tryKill(pid)
  return nothingToEnd
}

const restartServer: Strike = async ({ stage }) => {
  const { postgres } = stage.real.cluster
  await postgres.stop('immediate')
  await postgres.start()
  return nothingToEnd
}

/** For three seconds not a byte more; then the supervisor brings back what did not survive it. */
const fillDisk: Strike = async ({ stage }) => {
  const path = join(stage.disk?.path ?? '', 'ballast')
  const file = await open(path, 'w')
  await fill(file)
  const over = pause(3_000).then(async () => {
    await file.close()
    await rm(path)
    const { postgres } = stage.real.cluster
    if (!(await postgres.isHealthy())) await postgres.start()
  })
  over.catch(() => undefined)
  return () => over
}

async function fill(file: FileHandle): Promise<void> {
  const block = Buffer.alloc(1_000_000)
  for (const size of [block.length, 4_096])
    for (;;) {
      const written = await file.write(block, 0, size).catch(() => undefined)
      if (written?.bytesWritten !== size) break
    }
}

const askTwice: Strike = async ({ operationId, startAgain, wakeAnother }) => {
  const again = await startAgain().catch((error: unknown) => error)
  if (!(again instanceof ProblemError) || again.code !== 'operation-in-progress')
    throw new Error(`it was not refused: ${String(again)}`)
  await wakeAnother(operationId)
  return nothingToEnd
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

export const siteFaults: Record<string, SiteFault> = {
  'K worker killed': { happens: { fate: 'killed' } },
  'G worker told to stop': { happens: { fate: 'terminated' } },
  'W worker frozen past its lease': { happens: { fate: 'stopped' } },
  'C clock 40 days ahead': { happens: { fate: 'clock ahead' } },
  'U asked twice': { happens: { strike: askTwice } },
  'P sessions ended': { happens: { strike: endSessions } },
  'P backend killed': { needs: 'server', at: 'mid', alone: true, happens: { strike: killBackend } },
  'P server restarted': { needs: 'server', alone: true, happens: { strike: restartServer } },
  'F disk full 3 s': { alone: true, happens: { strike: fillDisk } },
  'N control line reset': { happens: { strike: reset('controlLine') } },
  'N control line half-open': { happens: { strike: halfOpen('controlLine') } },
  'N control line slow': { happens: { strike: onLine('controlLine', { latencyMs: 100, jitterMs: 20 }) } },
  'N server line reset': { needs: 'server', at: 'mid', happens: { strike: reset('serverLine') } },
  'N server line half-open': { needs: 'server', happens: { strike: halfOpen('serverLine') } },
  'N server line slow': { needs: 'server', happens: { strike: onLine('serverLine', { latencyMs: 30, jitterMs: 10 }) } },
  'N server line in slices': { needs: 'server', happens: { strike: onLine('serverLine', { sliceBytes: 2_000 }) } },
  'S upload breaks off': { needs: 'writes objects', happens: { objects: 'upload breaks off' } },
  'S upload done, answer lost': { needs: 'writes objects', happens: { objects: 'upload done, answer lost' } },
  'S out of reach 2 s': { needs: 'writes objects', happens: { objects: 'out of reach 2 s' } },
  'S slow': { needs: 'writes objects', happens: { objects: 'slow' } },
  'S object missing': { needs: 'reads objects', happens: { objects: 'object missing' } },
  'S download breaks off': { needs: 'reads objects', happens: { objects: 'download breaks off' } },
  'S download ends early': { needs: 'reads objects', happens: { objects: 'download ends early' } },
}
