import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../testing/index.ts'
import type { TemporaryDirectory } from '../testing/index.ts'
import { addExampleRoutes, exampleServer, exchange, parseAnswer } from './example-server.ts'
import type { ExampleServer } from './example-server.ts'
import { sendEvents, serveWebApp } from './index.ts'

// The golden set: whoever changes it changes it for every answer, on purpose.
const golden = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
}

let server: ExampleServer
let web: TemporaryDirectory
beforeAll(async () => {
  web = await temporaryDirectory()
  await mkdir(join(web.path, 'assets'))
  await writeFile(join(web.path, 'index.html'), '<!doctype html><html><head></head><body></body></html>')
  await writeFile(join(web.path, 'assets/app-D3adB33f.js'), 'export {}')
  server = await exampleServer({ limits: { headersTimeoutMs: 200, checkEveryMs: 50 } }, async (app) => {
    addExampleRoutes(app)
    const config = { policy: { kind: 'public', reason: 'test' } } as const
    app.get('/api/v1/events', { config }, (_request, reply) => sendEvents(reply, (async function* () {})())) // ends at once
    await serveWebApp(app, web.path)
  })
})
afterAll(async () => {
  await server.close()
  await web.remove()
})

describe('security headers', () => {
  const close = 'Host: a.test\r\nConnection: close\r\n'
  test.each([
    ['an answer', `GET /api/v1/things HTTP/1.1\r\n${close}\r\n`, 200, {}],
    ['HEAD', `HEAD /api/v1/things HTTP/1.1\r\n${close}\r\n`, 200, {}],
    ['a probe', `GET /live HTTP/1.1\r\n${close}\r\n`, 200, {}],
    ['a page of a problem', `GET /problems/conflict HTTP/1.1\r\n${close}\r\n`, 200, {}],
    ['an event stream', `GET /api/v1/events HTTP/1.1\r\n${close}\r\n`, 200, {}],
    [
      'a hashed file',
      `GET /assets/app-D3adB33f.js HTTP/1.1\r\n${close}\r\n`,
      200,
      { 'cache-control': 'public, max-age=31536000, immutable' },
    ],
    [
      'the web page',
      `GET /sites HTTP/1.1\r\nAccept: text/html\r\n${close}\r\n`,
      200,
      { 'content-security-policy': expect.stringMatching(/style-src 'self' 'nonce-[A-Za-z0-9+/]{22}=='/) },
    ],
    ['no credentials', `PUT /api/v1/things/1 HTTP/1.1\r\n${close}Content-Length: 0\r\n\r\n`, 401, {}],
    ['nothing there', `GET /api/v1/nope HTTP/1.1\r\n${close}\r\n`, 404, {}],
    ['a wrong method', `TRACE /api/v1/things HTTP/1.1\r\n${close}\r\n`, 405, {}],
    ['a refused query', `GET /api/v1/things?limit=99 HTTP/1.1\r\n${close}\r\n`, 422, {}],
    ['our mistake', `GET /api/v1/broken HTTP/1.1\r\n${close}\r\n`, 500, {}],
    ['a dependency down', `GET /api/v1/down HTTP/1.1\r\n${close}\r\n`, 503, {}],
    ['a malformed address', `GET /%ZZ HTTP/1.1\r\n${close}\r\n`, 400, {}],
    ['malformed HTTP', `NONSENSE\r\n\r\n`, 400, {}],
    ['headers too large', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, {}],
    ['headers too slow', `GET / HTTP/1.1\r\n`, 408, {}],
  ])('are complete on %s', async (_what, bytes, status, differing) => {
    const answer = parseAnswer(await exchange(server.socketPath, bytes))
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject({ ...golden, ...differing })
    expect(answer.headers).not.toHaveProperty('server')
    expect(answer.headers).not.toHaveProperty('x-powered-by')
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    if (status >= 400) expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  })

  test('allow no inline code or style anywhere', () => {
    expect(golden['content-security-policy']).not.toMatch(/unsafe/)
  })
})
