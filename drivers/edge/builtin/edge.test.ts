import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { Readable } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { eventually } from '@platen/kit/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { echoUpgrade } from './bench/upstream.ts'
import { ACME, aRoute, CONSOLE, startTestEdge, textOf, ZONE, type Answer, type TestEdge } from './testing/index.ts'

let t: TestEdge
beforeEach(async () => {
  t = await startTestEdge()
})
afterEach(() => t.stop())

/** Answers what it was asked. */
function echoes(name: string): Parameters<TestEdge['upstream']>[1] {
  return (request, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    response.end(JSON.stringify({ name, method: request.method, url: request.url, headers: request.headers }))
  }
}

interface Echo {
  name: string
  method: string
  url: string
  headers: Record<string, string>
}

function echoOf(answer: Answer): Echo {
  expect(answer.status).toBe(200)
  return JSON.parse(answer.body) as Echo // what `echoes` sends
}

describe('where a request goes', () => {
  test('a site goes to its bench, the console to the manager, an IP address to the console', async () => {
    await t.upstream('bench-1', echoes('bench'))
    await t.upstream('manager', echoes('manager'))
    expect(echoOf(await t.get(ACME, { path: '/a/b%2fc?x=1' }))).toMatchObject({ name: 'bench', url: '/a/b%2fc?x=1' })
    expect(echoOf(await t.get(CONSOLE))).toMatchObject({ name: 'manager' })
    expect(echoOf(await t.get('127.0.0.1', { sni: '' }))).toMatchObject({
      name: 'manager',
      headers: { host: '127.0.0.1' },
    })
  })

  test.each([`ACME.${ZONE}`, `${ACME}.`, `${ACME}:32443`, `Acme.${ZONE}.:1`])(
    'Host %s is the same site',
    async (host) => {
      await t.upstream('bench-1', echoes('bench'))
      const { headers } = echoOf(await t.get(host, { sni: ACME }))
      expect(headers['host']).toMatch(/^acme\.platen\.localhost(:\d+)?$/)
      expect(headers['x-forwarded-host']).toBe(headers['host'])
    },
  )

  test('an international name is the same site in Unicode and in punycode', async () => {
    await t.upstream('bench-1', echoes('bench'))
    t.change({ routes: [{ ...aRoute('x'), host: `xn--caf-dma.${ZONE}` }] })
    echoOf(await t.get(`xn--caf-dma.${ZONE}`))
    const unicode = Buffer.from(`CAFÉ.${ZONE}`).toString('latin1')
    echoOf(await t.get(unicode, { sni: `xn--caf-dma.${ZONE}` }))
  })

  test('a Host other than the SNI, or unknown, is 421', async () => {
    await t.upstream('bench-1', echoes('bench'))
    t.change({ routes: [aRoute('acme'), aRoute('other')] })
    expect((await t.get(`other.${ZONE}`, { sni: ACME })).status).toBe(421)
    expect((await t.get(`typo.${ZONE}`)).status).toBe(421)
    expect((await t.get(ACME, { sni: '' })).status).toBe(421)
    expect((await t.get('127.0.0.1', { sni: ACME })).status).toBe(421)
  })

  test('an address that no certificate names is 421 on both ports, whatever way it is written', async () => {
    await t.upstream('manager', echoes('manager'))
    const plain = async (host: string): Promise<number | undefined> => {
      const outgoing = httpRequest({ host: '127.0.0.1', port: t.httpPort, headers: { host }, agent: false }).end()
      // Emitted with the response as its only argument.
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      response.resume()
      return response.statusCode
    }
    for (const host of ['6.6.6.6', '[::2]', '[::ffff:127.0.0.1]', '0.0.0.0']) {
      expect([host, (await t.get(host, { sni: '' })).status, await plain(host)]).toEqual([host, 421, 421])
    }
    const [certificate] = t.snapshot.certificates
    if (!certificate) throw new Error('the snapshot has a certificate')
    t.change({ certificates: [{ ...certificate, names: [...certificate.names, '::1'] }] })
    for (const host of ['[::1]', '[0:0:0:0:0:0:0:1]', '127.0.0.1']) expect(await plain(host)).toBe(308)
  })

  test('a name without a certificate gets no handshake', async () => {
    await expect(t.get('evil.example')).rejects.toThrow(/ECONNRESET|disconnected|alert/i)
  })

  test('plain HTTP leads to HTTPS on known hosts only', async () => {
    const plain = async (host: string, path = '/'): Promise<[number | undefined, string | undefined]> => {
      const outgoing = httpRequest({ host: '127.0.0.1', port: t.httpPort, path, headers: { host }, agent: false }).end()
      // Emitted with the response as its only argument.
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      response.resume()
      return [response.statusCode, response.headers.location]
    }
    expect(await plain(`${ACME}:32380`, '/a?b=1')).toEqual([308, `https://${ACME}:32443/a?b=1`])
    expect(await plain('127.0.0.1')).toEqual([308, 'https://127.0.0.1:32443/'])
    expect(await plain('evil.example')).toEqual([421, undefined])
    expect(await plain(ACME, '//evil.example/')).toEqual([308, `https://${ACME}:32443//evil.example/`])
    t.change({ httpsPort: 443 })
    expect(await plain(ACME)).toEqual([308, `https://${ACME}/`])
  })
})

