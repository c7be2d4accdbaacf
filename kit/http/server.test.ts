import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { exampleServer } from './example-server.ts'
import type { ExampleServer } from './example-server.ts'
import { listRoutes, requestHost } from './index.ts'
import type { HttpServer } from './index.ts'

let server: ExampleServer
beforeAll(async () => {
  server = await exampleServer()
})
afterAll(() => server.close())

const thing = '/api/v1/things/0199c0de-0000-7000-8000-000000000001'
const good = { authorization: 'Bearer good' }
const put = (payload: object | string, headers: Record<string, string> = {}) =>
  server.app.inject({
    method: 'PUT',
    url: thing,
    payload,
    headers: { ...good, 'content-type': 'application/json', ...headers },
  })

describe('a route', () => {
  test('without a policy stops the start', async () => {
    const start = exampleServer({}, (app) => void app.get('/open', async () => 'anybody'))
    await expect(start).rejects.toThrow('Route GET /open has no policy')
  })

  test('in a plugin without a policy stops the start too', async () => {
    const start = exampleServer({}, async (app) => {
      await app.register(async (scope) => void scope.post('/open', async () => 'anybody'))
    })
    await expect(start).rejects.toThrow('Route POST /open has no policy')
  })

  test.each([
    ['is public without a reason', { policy: { kind: 'public', reason: ' ' } }, 'public without a reason'],
    [
      'lists a problem nobody defined',
      { policy: { kind: 'authenticated' }, problems: ['no-such-code'] },
      'which no table defines',
    ],
  ] as const)('that %s stops the start', async (_what, config, message) => {
    await expect(exampleServer({}, (app) => void app.get('/x', { config }, async () => ''))).rejects.toThrow(message)
  })

  test.each([
    ['at the top', z.object({ a: z.string() })],
    ['in a list', z.strictObject({ list: z.array(z.object({})) })],
    ['in an option', z.strictObject({ a: z.looseObject({}).optional() })],
    ['in a union', z.union([z.strictObject({}), z.object({ b: z.int() })])],
  ])('whose body would ignore unknown fields %s stops the start', async (_where, body) => {
    const config = { policy: { kind: 'authenticated' } } as const
    await expect(
      exampleServer({}, (app) => void app.post('/x', { config, schema: { body } }, async () => '')),
    ).rejects.toThrow('use z.strictObject')
  })

  test('gives its policy to the HEAD route made from it', () => {
    const head = listRoutes(server.app).filter((route) => route.method === 'HEAD')
    expect(head.map(({ path }) => path)).toContain('/api/v1/things')
    for (const route of listRoutes(server.app))
      expect(route.config.policy, `${route.method} ${route.path}`).toBeDefined()
  })
})

