import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { dataPaths, ensureRunDirectory, socketPaths } from '@platen/kit/names'
import { eventually, temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureSealingKey } from '../../snapshots/index.ts'
import { MemoryPublisher } from '../../snapshots/testing/index.ts'
import { edgeProgram } from '../index.ts'
import { runEdge } from './run.ts'
import { ACME, aSnapshot, textOf } from './testing/index.ts'

const quiet = { info: () => undefined, warn: () => undefined }
let home: TemporaryDirectory
let publisher: MemoryPublisher
let ca: string
let runFolder: string
let bench: Server
const ends: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  home = await temporaryDirectory()
  runFolder = await ensureRunDirectory(home.path)
  publisher = new MemoryPublisher({
    socketPath: socketPaths(runFolder).managerInternal,
    publicKeyFile: dataPaths(home.path).keys.managerPublic,
  })
  await publisher.start()
  const made = await aSnapshot(runFolder, await ensureSealingKey(dataPaths(home.path).keys.consumer('edge')))
  ca = made.ca
  publisher.publish('edge', made.snapshot)
  bench = createServer((_request, response) => response.end('site')).listen(join(runFolder, 'bench-1.sock'))
  await once(bench, 'listening')
})

afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  await publisher.stop()
  bench.closeAllConnections()
  bench.close()
  await home.remove()
})

async function start(): Promise<{ httpsPort: number; stop(): Promise<void> }> {
  const running = await runEdge({ dataDirectory: home.path, bind: '127.0.0.1', httpsPort: 0, httpPort: 0 }, quiet)
  ends.push(() => running.stop())
  return running
}

async function site(port: number): Promise<string> {
  const outgoing = httpsRequest({
    host: '127.0.0.1',
    port,
    ca,
    servername: ACME,
    headers: { host: ACME },
    agent: false,
  }).end()
  // Emitted with the response as its only argument.
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return textOf(response)
}

async function control(path: string): Promise<number | undefined> {
  const outgoing = httpRequest({ socketPath: join(runFolder, 'edge.sock'), path, agent: false }).end()
  // Emitted with the response as its only argument.
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode
}

test('it is ready with the first snapshot, and acknowledges it', async () => {
  const { httpsPort } = await start()
  await eventually(async () => expect(await control('/ready')).toBe(200))
  await eventually(() => expect(publisher.acknowledgement('edge')).toMatchObject({ version: 1, problems: [] }))
  expect(await site(httpsPort)).toBe('site')
})

test('it starts from disk and serves while the manager is away', async () => {
  const first = await start()
  await eventually(() => expect(publisher.acknowledgement('edge')?.version).toBe(1))
  await first.stop()
  await publisher.stop()
  const { httpsPort } = await start()
  expect(await control('/ready')).toBe(200)
  expect(await site(httpsPort)).toBe('site')
})

test('without any snapshot it lives but is not ready', async () => {
  await publisher.stop()
  await start()
  expect(await control('/live')).toBe(200)
  expect(await control('/ready')).toBe(503)
})

test('the process serves, ends on SIGTERM, and leaves with a sentence when its port is taken', async () => {
  const taken = createTcpServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = address && typeof address === 'object' ? address.port : 0
  const environment = (httpsPort: number): NodeJS.ProcessEnv => ({
    PLATEN_DATA_DIR: home.path,
    PLATEN_HTTPS_PORT: String(httpsPort),
    PLATEN_HTTP_PORT: String(port + 1),
  })

  const refused = spawn(process.execPath, [edgeProgram], { env: environment(port) })
  const [output, [code]] = await Promise.all([text(refused.stdout), once(refused, 'exit')])
  expect(code).toBe(1)
  expect(output).toContain(`port ${port} of 127.0.0.1 is taken`)
  taken.close()
  await once(taken, 'close')

  const served = spawn(process.execPath, [edgeProgram], { env: environment(port) })
  served.stdout.resume()
  await eventually(async () => expect(await site(port)).toBe('site'), { timeoutMs: 10_000 })
  served.kill('SIGTERM')
  expect(await once(served, 'exit')).toEqual([0, null])
})