describe('headers', () => {
  test('what a client claims about itself is replaced', async () => {
    await t.upstream('bench-1', echoes('bench'))
    const forged = {
      'x-forwarded-for': '6.6.6.6',
      'X-Forwarded-Host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-forwarded-user': 'root',
      forwarded: 'for=6.6.6.6',
      'x-real-ip': '6.6.6.6',
      x_forwarded_for: '6.6.6.6',
      'x-request-id': 'forged',
      connection: 'x-forwarded-for, x-forwarded-host, x-secret, authorization',
      'x-secret': '1',
      authorization: 'Bearer x',
    }
    const { headers } = echoOf(await t.get(ACME, { headers: forged }))
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': ACME,
      'x-forwarded-proto': 'https',
      authorization: 'Bearer x',
    })
    expect(JSON.stringify(headers)).not.toMatch(/6\.6\.6\.6|evil|root|forged|x-secret/)
  })

  test('answers keep their headers, several cookies too, and tell browsers to stay on HTTPS', async () => {
    await t.upstream('bench-1', echoes('bench'))
    const { headers } = await t.get(ACME)
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(headers['strict-transport-security']).toBe('max-age=31536000')
  })
})

describe('pages of the edge', () => {
  test('a suspended site says so in French and English, to browsers and to programs', async () => {
    t.change({ routes: [aRoute('acme', 'suspended')] })
    const french = await t.get(ACME, { headers: { accept: 'text/html', 'accept-language': 'fr-FR,fr;q=0.9,en;q=0.8' } })
    expect(french).toMatchObject({
      status: 503,
      headers: { 'platen-site-state': 'suspended', 'content-language': 'fr' },
    })
    expect(french.body).toContain('Site suspendu')
    expect(french.headers['content-security-policy']).toContain("default-src 'none'")
    expect(french.headers['x-frame-options']).toBe('DENY')
    expect(french.body).not.toMatch(/<script| style=| on\w+=/)
    expect((await t.get(ACME, { headers: { accept: 'text/html', 'accept-language': 'de' } })).body).toContain(
      'Site suspended',
    )
    const program = await t.get(ACME, { path: '/api/v1/site' })
    expect(program.headers['content-type']).toBe('application/problem+json')
    expect(JSON.parse(program.body)).toMatchObject({ code: 'site-is-suspended', status: 503, retryable: false })
  })

  test('a starting site shows a page that reloads', async () => {
    t.change({ routes: [aRoute('acme', 'starting')] })
    const answer = await t.get(ACME, { headers: { accept: 'text/html' } })
    expect(answer).toMatchObject({ status: 503, headers: { 'platen-site-state': 'starting', 'retry-after': '3' } })
    expect(answer.body).toContain('http-equiv="refresh"')
  })

  test('with the manager away the console says so and sites go on', async () => {
    await t.upstream('bench-1', echoes('bench'))
    const answer = await t.get(CONSOLE, { headers: { accept: 'text/html' } })
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '10' } })
    expect(answer.body).toContain('sites go on working')
    echoOf(await t.get(ACME))
  })

  test('a bench that accepts no connection is 503, also when no bench is known', async () => {
    expect(JSON.parse((await t.get(ACME, { path: '/api/v1/x' })).body)).toMatchObject({
      code: 'site-unreachable',
      retryable: true,
    })
    t.change({ benches: [] })
    expect((await t.get(ACME)).status).toBe(503)
  })
})

