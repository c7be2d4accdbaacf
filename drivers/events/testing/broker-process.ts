// Real brokers from Debian's packages for tests: each a process of its own on loopback, which can be killed and started again.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { temporaryDirectory } from '@platen/kit/testing'

export interface Broker {
  url: string
  /** kill -9 of all its processes. */
  kill(): Promise<void>
  /** After a kill, with what it had on its disk. Resolves when it takes connections. */
  start(): Promise<void>
  close(): Promise<void>
}

export interface BrokerProgram {
  name: string
  file: string
  package: string
}

export const isInstalled = ({ file }: BrokerProgram): boolean => existsSync(file)

export interface BrokerSpecification {
  program: BrokerProgram
  args: readonly string[]
  env: Record<string, string>
  url: string
  /** Whether it takes connections. */
  answers(url: string): Promise<boolean>
}

const patienceMs = 90_000

/** The directory is the broker's own; it goes with `close`. */
export async function startBroker(
  specify: (place: { directory: string; port: number }) => Promise<BrokerSpecification> | BrokerSpecification,
): Promise<Broker> {
  const directory = await temporaryDirectory()
  const specification = await specify({ directory: directory.path, port: await freePort() })
  let child: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    const running = child
    child = undefined
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    // A group of its own: what it started ends with it.
    process.kill(-running.pid, 'SIGKILL')
    await ended
  }
  const start = async (): Promise<void> => {
    const { program, args, env, url, answers } = specification
    const started = spawn(program.file, args, { detached: true, stdio: 'ignore', env, cwd: directory.path })
    child = started
    const deadlineMs = performance.now() + patienceMs
    while (!(await answers(url))) {
      if (started.exitCode !== null) throw new Error(`${program.name} ended with ${started.exitCode} while it started`)
      if (performance.now() > deadlineMs) throw new Error(`${program.name} took no connection within ${patienceMs} ms`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  await start().catch(async (error: unknown) => {
    await kill()
    throw error
  })
  return {
    url: specification.url,
    kill,
    start,
    async close() {
      await kill()
      await directory.remove()
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Listening on TCP: the address is an object.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
