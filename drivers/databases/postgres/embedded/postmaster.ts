// The postmaster of one data directory: who it is, whether it is really that one, and how to end it.
import { readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  isAlive,
  listProcesses,
  readProcess,
  signalProcess,
  startedAt,
  waitUntilGone,
  workingDirectory,
  type ProcessEntry,
} from '../../../runners/index.ts'

export type StopMode = 'smart' | 'fast' | 'immediate'

/** postmaster.pid, as PostgreSQL writes it line by line while it starts. */
export interface PidFile {
  pid: number
  startSeconds: number
  /** '' until it has got that far; then starting, ready, stopping or standby. */
  status: string
}

const signals: Record<StopMode, NodeJS.Signals> = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' }
/** The pid file's second and the kernel's are taken at different moments and rounded differently. */
const startToleranceSeconds = 5

export async function readPidFile(dataDirectory: string): Promise<PidFile | undefined> {
  const text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const lines = text.split('\n')
  return { pid: Math.abs(Number(lines[0])), startSeconds: Number(lines[2]), status: (lines[7] ?? '').trim() }
}

/**
 * The living postmaster of this data directory. The pid file's word is not enough, ids are reused: the command line must
 * name this data directory, and the start time must be the recorded one (or, after somebody moved the clock, its working
 * directory must be the data directory).
 */
export async function findPostmaster(dataDirectory: string): Promise<ProcessEntry | undefined> {
  const file = await readPidFile(dataDirectory)
  const entry = file && file.pid > 0 ? await readProcess(file.pid) : undefined
  if (!file || !entry || !isPostmasterOf(entry, dataDirectory)) return undefined
  const startSeconds = (await startedAt(entry)).getTime() / 1000
  const sameStart = Math.abs(startSeconds - file.startSeconds) <= startToleranceSeconds
  return sameStart || (await workingDirectory(entry.pid)) === dataDirectory ? entry : undefined
}

/** Ends it: the asked mode within its limit, then immediate, then SIGKILL and its orphans. Recovery then repairs. */
export async function stopPostmaster(
  pid: number,
  dataDirectory: string,
  mode: StopMode,
  limits: { orderlyMs: number; immediateMs: number },
): Promise<'orderly' | 'immediate' | 'killed'> {
  signalProcess(pid, signals[mode])
  if (await waitUntilGone(pid, limits.orderlyMs)) return mode === 'immediate' ? 'immediate' : 'orderly'
  signalProcess(pid, 'SIGQUIT')
  if (await waitUntilGone(pid, limits.immediateMs)) return 'immediate'
  signalProcess(pid, 'SIGKILL')
  await waitUntilGone(pid, limits.immediateMs)
  await endOrphans(dataDirectory)
  return 'killed'
}

/**
 * Server processes of this data directory whose postmaster is dead. They end by themselves unless they are busy, but as
 * long as one lives it may write: PostgreSQL refuses to start over it, and so removing postmaster.pid before they are
 * gone would destroy data.
 */
export async function endOrphans(dataDirectory: string): Promise<number> {
  const orphans = await serverProcesses(dataDirectory)
  for (const orphan of orphans) signalProcess(orphan.pid, 'SIGKILL')
  for (const orphan of orphans) await waitUntilGone(orphan.pid, 10_000)
  return orphans.length
}

/** Removes postmaster.pid, socket and socket lock of a dead server. Call it only when no server process lives. */
export async function removeStaleFiles(dataDirectory: string, socketDirectory: string): Promise<string[]> {
  const removed: string[] = []
  const socket = join(socketDirectory, '.s.PGSQL.5432')
  for (const path of [join(dataDirectory, 'postmaster.pid'), socket, `${socket}.lock`]) {
    const existed = await rm(path).then(
      () => true,
      () => false,
    )
    if (existed) removed.push(path)
  }
  return removed
}

/** Pid of a living PostgreSQL of another data directory that holds our socket. */
export async function foreignSocketOwner(dataDirectory: string, socketDirectory: string): Promise<number | undefined> {
  const text = await readFile(join(socketDirectory, '.s.PGSQL.5432.lock'), 'utf8').catch(() => '')
  const [pid, owner] = text.split('\n')
  if (!pid || !owner || owner === dataDirectory) return undefined
  const entry = await readProcess(Number(pid))
  return entry && isPostmasterOf(entry, owner) && (await isAlive(entry.pid)) ? entry.pid : undefined
}

function isPostmasterOf(entry: ProcessEntry, dataDirectory: string): boolean {
  const [program, ...args] = entry.commandLine
  const given = args[args.indexOf('-D') + 1]
  return program !== undefined && basename(program) === 'postgres' && args.includes('-D') && given === dataDirectory
}

async function serverProcesses(dataDirectory: string): Promise<ProcessEntry[]> {
  const named = (await listProcesses()).filter((entry) => /^(?:.*\/)?postgres(?::|$)/.test(entry.commandLine[0] ?? ''))
  const folders = await Promise.all(named.map((entry) => workingDirectory(entry.pid)))
  return named.filter((_, index) => folders[index] === dataDirectory)
}