describe('several processes of a bench', () => {
  test('when the one a site is at home in is gone another gets all of it, uploads too, until it is back', async () => {
    const answers =
      (name: string): Parameters<TestEdge['upstream']>[1] =>
      (request, response) => {
        request.resume().on('end', () => echoes(name)(request, response))
      }
    const processes = { '1': await t.upstream('bench-1', answers('1')), '2': await t.upstream('bench-2', answers('2')) }
    const names = async (): Promise<Set<string>> =>
      new Set((await Promise.all(Array.from({ length: 6 }, () => t.get(ACME)))).map((answer) => echoOf(answer).name))
    const [home] = await names()
    if (home !== '1' && home !== '2') throw new Error('one of the two answers')
    const other = home === '1' ? '2' : '1'
    expect(await names()).toEqual(new Set([home]))
    await processes[home].kill()
    expect(await names()).toEqual(new Set([other]))
    const uploads = await Promise.all(
      Array.from({ length: 6 }, () => t.get(ACME, { method: 'POST', body: Buffer.alloc(100_000) })),
    )
    for (const upload of uploads)
      expect(echoOf(upload)).toMatchObject({ name: other, headers: { 'content-length': '100000' } })
    await t.upstream(`bench-${home}`, answers(home))
    await eventually(async () => expect(await names()).toEqual(new Set([home])))
  })

  test('a request that reached a process that then died is not sent to another', async () => {
    let asked = 0
    for (const name of ['bench-1', 'bench-2']) {
      await t.upstream(name, (request) => {
        asked++
        request.socket.destroy()
      })
    }
    const answer = await t.get(ACME, { method: 'POST', path: '/api/v1/orders', body: '{}' })
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'site-answer-failed', status: 502 })
    expect(asked).toBe(1)
  })
})

describe('streams', () => {
  test('an upload and a download of 200 MB pass in constant memory', async () => {
    const chunk = Buffer.alloc(1_000_000, 1)
    await t.upstream('bench-1', (request, response) => {
      if (request.method === 'GET')
        return void Readable.from(
          (function* () {
            for (let index = 0; index < 200; index++) yield chunk
          })(),
        ).pipe(response)
      let sizeBytes = 0
      request.on('data', (part: Buffer) => (sizeBytes += part.length))
      request.on('end', () => response.end(String(sizeBytes)))
    })
    const before = process.memoryUsage().rss
    let received = 0
    for await (const part of await t.open(ACME)) received += (part as Buffer).length // no encoding is set
    expect(received).toBe(200_000_000)
    const outgoing = httpsRequest({
      host: '127.0.0.1',
      port: t.httpsPort,
      ca: t.ca,
      servername: ACME,
      method: 'PUT',
      headers: { host: ACME },
      agent: false,
    })
    Readable.from(
      (function* () {
        for (let index = 0; index < 200; index++) yield chunk
      })(),
    ).pipe(outgoing)
    // Emitted with the response as its only argument.
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect(await textOf(response)).toBe('200000000')
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })

  test('an upload that is refused early gets its answer', async () => {
    await t.upstream('bench-1', (_request, response) => void response.writeHead(413, { connection: 'close' }).end('no'))
    const uploads = Array.from({ length: 20 }, () => t.get(ACME, { method: 'POST', body: Buffer.alloc(300_000) }))
    for (const answer of await Promise.all(uploads)) expect(answer).toMatchObject({ status: 413, body: 'no' })
  })

  test('an upload that is refused early gets its answer at once, and its connection is closed in good order', async () => {
    await t.upstream('bench-1', (_request, response) => void response.writeHead(413).end('no'))
    const socket = await t.raw(ACME)
    let text = ''
    let failure: Error | undefined
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    socket.on('error', (error: Error) => (failure = error))
    socket.write(`POST /upload HTTP/1.1\r\nHost: ${ACME}\r\nContent-Length: 3000000\r\n\r\n`)
    socket.write(Buffer.alloc(1_500_000))
    const startedMs = performance.now()
    await once(socket, 'end')
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*no/i)
    expect(failure).toBeUndefined()
  })

  test('a client that goes on sending after its refusal is cut off', async () => {
    await t.upstream('bench-1', (_request, response) => void response.writeHead(413).end('no'))
    // @types/node does not list allowHalfOpen among the options of a client; net.Socket takes it.
    const how = { host: '127.0.0.1', port: t.httpsPort, ca: t.ca, servername: ACME, allowHalfOpen: true }
    const socket = connectTls(how)
    await once(socket, 'secureConnect')
    socket.on('error', () => undefined).resume()
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    const send = (): void => {
      while (socket.writable && socket.write(Buffer.alloc(1_000_000)));
    }
    socket.write(`POST /upload HTTP/1.1\r\nHost: ${ACME}\r\nContent-Length: 900000000\r\n\r\n`)
    socket.on('drain', send)
    send()
    await closed
    expect(socket.bytesWritten).toBeLessThan(60_000_000)
  }, 15_000)

  test('events arrive when they are sent, and a visitor that leaves ends the upstream', async () => {
    let isOpen = false
    await t.upstream('bench-1', (_request, response) => {
      isOpen = true
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: one\n\n')
      response.on('close', () => (isOpen = false))
    })
    const response = await t.open(ACME)
    const [chunk] = await once(response, 'data')
    expect(String(chunk)).toBe('data: one\n\n')
    expect(isOpen).toBe(true)
    response.destroy()
    await eventually(() => expect(isOpen).toBe(false))
  })

  test('a visitor that leaves before the answer ends the upstream', async () => {
    let state = 'none'
    await t.upstream('bench-1', (_request, response) => {
      state = 'open'
      response.on('close', () => (state = 'closed'))
    })
    const going = t.open(ACME, { signal: AbortSignal.timeout(200) }).catch(() => undefined)
    await eventually(() => expect(state).toBe('open'))
    await going
    await eventually(() => expect(state).toBe('closed'))
  })

  test('an answer that breaks off upstream breaks off here', async () => {
    await t.upstream('bench-1', (_request, response) => {
      response.write('part')
      setTimeout(() => response.destroy(), 20)
    })
    const response = await t.open(ACME)
    await expect(textOf(response)).rejects.toThrow(/aborted/)
    await eventually(() => expect(t.logged).toContainEqual(expect.objectContaining({ outcome: 'broken-off' })))
  })

  test('an upstream killed before it answers is 502', async () => {
    const bench = await t.upstream('bench-1', () => undefined)
    t.change({ benches: [{ name: 'main', sockets: [bench.socketPath] }] })
    const going = t.get(ACME)
    await eventually(async () => expect(await connections(bench.server)).toBe(1))
    await bench.kill()
    expect((await going).status).toBe(502)
  })
})

