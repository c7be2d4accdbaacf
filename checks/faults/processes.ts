import { readFile } from 'node:fs/promises'
import { eventually } from '../../kit/testing/index.ts'

/** Stops a process where it stands (SIGSTOP), and waits until it does: it keeps its sockets, locks and belief in its lease. */
export async function pause(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  await eventually(async () => (await stateOf(pid)) === 'T', { describe: `process ${pid} standing still` })
}

/** Lets it go on (SIGCONT), unaware that time has passed. */
export async function resume(pid: number): Promise<void> {
  process.kill(pid, 'SIGCONT')
  await eventually(async () => (await stateOf(pid)) !== 'T', { describe: `process ${pid} going on` })
}

/** The letter of /proc/<pid>/stat: T is stopped. Behind the name, which may hold blanks and brackets. */
async function stateOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
}
