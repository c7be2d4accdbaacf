import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { openWorkerPool } from '../../kit/jobs/index.ts'
import { one, openDatabase, sql, type Connection, type Db } from '../../kit/sql/index.ts'
import { eventually, temporaryDirectory, testServer, type TemporaryDirectory } from '../../kit/testing/index.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { randomFrom, TcpProxy, type Toxics } from './index.ts'

const random = randomFrom()
let directory: TemporaryDirectory
let proxy: TcpProxy

beforeAll(async () => {
  directory = await temporaryDirectory()
})
afterAll(() => directory.remove())
afterEach(() => proxy.close())

const took = async (work: Promise<unknown>): Promise<number> => {
  const startedMs = performance.now()
  await work
  return performance.now() - startedMs
}

describe('between programs of ours and PostgreSQL', () => {
  let db: Db

  beforeEach(async () => {
    const { host, port = 5432 } = testServer()
    proxy = await TcpProxy.start({ upstream: { path: join(host, `.s.PGSQL.${port}`) }, random })
    db = openDatabase(through())
  })
  afterEach(() => db.destroy())

  const through = (more: Partial<Connection> = {}): Connection => ({ ...testServer(), ...proxy.endpoint, ...more })
  const ask = (what: Db = db) => one(what, sql<{ answer: number }>`select 42 as answer`)
  const asleep = () => sql`select pg_sleep(30)`.execute(db)
  const statements = () => proxy.statistics.bytesUp

  test('without toxics it changes nothing', async () => {
    expect(await ask()).toEqual({ answer: 42 })
    const { sum } = await one(
      db,
      sql<{ sum: bigint }>`select sum(length(repeat('x', 1000000))) as sum from generate_series(1, 5)`,
    )
    expect(sum).toBe(5_000_000n)
    const { text } = await one(db, sql<{ text: string }>`select repeat('x', 3000000) as text`)
    expect(text).toHaveLength(3_000_000)
  })

  test('it listens on a unix socket too', async () => {
    const { host, port = 5432 } = testServer()
    const path = join(directory.path, '.s.PGSQL.5432')
    const onSocket = await TcpProxy.start({
      upstream: { path: join(host, `.s.PGSQL.${port}`) },
      listen: { path },
      random,
    })
    const overSocket = openDatabase({ ...testServer(), host: directory.path, port: 5432 })
    expect(await ask(overSocket)).toEqual({ answer: 42 })
    onSocket.resetAll()
    expect(await eventually(() => ask(overSocket))).toEqual({ answer: 42 })
    await overSocket.destroy()
    await onSocket.close()
  })

  test('latency costs one way each, and a healed line costs nothing', async () => {
    await ask()
    await proxy.set({ latencyMs: 100 })
    const slowMs = await took(ask())
    expect(slowMs).toBeGreaterThanOrEqual(195)
    await proxy.heal()
    await eventually(async () => (await took(ask())) < 150)
  })

  test('a reset in the middle of a statement is an error, not a hang; the next statement has a new connection', async () => {
    const before = statements()
    const sleeping = asleep().then(
      () => 'slept',
      (error: unknown) => String(error),
    )
    await eventually(() => statements() > before)
    expect(await took(eventually(() => proxy.resetAll() > 0).then(() => sleeping))).toBeLessThan(3_000)
    expect(await sleeping).toMatch(/ECONNRESET|Connection terminated/)
    expect(await ask()).toEqual({ answer: 42 })
  })

  test('a half-open connection is noticed by a time-out of the client, the server says nothing', async () => {
    const pool = openWorkerPool(through(), { max: 1, purpose: 'half-open', statementTimeoutMs: 200 })
    // pg's own: the statement_timeout of the server cannot help, its answer does not arrive.
    const query = { text: 'select 1', query_timeout: 400 }
    await pool.query(query)
    await proxy.set({ halfOpen: 'drop' })
    await expect(pool.query(query)).rejects.toThrow('Query read timeout')
    await proxy.heal()
    await pool.end()
  })

  test('without such a time-out a statement hangs as long as the line is half-open, and fails when it is back', async () => {
    await ask()
    await proxy.set({ halfOpen: 'drop' })
    let outcome = 'none'
    const asking = ask().then(
      () => (outcome = 'answered'),
      () => (outcome = 'failed'),
    )
    await expect(eventually(() => outcome !== 'none', { timeoutMs: 500 })).rejects.toThrow('did not happen')
    await proxy.heal()
    await asking
    expect(outcome).toBe('failed')
    expect(await ask()).toEqual({ answer: 42 })
  })

  test('stranded connections stay so, new ones work', async () => {
    await ask()
    expect(proxy.strandAll()).toBe(1)
    let outcome = 'none'
    const asking = ask().catch(() => (outcome = 'failed'))
    await proxy.heal()
    const other = openDatabase(through())
    expect(await ask(other)).toEqual({ answer: 42 })
    await other.destroy()
    expect(outcome).toBe('none')
    proxy.resetAll()
    await asking
    expect(outcome).toBe('failed')
  })

  test('a short partition delays: the bytes come when the line is back', async () => {
    await ask()
    await proxy.set({ halfOpen: 'hold' })
    let isAnswered = false
    const asking = ask().finally(() => (isAnswered = true))
    await expect(eventually(() => isAnswered, { timeoutMs: 300 })).rejects.toThrow('did not happen')
    await proxy.heal()
    expect(await asking).toEqual({ answer: 42 })
  })

  test('an answer that is cut short is an error', async () => {
    await proxy.set({ direction: 'down', resetAfterBytes: 20_000 })
    await expect(sql`select repeat('x', 1000000)`.execute(db)).rejects.toThrow(/ECONNRESET|Connection terminated/)
    await proxy.heal()
    expect(await ask()).toEqual({ answer: 42 })
  })

  test('down, connections are refused; up again, at the same address', async () => {
    await ask()
    const { endpoint } = proxy
    await proxy.set({ down: true })
    expect(proxy.statistics.open).toBe(0)
    await expect(ask()).rejects.toThrow(/ECONNREFUSED|ECONNRESET|Connection terminated/)
    await proxy.heal()
    expect(proxy.endpoint).toEqual(endpoint)
    expect(await ask()).toEqual({ answer: 42 })
  })

  test('sliced into pieces of a few bytes, in both directions, everything is still right', async () => {
    await proxy.set({ sliceBytes: 7, jitterMs: 2 })
    const { text } = await one(db, sql<{ text: string }>`select repeat('platen ', 3000) as text`)
    expect(text).toBe('platen '.repeat(3000))
  })

  test('bandwidth is what was asked for', async () => {
    await ask()
    await proxy.set({ direction: 'down', bytesPerSecond: 200_000, sliceBytes: 8_000 })
    const ms = await took(sql`select repeat('x', 100000)`.execute(db))
    expect(ms).toBeGreaterThan(400)
    expect(ms).toBeLessThan(4_000)
  })
})