describe('websockets', () => {
  const handshake = `GET /ws HTTP/1.1\r\nHost: ${ACME}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`

  test('pass both ways, and end when the site is suspended', async () => {
    const bench = await t.upstream('bench-2', () => undefined)
    bench.server.on('upgrade', echoUpgrade)
    const socket = await t.raw(ACME)
    socket.write(handshake)
    const [head] = await once(socket, 'data')
    expect(String(head)).toMatch(/^HTTP\/1\.1 101 [\s\S]*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/)
    socket.write('hello')
    expect(String((await once(socket, 'data'))[0])).toBe('hello')
    const closed = once(socket, 'close')
    t.change({ routes: [aRoute('acme', 'suspended')] })
    await closed
  })

  test('are refused with an answer: by the bench, for a suspended site, and when no process is there', async () => {
    const answerOf = async (): Promise<string> => {
      const socket = await t.raw(ACME)
      socket.write(handshake)
      let text = ''
      for await (const chunk of socket) text += String(chunk)
      return text
    }
    expect(await answerOf()).toMatch(/^HTTP\/1\.1 503 /)
    await t.upstream('bench-1', (_request, response) => void response.writeHead(403).end('not you'))
    expect(await answerOf()).toMatch(/^HTTP\/1\.1 403 [\s\S]*not you$/)
    t.change({ routes: [aRoute('acme', 'suspended')] })
    expect(await answerOf()).toMatch(/^HTTP\/1\.1 503 [\s\S]*platen-site-state: suspended/)
  })

  test('another protocol to upgrade to is ignored', async () => {
    await t.upstream('bench-1', echoes('bench'))
    echoOf(
      await t.get(ACME, { headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'x' } }),
    )
  })
})

describe('a new snapshot', () => {
  test('is in effect for the next request and disturbs none that runs', async () => {
    let finish = (): void => undefined
    await t.upstream('bench-1', (_request, response) => {
      response.write('begun ')
      finish = () => void response.end('ended')
    })
    const running = await t.open(ACME)
    for (let round = 0; round < 20; round++) t.change({ routes: [aRoute('acme'), aRoute(`new-${round}`)] })
    t.change({ routes: [aRoute('new')], benches: [{ name: 'main', sockets: ['/nowhere.sock'] }] })
    expect((await t.get(ACME)).status).toBe(421)
    finish()
    expect(await textOf(running)).toBe('begun ended')
  })

  test('with a certificate that cannot be opened keeps the one before and says so', async () => {
    await t.upstream('bench-1', echoes('bench'))
    const [certificate] = t.snapshot.certificates
    if (!certificate) throw new Error('the snapshot has a certificate')
    const foreign = {
      ...certificate,
      certificatePem: `${certificate.certificatePem}\n`,
      sealedPrivateKey: `s1.${'A'.repeat(60)}`,
    }
    expect(t.change({ certificates: [foreign] })).toEqual([expect.stringContaining('cannot be used')])
    echoOf(await t.get(ACME))
  })
})

test('the log has a line per request, without the query', async () => {
  await t.upstream('bench-1', echoes('bench'))
  await t.get(ACME, { path: '/files/1?signature=hidden' })
  await eventually(() =>
    expect(t.logged).toContainEqual(
      expect.objectContaining({
        message: 'request',
        host: ACME,
        path: '/files/1',
        status: 200,
        siteId: 'id-acme',
        clientAddress: '127.0.0.1',
      }),
    ),
  )
  expect(JSON.stringify(t.logged)).not.toContain('hidden')
})

function connections(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}