describe('authorisation', () => {
  test('comes before the body is read', async () => {
    const answer = await server.app.inject({
      method: 'PUT',
      url: thing,
      payload: '{broken',
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.json()).toMatchObject({ status: 401, code: 'credentials-missing' })
    expect((await put('{broken', { authorization: 'Bearer other' })).json()).toMatchObject({
      status: 403,
      code: 'forbidden',
    })
  })
})

describe('a body', () => {
  test('that follows its schema reaches the handler; the answer has only the fields of its schema', async () => {
    const answer = await put({ name: 'Lamp' })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ id: thing.slice(-36), name: 'Lamp' })
  })

  test('with unknown fields is refused with a pointer to each', async () => {
    const answer = await put({ name: 'Lamp', isOperator: true, parts: [{ sku: 'a', quantity: 1, 'net/price~': 0 }] })
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({
      code: 'request-invalid',
      errors: [
        { pointer: '/parts/0/net~1price~0' },
        { pointer: '/isOperator', message: 'This field is not known here.' },
      ],
    })
  })

  test('with wrong values is refused with a pointer to each, path and query included', async () => {
    const pointers = (answer: { json(): { errors: { pointer: string }[] } }) =>
      answer.json().errors.map((place) => place.pointer)
    expect(pointers(await put('{"name":"","role":"king","parts":[{"sku":1,"quantity":1e400}]}'))).toEqual([
      '/name',
      '/role',
      '/parts/0/sku',
      '/parts/0/quantity',
    ])
    expect(pointers(await put([]))).toEqual([''])
    expect(
      pointers(
        await server.app.inject({ method: 'PUT', url: '/api/v1/things/1', payload: { name: 'x' }, headers: good }),
      ),
    ).toEqual(['/params/id'])
    expect(pointers(await server.app.inject('/api/v1/things?limit=11&serach=x'))).toEqual([
      '/query/limit',
      '/query/serach',
    ])
  })

  test.each([
    ['malformed JSON', '{"name":', {}, 400, 'malformed-request'],
    ['__proto__', '{"name":"x","__proto__":{"isOperator":true}}', {}, 400, 'malformed-request'],
    ['constructor.prototype', '{"name":"x","constructor":{"prototype":{}}}', {}, 400, 'malformed-request'],
    ['a key twice', '{"name":"x","name":"y"}', {}, 400, 'malformed-request'],
    ['too much depth', '['.repeat(40) + ']'.repeat(40), {}, 400, 'malformed-request'],
    ['text/plain', '{"name":"x"}', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
    ['a form', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported-media-type'],
    [
      'a content type that only begins like JSON',
      '{"name":"x"}',
      { 'content-type': 'application/json-seq' },
      415,
      'unsupported-media-type',
    ],
    ['compression', '{"name":"x"}', { 'content-encoding': 'gzip' }, 415, 'unsupported-media-type'],
    ['too many bytes', `"${'x'.repeat(1_048_575)}"`, {}, 413, 'too-large'],
    ['nothing in it', '', {}, 422, 'request-invalid'],
  ])('with %s is refused', async (_what, payload, headers, status, code) => {
    const answer = await put(payload, headers)
    expect(answer.json()).toMatchObject({ status, code })
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  })

  test('one byte under its limit is read', async () => {
    expect((await put(`"${'x'.repeat(1_048_574)}"`)).statusCode).toBe(422)
  })

  test('never leaves a trace on the prototype of objects', async () => {
    await put('{"__proto__":{"polluted":1}}')
    await put('{"name":"x","constructor":{"prototype":{"polluted":1}}}')
    await server.app.inject('/api/v1/things?__proto__[polluted]=1&constructor.prototype.polluted=1')
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('an address', () => {
  test.each([
    ['GET', '/api/v1/nothing', 404, undefined],
    ['GET', thing, 405, 'PUT'],
    ['DELETE', thing, 405, 'PUT'],
    ['POST', '/api/v1/things', 405, 'GET, HEAD'],
    ['OPTIONS', '/api/v1/things', 405, 'GET, HEAD'],
    ['TRACE', '/api/v1/things', 405, 'GET, HEAD'],
    ['GET', '/api/v1/things/', 404, undefined],
    ['GET', '/API/v1/things', 404, undefined],
    ['GET', '/api/v1/things;x=1', 404, undefined],
    ['GET', '/api/v1/..;/things', 404, undefined],
    ['GET', '/%ZZ', 400, undefined],
    ['GET', '/api%2fv1/things', 400, undefined],
    ['GET', '/api/v1/things?limit=%00', 400, undefined],
    ['GET', `/problems/${'x'.repeat(300)}`, 400, undefined],
  ] as const)('%s %s is %i', async (method, url, status, allow) => {
    const answer = await server.app.inject({ method: method as 'GET', url }) // TRACE is not in the type and must still be answered
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['allow']).toBe(allow)
    expect(answer.json()).toMatchObject({ status })
  })
})

test('what pages ask every few seconds is logged at debug, unless it is refused', async () => {
  const config = { policy: { kind: 'permission', permission: 'x' }, isPolled: true } as const
  const polled = await exampleServer({}, (app) => void app.get('/api/v1/polled', { config }, async () => ({})))
  await polled.app.inject({ url: '/api/v1/polled', headers: { authorization: 'Bearer good' } })
  await polled.app.inject('/api/v1/polled')
  const requests = polled.events.filter(({ msg }) => msg === 'request')
  expect(requests.map(({ level, status }) => [level, status])).toEqual([
    ['debug', 200],
    ['info', 401],
  ])
  await polled.close()
})

describe('a failure on our side', () => {
  test('tells the client nothing but the request id and is logged once with its causes', async () => {
    server.events.length = 0
    const answer = await server.app.inject('/api/v1/broken')
    expect(answer.json()).toEqual({
      type: '/problems/internal',
      title: 'Our mistake',
      status: 500,
      detail: 'Something went wrong on our side. It was recorded with this request id.',
      code: 'internal',
      retryable: false,
      instance: answer.headers['x-request-id'],
    })
    const errors = server.events.filter(({ level }) => level === 'error')
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({
      requestId: answer.headers['x-request-id'],
      err: { message: 'password=hunter2', cause: { message: 'the root of it' } },
    })
    expect(server.events.filter(({ msg }) => msg === 'request')).toMatchObject([
      { route: '/api/v1/broken', status: 500, problem: 'internal' },
    ])
  })

  test('of something we depend on is 503 and says that trying again may help', async () => {
    expect((await server.app.inject('/api/v1/down')).json()).toMatchObject({
      status: 503,
      code: 'dependency-unavailable',
      retryable: true,
    })
  })

  test.each(['/api/v1/lies', '/api/v1/chatty'])(
    'to follow our own response schema (%s) is 500 and sends nothing of it',
    async (url) => {
      const answer = await server.app.inject(url)
      expect(answer.json()).toMatchObject({ status: 500, code: 'internal' })
      expect(answer.body).not.toContain('argon2')
    },
  )
})

describe('a request id', () => {
  test('is taken over when it is well-formed', async () => {
    const id = '0199c0de-0000-7000-8000-00000000abcd'
    expect((await server.app.inject({ url: '/live', headers: { 'x-request-id': id } })).headers['x-request-id']).toBe(
      id,
    )
  })

  test.each(['short', 'x'.repeat(65), 'has blanks in it', 'semi;colon-1234', '{"json":"yes"}'])(
    '%s is replaced',
    async (id) => {
      const answer = await server.app.inject({ url: '/live', headers: { 'x-request-id': id } })
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    },
  )
})

describe('cookie routes (attack 19)', () => {
  const host = 'console.platen.localhost:32443'
  const post = async (headers: Record<string, string>) => {
    const answer = await server.app.inject({ method: 'POST', url: '/api/v1/sessions', headers: { host, ...headers } })
    return answer.statusCode
  }
  test('accept our own pages', async () => {
    expect(await post({ 'sec-fetch-site': 'same-origin', origin: `https://${host}` })).toBe(200)
    expect(await post({ 'sec-fetch-site': 'same-origin' })).toBe(200)
    expect(await post({ origin: `https://${host.toUpperCase()}` })).toBe(200)
  })
  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }],
    ['a sibling site of the zone', { 'sec-fetch-site': 'same-site', origin: 'https://acme.platen.localhost:32443' }],
    ['a sibling without fetch metadata', { origin: 'https://acme.platen.localhost:32443' }],
    ['another port', { origin: 'https://console.platen.localhost' }],
    ['plain http', { origin: `http://${host}` }],
    ['a sandboxed frame', { origin: 'null' }],
    ['contradicting headers', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.test' }],
    ['a typed address', { 'sec-fetch-site': 'none' }],
    ['nobody in particular', {}],
  ])('refuse %s', async (_who, headers) => {
    expect(await post(headers)).toBe(403)
  })
})

describe('the page of a problem', () => {
  test('exists for every code and says what to do', async () => {
    const answer = await server.app.inject('/problems/version-stale')
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('Reload to see the other change')
    expect((await server.app.inject('/problems/__proto__')).statusCode).toBe(404)
  })
})

describe('probes', () => {
  test('say that the process lives and whether it is ready', async () => {
    expect((await server.app.inject('/live')).json()).toEqual({ live: true, name: 'example', version: '1.2.3' })
    expect((await server.app.inject('/ready')).json()).toEqual({ ready: true, checks: {} })
  })

  test('are 503 with the reason when a check fails, throws or hangs', async () => {
    const readiness = [
      async () => ({ ok: false, checks: { database: { ok: false, detail: 'no answer' } } }),
      async () => Promise.reject(new Error('secret reason')),
      () => new Promise<never>(() => {}),
    ]
    for (const ready of readiness) {
      const failing = await exampleServer({ ready, limits: { readyTimeoutMs: 50 } })
      const answer = await failing.app.inject('/ready')
      expect(answer.statusCode).toBe(503)
      expect(answer.json()).toMatchObject({ ready: false })
      expect(answer.body).not.toContain('secret')
      expect((await failing.app.inject('/live')).statusCode).toBe(200)
      await failing.close()
    }
  })
})

describe('what runs before the policy', () => {
  test('sees every request but probes, also those that lead nowhere', async () => {
    const seen: string[] = []
    const beforePolicy = async (request: Parameters<typeof requestHost>[0]) =>
      void seen.push(`${requestHost(request)}${request.url}`)
    const hosted = await exampleServer({ beforePolicy })
    for (const url of ['/live', '/api/v1/things', '/nowhere'])
      await hosted.app.inject({ url, headers: { host: 'Acme.Test.:32443', 'x-forwarded-host': 'evil' } })
    expect(seen).toEqual(['acme.test/api/v1/things', 'acme.test/nowhere'])
    await hosted.close()
  })
})

// Types only: the body and parameters of a route are those of its schemas.
export function typedRoute(app: HttpServer): void {
  const schema = { body: z.strictObject({ count: z.int() }) }
  app.post('/typed', { config: { policy: { kind: 'operator' } }, schema }, async (request) =>
    request.body.count.toFixed(2),
  )
}