describe('bytes', () => {
  /** What an echo of `sent` is after it went through the toxics. */
  async function echoOf(sent: Buffer, toxics: Toxics): Promise<Buffer> {
    const sockets: Socket[] = []
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket)
      socket.pipe(socket)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // listens on TCP
    proxy = await TcpProxy.start({ upstream: { host: '127.0.0.1', port }, random })
    await proxy.set(toxics)
    const client = connect({ ...proxy.endpoint, allowHalfOpen: true })
    client.end(sent)
    const received = await buffer(client)
    server.close()
    return received
  }

  const sent = Buffer.from(Array.from({ length: 200_000 }, () => random.integer(0, 255)))

  test.each<[string, Toxics]>([
    ['nothing wrong', {}],
    ['jitter', { jitterMs: 20 }],
    ['slices and jitter', { sliceBytes: 900, jitterMs: 3 }],
    ['bandwidth', { bytesPerSecond: 1_000_000, sliceBytes: 20_000 }],
    ['trouble in one direction', { direction: 'up', sliceBytes: 500, latencyMs: 10 }],
  ])('arrive whole and in order, and the end after them: %s', async (_what, toxics) => {
    expect((await echoOf(sent, toxics)).equals(sent)).toBe(true)
    await eventually(() => proxy.statistics.open === 0)
  })

  test('the limit is exact', async () => {
    const received = echoOf(sent, { direction: 'up', resetAfterBytes: 12_345 })
    await expect(received).rejects.toThrow('ECONNRESET')
    expect(proxy.statistics.bytesUp).toBe(12_345)
  })
})
