import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { exampleApp } from './example-server.ts'
import { isUnavailable } from './unavailable.ts'

let server: Server | undefined
const pools: pg.Pool[] = []
const sockets = new Set<Socket>()
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  server?.close()
  await Promise.all(pools.splice(0).map((pool) => pool.end()))
})

/** A pool of the real pg before something that is no PostgreSQL. */
async function poolBefore(onConnection: (socket: Socket) => void): Promise<pg.Pool> {
  server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    onConnection(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server that listens has an address of this shape.
  const { port } = server.address() as AddressInfo
  const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'u', max: 1, connectionTimeoutMillis: 100 })
  pool.on('error', () => undefined)
  pools.push(pool)
  return pool
}

async function answerTo(error: unknown): Promise<unknown> {
  const { app } = await exampleApp({}, (routes) => {
    routes.get('/', { config: { policy: { kind: 'public', reason: 'test' } } }, async () => {
      throw new Error('reading orders', { cause: error })
    })
  })
  const response = await app.inject('/')
  await app.shutdown()
  return response.json()
}

const unavailable = { status: 503, code: 'dependency-unavailable', retryable: true }

test('a database that closes the connection is 503', async () => {
  const pool = await poolBefore((socket) => socket.end())
  const error: unknown = await pool.query('select 1').catch((reason: unknown) => reason)
  expect(String(error)).toContain('Connection terminated unexpectedly')
  expect(await answerTo(error)).toMatchObject(unavailable)
})

test('a database that does not answer in time is 503', async () => {
  const pool = await poolBefore(() => undefined)
  const error: unknown = await pool.query('select 1').catch((reason: unknown) => reason)
  expect(String(error)).toContain('timeout')
  expect(await answerTo(error)).toMatchObject(unavailable)
})

test('a pool without a free connection is 503', async () => {
  const pool = await poolBefore((socket) => {
    // AuthenticationOk and ReadyForQuery; queries are not answered.
    socket.once('data', () => socket.write(Buffer.from('5200000008000000005a0000000549', 'hex')))
  })
  const held = await pool.connect()
  const error: unknown = await pool.query('select 1').catch((reason: unknown) => reason)
  held.release(true)
  expect(String(error)).toContain('timeout exceeded when trying to connect')
  expect(await answerTo(error)).toMatchObject(unavailable)
})

test('an error that only resembles one of those is ours', () => {
  expect(isUnavailable(new Error('timeout'))).toBe(false)
  expect(isUnavailable(new Error('Client was closed and is not queryable'))).toBe(false)
})
