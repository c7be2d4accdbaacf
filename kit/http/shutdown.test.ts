import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { eventually } from '../testing/index.ts'
import { exampleServer, exchange, parseAnswer } from './example-server.ts'
import type { ExampleServer } from './example-server.ts'

const config = { policy: { kind: 'public', reason: 'test' } } as const
const get = (path: string, more = 'Connection: close\r\n') => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${more}\r\n`

/** A server whose /slow answers when told to. */
async function slowServer(): Promise<{ server: ExampleServer; release: () => void; entered: Promise<void> }> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>()
  const server = await exampleServer({}, (app) => {
    app.get('/slow', { config }, async () => {
      enter()
      await released
      return { done: true }
    })
    app.get('/quick', { config }, async () => ({}))
  })
  return { server, release, entered }
}

describe('shutdown', () => {
  test('lets running requests end, refuses new ones and says so on /ready', async () => {
    const { server, release, entered } = await slowServer()
    const slow = exchange(server.socketPath, get('/slow'))
    await entered
    const done = server.app.shutdown({ noticeMs: 300 })
    expect(parseAnswer(await exchange(server.socketPath, get('/live'))).status).toBe(200)
    expect(parseAnswer(await exchange(server.socketPath, get('/ready'))).status).toBe(503)
    const refused = parseAnswer(await exchange(server.socketPath, get('/quick')))
    expect(refused.status).toBe(503)
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'shutting-down', retryable: true })
    expect(refused.headers['retry-after']).toBe('2')
    release()
    expect(parseAnswer(await slow)).toMatchObject({ status: 200, body: '{"done":true}' })
    await done
    await expect(exchange(server.socketPath, get('/live'))).rejects.toThrow()
    await server.close()
  })

  test('closes idle connections at once', async () => {
    const { server } = await slowServer()
    const idle = connect(server.socketPath, () => idle.write(get('/quick', '')))
    await once(idle, 'data')
    const startedMs = performance.now()
    await Promise.all([server.app.shutdown({ drainMs: 10_000 }), once(idle, 'close')])
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    await server.close()
  })

  test('cuts what does not end in time', async () => {
    const { server, entered } = await slowServer()
    const slow = exchange(server.socketPath, get('/slow'))
    await entered
    const startedMs = performance.now()
    await server.app.shutdown({ drainMs: 100 })
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    expect(await slow).toBe('')
    await server.close()
  })

  test('happens once, however often it is asked for', async () => {
    const { server } = await slowServer()
    await Promise.all([server.app.shutdown(), server.app.shutdown()])
    await server.close()
  })
})

describe('a process', () => {
  const index = new URL('index.ts', import.meta.url).href
  const logging = new URL('../logging/index.ts', import.meta.url).href
  const program = (stop: string, then = '') => `
    import { exitOnSignals } from ${JSON.stringify(index)}
    import { createLogger } from ${JSON.stringify(logging)}
    exitOnSignals(createLogger({ name: 'p', level: 'info' }), () => ${stop})
    setInterval(() => {}, 1000)
    console.log('started')
    ${then}`

  async function run(
    source: string,
    signals: readonly NodeJS.Signals[],
  ): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const ended = once(child, 'exit')
    await eventually(() => expect(output).toContain('started'))
    for (const [sent, signal] of signals.entries()) {
      child.kill(signal)
      await eventually(() => expect(output.match(/"signal"/g)?.length ?? 0).toBeGreaterThan(sent))
    }
    const [code] = (await ended) as [number | null] // exit's arguments
    return { code, output }
  }

  test('stops in order on SIGTERM and exits 0', async () => {
    expect(await run(program('Promise.resolve()'), ['SIGTERM'])).toMatchObject({ code: 0 })
  })

  test('exits at once on the second signal', async () => {
    expect(await run(program('new Promise(() => {})'), ['SIGINT', 'SIGTERM'])).toMatchObject({ code: 1 })
  })

  test('says why and exits 1 when stopping fails or something is not caught', async () => {
    const failed = await run(program('Promise.reject(new Error("cannot stop"))'), ['SIGTERM'])
    expect(failed).toMatchObject({ code: 1, output: expect.stringContaining('cannot stop') })
    const thrown = await run(program('Promise.resolve()', 'setTimeout(() => { throw new Error("surprise") }, 10)'), [])
    expect(thrown).toMatchObject({ code: 1, output: expect.stringContaining('surprise') })
    const rejected = await run(
      program('Promise.resolve()', 'setTimeout(() => { void Promise.reject(new Error("unhandled")) }, 10)'),
      [],
    )
    expect(rejected).toMatchObject({ code: 1, output: expect.stringContaining('unhandled') })
  })
})
