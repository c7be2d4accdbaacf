// Processes of this machine as /proc tells them. A process id alone identifies nothing (ids are reused), so whoever
// wants to stop or adopt a process he did not start compares start time and command line too.
import { readFile, readdir, readlink } from 'node:fs/promises'

/** Clock ticks per second of /proc/<pid>/stat. 100 on every Linux that Node supports (it is a kernel ABI constant). */
const ticksPerSecond = 100

export interface ProcessEntry {
  pid: number
  parentPid: number
  /** As the kernel says: R, S, D, T, Z... An ended process that nobody has waited for (Z) counts as gone. */
  state: string
  /** Clock ticks since boot at which it started: with the pid, unique until the next boot. */
  startTicks: number
  /** User and system time, milliseconds. */
  cpuTimeMs: number
  commandLine: string[]
}

/** The living process with that id, or undefined. */
export async function readProcess(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const [stat, commandLine] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ])
    return parseProcess(pid, stat, commandLine)
  } catch {
    return undefined
  }
}

export async function isAlive(pid: number): Promise<boolean> {
  return (await readProcess(pid)) !== undefined
}

/** When the machine booted, as seconds since 1970: what start ticks count from. */
export async function bootTimeSeconds(): Promise<number> {
  const match = /^btime (\d+)$/m.exec(await readFile('/proc/stat', 'utf8'))
  return Number(match?.[1] ?? 0)
}

export async function startedAt(entry: ProcessEntry): Promise<Date> {
  return new Date(((await bootTimeSeconds()) + entry.startTicks / ticksPerSecond) * 1000)
}

/** Resident memory in bytes (what `top` shows as RES); 0 when the process is gone. */
export async function residentBytes(pid: number): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** Its working directory, undefined when gone or not ours to see. */
export async function workingDirectory(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined)
}

/** Every living process, in no particular order. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const entries = await Promise.all(pids.map(readProcess))
  return entries.filter((entry) => entry !== undefined)
}

/** Sends a signal; a process that is gone already is success (false). With `group` its whole process group gets it. */
export function signalProcess(pid: number, signal: NodeJS.Signals, options: { group?: boolean } = {}): boolean {
  try {
    return process.kill(options.group ? -pid : pid, signal)
  } catch (error) {
    // process.kill throws ErrnoException only.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** Waits until the process is gone; false when it still lives after `timeoutMs`. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (await isAlive(pid)) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}

// The second field of stat is the program's name in brackets and may itself hold spaces and brackets.
function parseProcess(pid: number, stat: string, commandLine: string): ProcessEntry | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const state = fields[0] ?? ''
  if (state === 'Z' || state === 'X' || state === '') return undefined
  return {
    pid,
    state,
    parentPid: Number(fields[1]),
    startTicks: Number(fields[19]),
    cpuTimeMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond,
    commandLine: commandLine.split('\0').slice(0, -1),
  }
}
