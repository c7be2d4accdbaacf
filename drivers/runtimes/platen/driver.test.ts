// What a bench would hardly do: answers that are no answers. The contract itself is run against a real bench in bench/src/runtime.
import { createServer, type RequestListener, type Server } from 'node:http'
import { join } from 'node:path'
import { newId } from '@platen/kit/ids'
import { Secret } from '@platen/kit/secrets'
import { temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { PlatenRuntime } from '../index.ts'

let directory: TemporaryDirectory
let servers: Server[] = []
let count = 0

beforeAll(async () => {
  directory = await temporaryDirectory()
})
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
afterAll(() => directory.remove())

const aSocket = (): string => join(directory.path, `${(count += 1)}.sock`)

async function aBench(answer: RequestListener): Promise<string> {
  const socketPath = aSocket()
  const server = createServer(answer)
  servers = [...servers, server]
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return socketPath
}

const answering = (status: number, body: string) =>
  aBench((_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body))
const problem = (code: string) => JSON.stringify({ code, detail: 'told so' })

test.each([
  [200, 'no json', 'protocol'],
  [200, '{"release":5}', 'protocol'],
  [200, '', 'protocol'],
  [404, problem('site-not-served'), 'not-found'],
  [404, problem('not-found'), 'protocol'],
  [409, problem('email-taken'), 'refused'],
  [422, problem('request-invalid'), 'refused'],
  [400, problem('malformed-request'), 'protocol'],
  [500, problem('internal'), 'unavailable'],
  [502, '<html>', 'unavailable'],
  [503, problem('shutting-down'), 'unavailable'],
])('an answer %d %s is %s', async (status, body, kind) => {
  const runtime = new PlatenRuntime([await answering(status, body)])
  await expect(runtime.describe()).rejects.toMatchObject({ name: 'DriverError', kind })
})

test('the next process is asked when one cannot be reached', async () => {
  const reachable = await answering(200, JSON.stringify({ release: 'abcdef01', apps: [] }))
  const runtime = new PlatenRuntime([aSocket(), reachable])
  expect(await runtime.describe()).toEqual({ release: 'abcdef01', apps: [] })
})

test('the next process is not asked when the connection was lost after the request: the outcome is unknown', async () => {
  let asked = 0
  const dying = await aBench((request) => request.socket.destroy())
  const other = await aBench((_request, response) => {
    asked += 1
    response.end()
  })
  const connection = { database: 'd', user: 'u', password: new Secret('p') }
  const seed = { siteId: newId(), connection, email: 'anne@example.fr', name: 'Anne' }
  await expect(new PlatenRuntime([dying, other]).seedAdministrator(seed)).rejects.toMatchObject({ kind: 'unavailable' })
  expect(asked).toBe(0)
})

test('a bench without processes, or with none that answers, is unavailable', async () => {
  for (const sockets of [[], [aSocket(), aSocket()]]) {
    await expect(new PlatenRuntime(sockets).describe()).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
  }
})

test('a call ends when its signal fires', async () => {
  const controller = new AbortController()
  const silent = await aBench(() => controller.abort(new Error('the lease is lost')))
  await expect(new PlatenRuntime([silent]).describe({ signal: controller.signal })).rejects.toMatchObject({
    kind: 'unavailable',
  })
})
