import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postWebhook } from './post-webhook.ts'

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
  postWebhook({ url, headers: {}, body: '{}' }, { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) })

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
    { signal: new AbortController().signal },
  )
  expect(nowhere).toMatchObject({ ok: false, status: null, detail: expect.stringContaining('no.such.name.invalid') })
})

test('an address that became a wrong one is not even dialled', async () => {
  const signal = new AbortController().signal
  const refused = await postWebhook({ url: 'http://169.254.169.254/', headers: {}, body: '{}' }, { signal })
  expect(refused).toMatchObject({ ok: false, status: null, detail: expect.stringContaining('not an address') })
})
