// Starts the supervisor as a real process on a data directory of its own and asks it over its socket.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listProcesses, ProcessRunner, signalProcess, type ProcessEntry } from '@platen/drivers/runners'
import { runDirectory, socketPaths, type SocketPaths } from '@platen/kit/names'
import { eventually, temporaryDirectory } from '@platen/kit/testing'

export interface Platform {
  dataDirectory: string
  httpPort: number
  sockets: SocketPaths
  runner: ProcessRunner
  /** Starts a supervisor and waits until it printed "ready" (or ended). */
  start(env?: Record<string, string>): Promise<Run>
  /** Process id of one of its processes. */
  pidOf(name: string): Promise<number>
  /** Everything alive that names this data directory in its command line, environment or folder. */
  processes(): Promise<ProcessEntry[]>
  /** Kills whatever is left and removes the data directory. */
  remove(): Promise<void>
}

export interface Run {
  child: ChildProcess
  output(): string
  /** Waits for its end; answers the exit code. */
  ended(): Promise<number | null>
}

export async function aPlatform(): Promise<Platform> {
  const directory = await temporaryDirectory()
  const dataDirectory = join(directory.path, 'data')
  const [httpPort, httpsPort] = [await freePort(), await freePort()]
  const sockets = socketPaths(runDirectory(dataDirectory))
  const runner = new ProcessRunner({ socketPath: sockets.supervisor })
  const runs: Run[] = []
  const platform: Platform = {
    dataDirectory,
    httpPort,
    sockets,
    runner,
    async start(env = {}) {
      const run = startSupervisor({
        PLATEN_DATA_DIR: dataDirectory,
        PLATEN_HTTP_PORT: String(httpPort),
        PLATEN_HTTPS_PORT: String(httpsPort),
        ...env,
      })
      runs.push(run)
      await eventually(() => run.output().includes('Ctrl-C stops everything') || run.child.exitCode !== null, {
        timeoutMs: 30_000,
        describe: `start of the platform: ${run.output()}`,
      })
      return run
    },
    async pidOf(name) {
      const found = (await runner.describe()).find((process) => process.name === name)
      if (!found?.pid) throw new Error(`${name} has no process`)
      return found.pid
    },
    processes: () => processesOf(dataDirectory),
    async remove() {
      for (const run of runs) run.child.kill('SIGKILL')
      for (const entry of await processesOf(dataDirectory)) signalProcess(entry.pid, 'SIGKILL')
      await eventually(async () => (await processesOf(dataDirectory)).length === 0)
      await directory.remove()
    },
  }
  return platform
}

function startSupervisor(env: Record<string, string>): Run {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const child = spawn(process.execPath, [main], {
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const collect = (chunk: Buffer): void => void (output += chunk.toString())
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return {
    child,
    output: () => output,
    async ended() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      return child.exitCode
    },
  }
}

// The process group and PLATEN_DATA_DIR in the environment tell even a helper of a helper.
async function processesOf(dataDirectory: string): Promise<ProcessEntry[]> {
  const entries = (await listProcesses()).filter((entry) => entry.pid !== process.pid)
  const belongs = await Promise.all(
    entries.map(async (entry) => {
      const environment = await readFile(`/proc/${entry.pid}/environ`, 'utf8').catch(() => '')
      return (
        environment.includes(`PLATEN_DATA_DIR=${dataDirectory}\0`) ||
        entry.commandLine.join(' ').includes(dataDirectory)
      )
    }),
  )
  return entries.filter((_, index) => belongs[index])
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
