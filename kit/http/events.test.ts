import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { kitProblems } from '../problems/index.ts'
import { eventually } from '../testing/index.ts'
import { exampleServer, exchange, parseAnswer } from './example-server.ts'
import type { ExampleServer } from './example-server.ts'
import { sendEvents } from './index.ts'
import type { HttpServerOptions, ServerEvent, ServerEvents } from './index.ts'

const config = { policy: { kind: 'authenticated' } } as const
const request = 'GET /events HTTP/1.1\r\nHost: a.test\r\nAuthorization: Bearer good\r\nConnection: close\r\n\r\n'

let server: ExampleServer
afterEach(() => server.close())

async function streaming(
  source: ServerEvents,
  heartbeatMs = 5_000,
  options: Partial<HttpServerOptions> = {},
): Promise<void> {
  server = await exampleServer(options, (app) => {
    app.get('/events', { config }, (_request, reply) => sendEvents(reply, source, { heartbeatMs }))
  })
}

/** Never sends anything; tells whether it was asked to stop. */
function silent(): {
  source: (signal: AbortSignal) => AsyncIterable<ServerEvent>
  stopped: () => boolean
  started: () => boolean
} {
  let signalSeen: AbortSignal | undefined
  const source = async function* (signal: AbortSignal): AsyncGenerator<ServerEvent> {
    signalSeen = signal
    await once(signal, 'abort')
    yield* []
  }
  return { source, stopped: () => signalSeen?.aborted === true, started: () => signalSeen !== undefined }
}

describe('an event stream', () => {
  test('sends each event as one frame and ends with its source', async () => {
    await streaming(
      (async function* () {
        yield { event: 'operation', id: '7', data: { state: 'running', text: 'two\nlines' } }
        yield { data: 1 }
      })(),
    )
    const answer = parseAnswer(await exchange(server.socketPath, request))
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      'cache-control': 'no-store',
    })
    expect(answer.body).toContain('event: operation\nid: 7\ndata: {"state":"running","text":"two\\nlines"}\n\n')
    expect(answer.body).toContain('data: 1\n\n')
  })

  test('keeps event and id from adding fields of their own', async () => {
    await streaming(
      (async function* () {
        yield { event: 'a\ndata: forged', id: '1\n\n', data: {} }
      })(),
    )
    const { body } = parseAnswer(await exchange(server.socketPath, request))
    expect(body).toContain('event: adata:forged\nid: 1\ndata: {}')
  })

  test('answers before the first event and sends heartbeats while nothing happens', async () => {
    const { source } = silent()
    await streaming(source, 20)
    const socket = connect(server.socketPath, () => socket.write(request))
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    await eventually(() => expect(text.match(/: heartbeat\n\n/g)?.length ?? 0).toBeGreaterThan(2))
    expect(text).toContain(': connected\n\n')
    socket.destroy()
  })

  test('stops its source when the client leaves', async () => {
    const { source, stopped, started } = silent()
    await streaming(source)
    const socket = connect(server.socketPath, () => socket.write(request))
    await eventually(() => expect(started()).toBe(true))
    expect(stopped()).toBe(false)
    socket.destroy()
    await eventually(() => expect(stopped()).toBe(true))
  })

  test('stops its source when the process shuts down, without waiting for the drain', async () => {
    const { source, stopped } = silent()
    await streaming(source)
    const socket = connect(server.socketPath, () => socket.write(request))
    await once(socket, 'data')
    const startedMs = performance.now()
    await server.app.shutdown({ drainMs: 20_000 })
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    expect(stopped()).toBe(true)
    socket.destroy()
  })

  test('ends with a problem when its source fails, and the failure is logged once', async () => {
    await streaming(
      (async function* () {
        yield { data: 1 }
        throw new Error('password=hunter2')
      })(),
    )
    const { body } = parseAnswer(await exchange(server.socketPath, request))
    expect(body).toContain('event: problem\ndata: {"type":"/problems/internal"')
    expect(body).not.toContain('hunter2')
    expect(server.events.filter(({ level }) => level === 'error')).toMatchObject([{ msg: 'event stream failed' }])
  })

  test('ends within a heartbeat when its reader loses access', async () => {
    let isAllowed = true
    const { source, stopped } = silent()
    await streaming(source, 20, {
      authorize: async () => {
        if (!isAllowed) throw kitProblems.problem('credentials-missing', 'The session ended.')
      },
    })
    const socket = connect(server.socketPath, () => socket.write(request))
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    await once(socket, 'data')
    isAllowed = false
    await once(socket, 'close')
    expect(text).toContain('"code":"credentials-missing"')
    expect(stopped()).toBe(true)
  })

  test('that may not be read is a problem and never starts', async () => {
    const { source, started } = silent()
    await streaming(source)
    expect(parseAnswer(await exchange(server.socketPath, request.replace('good', 'bad'))).status).toBe(403)
    expect(started()).toBe(false)
  })
})
