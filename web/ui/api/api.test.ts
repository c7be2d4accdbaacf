import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Api } from './api.ts'
import { ConnectionError, ProblemError } from './problem.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** A server that knows one good token, renewed on request, and counts what it is asked. */
async function aServer(answer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false) {
  const asked: string[] = []
  let good = 'token-0'
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (answer(request, response)) return
    if (request.url === '/api/v1/auth/refresh') {
      good = `token-${asked.length}`
      // Later than the calls that wait for it, so that a second renewal would be seen.
      setTimeout(() => json(response, 200, { accessToken: good, expiresInSeconds: 600 }), 20)
    } else if (request.headers.authorization !== `Bearer ${good}`)
      json(response, 401, { code: 'credentials-missing', title: 'No', detail: '' })
    else json(response, 200, { path: request.url })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => server.close())
  // A listening TCP server has an address of this shape.
  const { port } = server.address() as AddressInfo
  const api = new Api(`http://127.0.0.1:${port}`)
  cleanups.push(() => api.connection.report('ok'))
  return { api, asked, server }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

test('calls that meet a stale token at the same time renew it once and all succeed', async () => {
  const { api, asked } = await aServer()
  api.session.adopt({ accessToken: 'stale', expiresInSeconds: 1 })
  const answers = await Promise.all(['/a', '/b', '/c'].map((path) => api.get<{ path: string }>(path)))
  expect(answers.map((answer) => answer.path)).toEqual(['/api/v1/a', '/api/v1/b', '/api/v1/c'])
  expect(asked.filter((line) => line.endsWith('/auth/refresh'))).toHaveLength(1)
})

test('a refused cookie makes the session anonymous', async () => {
  const { api } = await aServer((request, response) => {
    if (request.url !== '/api/v1/auth/refresh') return false
    json(response, 401, { code: 'credentials-missing', title: 'No', detail: '' })
    return true
  })
  expect(await api.session.ready()).toBe('anonymous')
})

test('an outage at the first renewal leaves it open whether somebody is signed in', async () => {
  const { api, server } = await aServer()
  await new Promise((resolve) => server.close(resolve))
  await expect(api.session.ready()).rejects.toBeInstanceOf(ConnectionError)
  expect(api.session.status()).toBe('unknown')
  expect(api.connection.current()).toBe('offline')
})

test('a refusal carries its code and the fields it points at', async () => {
  const { api } = await aServer((_request, response) => {
    json(response, 422, {
      code: 'request-invalid',
      title: 'Refused',
      detail: 'd',
      errors: [{ pointer: '/sku', message: 'taken' }],
    })
    return true
  })
  const error = await api.send('POST', '/products', {}).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(ProblemError)
  expect(error).toMatchObject({ code: 'request-invalid', errors: [{ pointer: '/sku', message: 'taken' }] })
})

test('wrong credentials at sign-in do not try to renew', async () => {
  const { api, asked } = await aServer((_request, response) => {
    json(response, 401, { code: 'credentials-wrong', title: 'No', detail: '' })
    return true
  })
  await expect(api.signIn('/auth/login', {})).rejects.toMatchObject({ code: 'credentials-wrong' })
  expect(asked).toEqual(['POST /api/v1/auth/login'])
})

test.each([
  [503, { 'platen-site-state': 'suspended' }, 'suspended'],
  [502, {}, 'unavailable'],
] as const)('status %i with headers %o is the outage %s', async (status, headers, outage) => {
  const { api } = await aServer((_request, response) => {
    response.writeHead(status, headers).end()
    return true
  })
  await expect(api.get('/site')).rejects.toMatchObject({ outage })
  expect(api.connection.current()).toBe(outage)
})

test('an event stream yields the events of the name asked for', async () => {
  const { api } = await aServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': hello\n\nevent: operation\ndata: {"n":')
    response.end('1}\n\nevent: other\ndata: {}\n\nevent: operation\r\ndata: {"n":2}\r\n\r\n')
    return true
  })
  const seen: number[] = []
  for await (const event of api.events<{ n: number }>('/events', 'operation', new AbortController().signal))
    seen.push(event.n)
  expect(seen).toEqual([1, 2])
})
