import { once } from 'node:events'
import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, temporaryDirectory } from '../testing/index.ts'
import { exampleApp, exampleServer, exchange, parseAnswer } from './example-server.ts'
import type { ExampleServer } from './example-server.ts'
import { acceptStreams, listenOnSocket } from './index.ts'

const limits = {
  headersTimeoutMs: 400,
  requestTimeoutMs: 800,
  idleTimeoutMs: 3_000,
  checkEveryMs: 50,
  headerBytes: 4_096,
  bodyBytes: 1_000,
}
const get = 'GET /api/v1/things HTTP/1.1\r\n'
const host = 'Host: a.test\r\n'

let server: ExampleServer
beforeAll(async () => {
  server = await exampleServer({ limits })
})
afterAll(() => server.close())

const send = async (bytes: string | Buffer) => parseAnswer(await exchange(server.socketPath, bytes))
const post = (headers: string, body: string) =>
  `PUT /api/v1/things/0199c0de-0000-7000-8000-000000000001 HTTP/1.1\r\n${host}Authorization: Bearer good\r\nContent-Type: application/json\r\n${headers}\r\n${body}`

describe('a slow client', () => {
  test('that does not finish its headers is answered 408 and cut off in time', async () => {
    const startedMs = performance.now()
    const answer = await send(`${get}${host}X-Slow: `)
    expect(answer.status).toBe(408)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'request-timeout', retryable: true })
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  test('that drips its headers byte by byte is cut off all the same', async () => {
    const socket = connect(server.socketPath)
    await once(socket, 'connect')
    socket.on('error', () => {})
    socket.resume()
    socket.write(`${get}${host}X-Drip: `)
    const drip = setInterval(() => socket.write('a'), 20)
    const startedMs = performance.now()
    await once(socket, 'close')
    clearInterval(drip)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  test('that does not finish its body is cut off in time', async () => {
    expect((await send(post('Content-Length: 500\r\n', '{"name":'))).status).toBe(408)
  })

  test('does not hold up others', async () => {
    const slow = Array.from({ length: 100 }, () => connect(server.socketPath, function (this: { write(text: string): void }) { this.write(get) })) // prettier-ignore
    for (const socket of slow) socket.on('error', () => {}).resume()
    const startedMs = performance.now()
    expect((await send(`${get}${host}Connection: close\r\n\r\n`)).status).toBe(200)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    await Promise.all(slow.map((socket) => once(socket, 'close')))
  })
})

describe('a request that two parsers could read in two ways', () => {
  const smuggled = 'GET /api/v1/broken HTTP/1.1\r\nHost: a.test\r\n\r\n'
  test.each([
    ['content length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${smuggled}`)],
    ['chunks and content length', post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', `0\r\n\r\n${smuggled}`)],
    ['two content lengths', post('Content-Length: 2\r\nContent-Length: 5\r\n', '{}')],
    ['a list of content lengths', post('Content-Length: 2, 5\r\n', '{}')],
    ['a signed content length', post('Content-Length: +2\r\n', '{}')],
    ['an unknown transfer encoding', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${smuggled}`)],
    [
      'a transfer encoding twice',
      post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${smuggled}`),
    ],
    ['a blank before the colon', post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${smuggled}`)],
    ['a folded header', post('X-A: b\r\n Transfer-Encoding: chunked\r\n', `0\r\n\r\n${smuggled}`)],
    ['bare line feeds', `GET /api/v1/things HTTP/1.1\nHost: a.test\n\n`],
    ['a bare carriage return in a header', `${get}${host}X-A: b\rTransfer-Encoding: chunked\r\n\r\n`],
    ['a NUL in a header', `${get}${host}X-A: b\0c\r\n\r\n`],
    ['a wrong chunk size', post('Transfer-Encoding: chunked\r\n', `0x5\r\nhello\r\n0\r\n\r\n`)],
    ['two hosts', `${get}${host}Host: b.test\r\nConnection: close\r\n\r\n`],
    ['no host', `${get}Connection: close\r\n\r\n`],
    [
      'a target that names another host',
      `GET http://b.test/api/v1/things HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    ],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('with %s is refused, and what hides behind it is never run', async (_what, bytes) => {
    server.events.length = 0
    const text = await exchange(server.socketPath, bytes)
    expect(parseAnswer(text).status).toBe(400)
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(JSON.stringify(server.events)).not.toContain('/api/v1/broken')
  })
})

describe('sizes (attack 30)', () => {
  test('of headers are limited', async () => {
    expect((await send(`${get}${host}X-Big: ${'x'.repeat(5_000)}\r\n\r\n`)).status).toBe(431)
    expect((await send(`GET /${'x'.repeat(5_000)} HTTP/1.1\r\n${host}\r\n`)).status).toBe(431)
  })

  test('of bodies are limited before and while they arrive', async () => {
    const close = 'Connection: close\r\n'
    const chunk = `200\r\n${'x'.repeat(512)}\r\n`
    expect((await send(post(`${close}Content-Length: 1001\r\n`, ''))).status).toBe(413)
    expect((await send(post(`${close}Transfer-Encoding: chunked\r\n`, `${chunk.repeat(3)}0\r\n\r\n`))).status).toBe(413)
    expect((await send(post(`${close}Content-Length: 1000\r\n`, ' '.repeat(1_000)))).status).toBe(400)
  })

  test('of raw streams are limited before and while they arrive', async () => {
    const config = { policy: { kind: 'public', reason: 'test' } } as const
    const streaming = await exampleServer({ limits }, async (app) => {
      await app.register(async (scope) => {
        acceptStreams(scope, ['image/png'])
        scope.put('/picture', { config, bodyLimit: 2_000 }, async (request) => {
          let sizeBytes = 0
          // acceptStreams gives the body as a stream.
          for await (const chunk of request.body as AsyncIterable<Buffer>) sizeBytes += chunk.length
          return { sizeBytes }
        })
      })
    })
    const head = `PUT /picture HTTP/1.1\r\n${host}Connection: close\r\nContent-Type: image/png\r\n`
    const chunk = `400\r\n${'x'.repeat(1_024)}\r\n`
    const outcomes = await Promise.all([
      exchange(streaming.socketPath, `${head}Content-Length: 1999\r\n\r\n${'x'.repeat(1_999)}`),
      exchange(streaming.socketPath, `${head}Content-Length: 2001\r\n\r\n`),
      exchange(streaming.socketPath, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`),
      exchange(streaming.socketPath, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(2)}0\r\n\r\n`),
      exchange(streaming.socketPath, `${head.replace('png', 'tiff')}Content-Length: 1\r\n\r\nx`),
    ])
    expect(outcomes.map((text) => parseAnswer(text).status)).toEqual([200, 413, 200, 413, 415])
    await streaming.close()
  })
})

describe('a client that goes away while it sends', () => {
  const config = { policy: { kind: 'public', reason: 'test' } } as const
  test.each([
    ['JSON', 'application/json', '/json'],
    ['a stream', 'image/png', '/picture'],
  ])('%s is no error of ours in the log', async (_what, type, path) => {
    const left = await exampleServer({ limits: { bodyBytes: 2_000_000 } }, async (app) => {
      app.put('/json', { config }, async () => ({}))
      await app.register(async (scope) => {
        acceptStreams(scope, ['image/png'])
        // acceptStreams gives the body as a stream.
        scope.put('/picture', { config }, async (request) => buffer(request.body as Readable))
      })
    })
    const socket = connect(left.socketPath)
    await once(socket, 'connect')
    socket.write(`PUT ${path} HTTP/1.1\r\n${host}Content-Type: ${type}\r\nContent-Length: 1000000\r\n\r\n`)
    socket.write('x'.repeat(500), () => socket.destroy())
    await eventually(() => expect(left.events).toContainEqual(expect.objectContaining({ problem: 'client-left' })))
    await left.close()
    expect(left.events.filter((event) => event['level'] === 'error')).toEqual([])
    expect(left.events).toContainEqual(expect.objectContaining({ level: 'debug', problem: 'client-left' }))
  })
})

describe('a socket', () => {
  test('is open to its owner alone', async () => {
    expect((await stat(server.socketPath)).mode & 0o777).toBe(0o600)
  })

  test('trusts forwarded addresses of its peer, by the last hop, and no forwarded host for routing', async () => {
    const answer = await send(
      `GET /api/v1/who HTTP/1.1\r\n${host}X-Forwarded-For: 6.6.6.6, 10.0.0.7\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n`,
    )
    expect(answer.body).toContain('"ip":"10.0.0.7"')
    expect(answer.body).toContain('"protocol":"https"')
  })

  test('over TCP trusts nobody', async () => {
    const answer = await server.app.inject({
      url: '/api/v1/who',
      headers: { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-host': 'evil' },
    })
    expect(answer.json()).toMatchObject({ ip: '127.0.0.1', host: 'localhost:80' })
  })

  test('left behind by a dead process is replaced; one that answers, or a file, is left alone', async () => {
    const directory = await temporaryDirectory()
    const [path, stale] = [join(directory.path, 'file'), join(directory.path, 'stale')]
    await writeFile(path, 'precious')
    const { app } = await exampleApp()
    await expect(listenOnSocket(app, server.socketPath)).rejects.toThrow('another process listens there')
    await expect(listenOnSocket(app, path)).rejects.toThrow('not a socket')
    expect(await readFile(path, 'utf8')).toBe('precious')
    // Renaming keeps Node from removing the socket when its server closes: what kill -9 leaves.
    const dead = createServer().listen(join(directory.path, 'dead'))
    await once(dead, 'listening')
    await rename(join(directory.path, 'dead'), stale)
    await new Promise((resolve) => dead.close(resolve))
    await listenOnSocket(app, stale)
    expect(parseAnswer(await exchange(stale, `GET /live HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).status).toBe(
      200,
    )
    await app.shutdown()
    await directory.remove()
  })
})

test('a TRACE, a CONNECT and an upgrade are refused', async () => {
  expect((await send(`TRACE /api/v1/things HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).status).toBe(405)
  expect(
    (await send(`GET /api/v1/things HTTP/1.1\r\n${host}Connection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n`))
      .status,
  ).toBe(200)
  const connecting = httpRequest({ socketPath: server.socketPath, method: 'CONNECT', path: 'evil.test:443' }).end()
  await expect(once(connecting, 'connect')).rejects.toThrow()
})
