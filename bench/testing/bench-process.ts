/** A real bench process in a data directory of its own, with a publisher in memory where the manager would be. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { ensureSealingKey } from '@platen/drivers/snapshots'
import { MemoryPublisher } from '@platen/drivers/snapshots/testing'
import { benchConsumer, dataPaths, ensureRunDirectory, socketPaths } from '@platen/kit/names'
import { temporaryDirectory } from '@platen/kit/testing'

export const consumer = benchConsumer('main', 1)
const mainFile = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface BenchHome {
  publisher: MemoryPublisher
  sealingKey: Buffer
  publicSocket: string
  privateSocket: string
  /** Starts the process; one at a time. */
  start(): void
  /** Ends it with the signal; answers its exit code, null when it was killed. */
  end(signal: NodeJS.Signals): Promise<number | null>
  close(): Promise<void>
}

export async function openBenchHome(): Promise<BenchHome> {
  const directory = await temporaryDirectory()
  const sockets = socketPaths(await ensureRunDirectory(directory.path))
  const paths = dataPaths(directory.path)
  const sealingKey = await ensureSealingKey(paths.keys.consumer(consumer))
  const publisher = new MemoryPublisher({
    socketPath: sockets.managerInternal,
    publicKeyFile: paths.keys.managerPublic,
  })
  let child: ChildProcess | undefined
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null) return ending?.exitCode ?? null
    const exited = once(ending, 'exit')
    ending.kill(signal)
    await exited
    return ending.exitCode
  }
  return {
    publisher,
    sealingKey,
    publicSocket: sockets.bench('main', 1),
    privateSocket: sockets.benchPrivate('main', 1),
    start() {
      const env = { PLATEN_DATA_DIR: directory.path, PLATEN_ZONE: 'platen.test', PLATEN_LOG_LEVEL: 'warn' }
      child = spawn(process.execPath, [mainFile], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    },
    end,
    async close() {
      await end('SIGKILL')
      await publisher.stop()
      await directory.remove()
    },
  }
}

export interface SocketAnswer {
  status: number
  headers: NodeJS.Dict<string | string[]>
  /** What the body holds, for the assertions of the test. */
  body: Record<string, unknown>
}

/** One request over a unix socket, as the edge sends it. Rejects when nobody listens. */
export function callSocket(
  socketPath: string,
  {
    method = 'GET',
    path,
    host,
    token,
    body,
  }: { method?: string; path: string; host: string; token?: string; body?: object },
): Promise<SocketAnswer> {
  const headers = {
    host,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers, agent: false, timeout: 10_000 }, (response) => {
      response
        .toArray()
        .then((chunks: Buffer[]) => {
          const text = Buffer.concat(chunks).toString()
          const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : {}
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: parsed as Record<string, unknown>, // only objects begin with a brace
          })
        })
        .catch(reject)
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in 10 s')))
    outgoing.on('error', reject)
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
