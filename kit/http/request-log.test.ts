import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleServer, exchange, type ExampleServer } from './example-server.ts'

let server: ExampleServer
beforeAll(async () => {
  server = await exampleServer()
})
afterAll(() => server.close())

// Percent-encoded where it must be; every write to the log is parsed as one JSON value (see example-server.ts).
const forgeries = [
  ['a line break in the path', 'GET /api/v1/things%0d%0a{"level":"fatal"} HTTP/1.1\r\nHost: a\r\n'],
  ['a quote in the path', 'GET /api/v1/"},{"level":"fatal HTTP/1.1\r\nHost: a\r\n'],
  ['terminal colours in the path', 'GET /%1b[31m%c2%9b HTTP/1.1\r\nHost: a\r\n'],
  ['bidi marks in the path', 'GET /%e2%80%aetxt.exe HTTP/1.1\r\nHost: a\r\n'],
  ['raw bytes in the path', 'GET /\u202e\u2028x HTTP/1.1\r\nHost: a\r\n'],
  ['a forged request id', 'GET /api/v1/things HTTP/1.1\r\nHost: a\r\nX-Request-Id: x","level":"fatal\r\n'],
  ['a hostile program name', 'GET /api/v1/things HTTP/1.1\r\nHost: a\r\nUser-Agent: \u001b[31m"}{"\u0085\r\n'],
  ['a path of 8 kB', `GET /${'a'.repeat(8_000)} HTTP/1.1\r\nHost: a\r\n`],
] as const

describe('row 43: the line of a request', () => {
  test.each(forgeries)('with %s is one line with nothing forged in it', async (_what, request) => {
    server.events.length = 0
    await exchange(server.socketPath, Buffer.from(`${request}Connection: close\r\n\r\n`, 'utf8'))
    await expect.poll(() => server.events.length).toBeLessThanOrEqual(1)
    for (const event of server.events) {
      expect(event).toMatchObject({ msg: 'request', level: 'info', requestId: expect.stringMatching(/^[\w-]{8,64}$/) })
      expect(String(event['path']).length).toBeLessThanOrEqual(500)
      expect(JSON.stringify(event)).not.toContain('"level":"fatal"')
    }
  })

  test('holds neither query nor credentials nor body', async () => {
    server.events.length = 0
    const canary = 'canary-7c1e'
    await server.app.inject({
      method: 'PUT',
      url: `/api/v1/things/0199c0de-0000-7000-8000-000000000000?ticket=${canary}`,
      headers: { authorization: `Bearer ${canary}`, cookie: `s=${canary}`, 'x-request-id': 'request-of-mine' },
      payload: { name: canary },
    })
    expect(server.events).toMatchObject([{ msg: 'request', status: 403, requestId: 'request-of-mine' }])
    expect(JSON.stringify(server.events)).not.toContain(canary)
  })
})
