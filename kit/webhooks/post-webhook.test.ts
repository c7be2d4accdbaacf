import type { lookup, LookupAddress } from 'node:dns'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../testing/index.ts'
import { postWebhook } from './post-webhook.ts'
import { operatorAddresses as rule, tenantAddresses } from './webhook-address.ts'

let server: Server
let url: string
let answer: (response: ServerResponse) => void

beforeAll(async () => {
  server = createServer((_request, response) => answer(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/` // listens on TCP
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const post = (timeoutMs?: number, signal = new AbortController().signal) =>
  postWebhook({ url, headers: {}, body: '{}' }, { rule, signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) })

test('who says nothing in time has said nothing', async () => {
  answer = () => undefined
  expect(await post(100)).toEqual({ ok: false, status: null, detail: 'No answer within 0.1 seconds.' })
})

test('a no that never ends is read to its beginning, and the connection is closed', async () => {
  let isClosed = false
  answer = (response) => {
    response.on('close', () => (isClosed = true))
    response.writeHead(500)
    const more = (): void => {
      while (!response.destroyed && response.write('no '.repeat(1_000)));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  }
  const { status, detail } = await post()
  expect(status).toBe(500)
  expect(detail.length).toBeLessThan(250)
  await eventually(() => isClosed)
})

test('a no that stops half way is told with what came of it', async () => {
  answer = (response) => void response.writeHead(503, { 'content-length': '100' }).write('down for')
  expect(await post(200)).toEqual({ ok: false, status: 503, detail: 'Status 503: down for' })
})

test('a yes counts as soon as it is said, whatever follows', async () => {
  answer = (response) => void response.writeHead(200, { 'content-length': '100' }).write('thank')
  expect(await post()).toEqual({ ok: true, status: 200, detail: 'Status 200.' })
})

test('a connection that breaks, and a name that is none, are told in a sentence', async () => {
  answer = (response) => response.destroy()
  expect(await post()).toMatchObject({ ok: false, status: null, detail: expect.stringMatching(/hang up|reset/) })
  const nowhere = await postWebhook(
    { url: 'http://no.such.name.invalid/', headers: {}, body: '{}' },
    { rule, signal: new AbortController().signal },
  )
  expect(nowhere).toMatchObject({ ok: false, status: null, detail: expect.stringContaining('no.such.name.invalid') })
})

test('an address that became a wrong one is not even dialled', async () => {
  const signal = new AbortController().signal
  const refused = await postWebhook({ url: 'http://169.254.169.254/', headers: {}, body: '{}' }, { rule, signal })
  expect(refused).toMatchObject({ ok: false, status: null, detail: expect.stringContaining('not an address') })
})

describe('a name', () => {
  const rule = tenantAddresses(['10.9.8.7'])
  const signal = new AbortController().signal
  /** A name server that answers each question with the next of these. */
  function answering(...answers: string[][]) {
    const asked: string[] = []
    const resolve = (
      name: string,
      _options: unknown,
      callback: (error: null, found: LookupAddress[]) => void,
    ): void => {
      const found = answers[Math.min(asked.push(name), answers.length) - 1] ?? []
      callback(
        null,
        found.map((address) => ({ address, family: isIP(address) })),
      )
    }
    return { asked, resolve: resolve as typeof lookup } // the one of its overloads that is called
  }
  const hook = () => url.replace('127.0.0.1', 'hooks.example.org')
  const postTo = (resolve: typeof lookup, more = {}) =>
    postWebhook({ url: hook(), headers: {}, body: '{}' }, { rule, signal, resolve, timeoutMs: 1_000, ...more })

  test.each([['127.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['169.254.169.254'], ['64:ff9b::7f00:1'], ['192.168.0.1']])(
    'that turns out to be %s is not dialled',
    async (address) => {
      let isReached = false
      answer = (response) => ((isReached = true), response.end())
      const { resolve } = answering([address])
      expect(await postTo(resolve)).toMatchObject({ ok: false, status: null, detail: expect.stringContaining(address) })
      expect(isReached).toBe(false)
    },
  )

  test('that has one public address and one of the inside is not dialled at all', async () => {
    const { resolve } = answering(['10.9.8.7', '127.0.0.1'])
    expect(await postTo(resolve)).toMatchObject({ status: null, detail: expect.stringContaining('127.0.0.1') })
  })

  test('that is another address when it is asked again is asked once: what was looked at is what is dialled', async () => {
    answer = (response) => response.writeHead(204).end()
    const first = answering(['127.0.0.1'], ['169.254.169.254'])
    expect(await postTo(first.resolve, { rule: tenantAddresses(['127.0.0.1']) })).toMatchObject({ status: 204 })
    expect(first.asked).toEqual(['hooks.example.org'])
    // And the other way round: allowed when the webhook was made, not when it is sent.
    const second = answering(['169.254.169.254'], ['127.0.0.1'])
    expect(await postTo(second.resolve, { rule: tenantAddresses(['127.0.0.1']) })).toMatchObject({ status: null })
    expect(second.asked).toHaveLength(1)
  })

  test('that redirects to an address of the inside is not followed', async () => {
    const paths: string[] = []
    answer = (response) => {
      paths.push(response.req.url ?? '')
      response.writeHead(307, { location: 'http://169.254.169.254/latest' }).end()
    }
    const { resolve } = answering(['127.0.0.1'])
    const outcome = await postTo(resolve, { rule: tenantAddresses(['127.0.0.1']) })
    expect(outcome).toEqual({ ok: false, status: 307, detail: 'Status 307: redirects are not followed.' })
    expect(paths).toEqual(['/'])
  })
})
