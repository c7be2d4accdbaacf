import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACME, startTestEdge, untilClosed, ZONE, type TestEdge } from './testing/index.ts'

let t: TestEdge
const reached: string[] = []
beforeAll(async () => {
  t = await startTestEdge()
  await t.upstream('bench-1', (request, response) => {
    reached.push(`${request.method} ${request.url}`)
    request.resume().on('end', () => response.end('ok'))
  })
})
afterAll(() => t.stop())

async function send(bytes: string): Promise<string> {
  const socket = await t.raw(ACME)
  const answer = untilClosed(socket)
  socket.write(bytes, 'latin1')
  const timer = setTimeout(() => socket.end(), 500)
  const text = await answer
  clearTimeout(timer)
  return text
}

describe('ambiguous requests are refused before they reach a bench', () => {
  const close = 'Connection: close\r\n'
  test.each([
    [
      'length and chunks',
      `POST / HTTP/1.1\r\nHost: ${ACME}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['two lengths', `POST / HTTP/1.1\r\nHost: ${ACME}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    ['a length that is none', `POST / HTTP/1.1\r\nHost: ${ACME}\r\nContent-Length: +5\r\n\r\nhello`],
    ['hidden chunking', `POST / HTTP/1.1\r\nHost: ${ACME}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['chunked not last', `POST / HTTP/1.1\r\nHost: ${ACME}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['a space before the colon', `POST / HTTP/1.1\r\nHost: ${ACME}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['a bare line feed', `GET / HTTP/1.1\nHost: ${ACME}\n\n`],
    ['a folded header', `GET / HTTP/1.1\r\nHost: ${ACME}\r\nX-A: 1\r\n Transfer-Encoding: chunked\r\n${close}\r\n`],
    ['two hosts', `GET / HTTP/1.1\r\nHost: ${ACME}\r\nHost: evil.example\r\n${close}\r\n`],
    ['no host', `GET / HTTP/1.1\r\n${close}\r\n`],
    ['an empty host', `GET / HTTP/1.1\r\nHost:\r\n${close}\r\n`],
    ['a host with a user', `GET / HTTP/1.1\r\nHost: a@${ACME}\r\n${close}\r\n`],
    ['a host with a path', `GET / HTTP/1.1\r\nHost: ${ACME}/x\r\n${close}\r\n`],
    ['an absolute URL of another host', `GET https://evil.example/ HTTP/1.1\r\nHost: ${ACME}\r\n${close}\r\n`],
    ['an absolute URL of the same host', `GET https://${ACME}/ HTTP/1.1\r\nHost: ${ACME}\r\n${close}\r\n`],
    ['an asterisk', `OPTIONS * HTTP/1.1\r\nHost: ${ACME}\r\n${close}\r\n`],
    ['a NUL in a header', `GET / HTTP/1.1\r\nHost: ${ACME}\r\nX-A: a\0b\r\n${close}\r\n`],
  ])('%s', async (_case, bytes) => {
    reached.length = 0
    const answer = await send(bytes)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(reached).toEqual([])
  })

  test('CONNECT and TRACE are not served', async () => {
    reached.length = 0
    expect(await send(`TRACE / HTTP/1.1\r\nHost: ${ACME}\r\n${close}\r\n`)).toMatch(/^HTTP\/1\.1 405 /)
    expect(await send(`CONNECT evil.example:443 HTTP/1.1\r\nHost: ${ACME}\r\n\r\n`)).not.toMatch(/^HTTP\/1\.1 2/)
    expect(reached).toEqual([])
  })

  test('headers above 16 kB are 431', async () => {
    expect(await send(`GET / HTTP/1.1\r\nHost: ${ACME}\r\nX-A: ${'a'.repeat(17_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    )
  })

  test.each([
    ['that is malformed', `GET / HTTP/1.1\nHost: ${ACME}\n\n`, 400, 'edge-request-malformed'],
    [
      'with too large headers',
      `GET / HTTP/1.1\r\nHost: ${ACME}\r\nX-A: ${'a'.repeat(17_000)}\r\n\r\n`,
      431,
      'edge-headers-too-large',
    ],
  ])('a request %s is answered with a problem and the headers of every answer', async (_case, bytes, status, code) => {
    const unencrypted = connect(t.httpPort, '127.0.0.1')
    const plain = untilClosed(unencrypted)
    unencrypted.write(bytes)
    const ordinary = await t.get(`typo.${ZONE}`)
    for (const answer of [await send(bytes), await plain]) {
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      expect(JSON.parse(body)).toMatchObject({ status, code })
      const headers = head.toLowerCase()
      expect(headers).toContain('content-type: application/problem+json')
      expect(headers).toContain('connection: close')
      for (const name of [
        'strict-transport-security',
        'x-content-type-options',
        'x-frame-options',
        'referrer-policy',
      ]) {
        expect(headers).toContain(`${name}: ${ordinary.headers[name]?.toString().toLowerCase()}`)
      }
      expect(headers).toContain("default-src 'none'")
    }
  })

  test('a body that stops making sense in the middle of its answer adds nothing to the answer', async () => {
    const { socketPath } = await t.upstream('another', (request, response) => {
      response.write('begun')
      request.resume()
    })
    t.change({ benches: [{ name: 'main', sockets: [socketPath] }] })
    const socket = await t.raw(ACME)
    const answer = untilClosed(socket)
    socket.write(`POST / HTTP/1.1\r\nHost: ${ACME}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`)
    await once(socket, 'data')
    socket.write('nonsense\r\n')
    expect((await answer).match(/HTTP\/1\.1 /g)).toHaveLength(1)
    t.change({})
  })

  test('encoded paths reach the bench as they were written', async () => {
    reached.length = 0
    for (const path of ['/a%2f..%2fb', '/%5c', '/a;b/../c', '//x//y', '/..%00', '/%E9?%zz']) {
      expect(await send(`GET ${path} HTTP/1.1\r\nHost: ${ACME}\r\n${close}\r\n`)).toMatch(/^HTTP\/1\.1 200 /)
      expect(reached.at(-1)).toBe(`GET ${path}`)
    }
  })

  test('pipelined requests each get their own answer, in order', async () => {
    const text = await send(
      `GET /1 HTTP/1.1\r\nHost: ${ACME}\r\n\r\nGET /2 HTTP/1.1\r\nHost: other.${ZONE}\r\n${close}\r\n`,
    )
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(['200', '421'])
  })
})

describe('TLS', () => {
  test('TLS 1.1 is refused, 1.2 and 1.3 are spoken', async () => {
    const speak = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string> =>
      new Promise((resolve) => {
        const socket = connectTls({
          host: '127.0.0.1',
          port: t.httpsPort,
          ca: t.ca,
          servername: ACME,
          minVersion: version,
          maxVersion: version,
          ciphers: 'DEFAULT@SECLEVEL=0',
        })
        socket.on('secureConnect', () => {
          resolve(socket.getProtocol() ?? '')
          socket.destroy()
        })
        socket.on('error', () => resolve('refused'))
      })
    expect(await speak('TLSv1.1')).toBe('refused')
    expect(await speak('TLSv1.2')).toBe('TLSv1.2')
    expect(await speak('TLSv1.3')).toBe('TLSv1.3')
  })

  test('a client that trusts the authority verifies the name', async () => {
    const socket = connectTls({ host: '127.0.0.1', port: t.httpsPort, ca: t.ca, servername: ACME })
    await once(socket, 'secureConnect')
    expect(socket.authorized).toBe(true)
    socket.destroy()
  })
})

describe('slow clients are closed while others are served', () => {
  const limitMs = 20_000

  test.concurrent('headers that trickle in, a body that trickles in, a handshake that never comes', async () => {
    const headers = await t.raw(ACME)
    const body = await t.raw(ACME)
    const handshake = connect(t.httpsPort, '127.0.0.1')
    const answers = [untilClosed(headers), untilClosed(body), once(handshake, 'close').then(() => 'closed')]
    handshake.on('error', () => undefined)
    headers.write(`GET / HTTP/1.1\r\nHost: ${ACME}\r\n`)
    body.write(`POST /slow HTTP/1.1\r\nHost: ${ACME}\r\nContent-Length: 1000\r\n\r\n`)
    const trickle = setInterval(() => {
      headers.write('X-A: b\r\n')
      body.write('x')
    }, 500)
    const startedMs = performance.now()
    const healthy = await t.get(ACME)
    expect(healthy.status).toBe(200)
    const [headersAnswer, bodyAnswer] = await Promise.race([Promise.all(answers), pause(limitMs, ['never', 'never'])])
    clearInterval(trickle)
    expect(headersAnswer).toMatch(/^HTTP\/1\.1 408 /)
    expect(bodyAnswer).toMatch(/^HTTP\/1\.1 408 /)
    expect(performance.now() - startedMs).toBeLessThan(limitMs)
  })
})
