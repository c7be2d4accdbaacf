import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { exampleServer, type ExampleServer } from '../example-server.ts'
import { assertUnchanged, expectedVersion } from './index.ts'

const thing = { id: 'a', version: 3, stock: '5' }
let server: ExampleServer
beforeAll(async () => {
  server = await exampleServer({}, (app) => {
    const config = { policy: { kind: 'public', reason: 'test' }, versioned: true } as const
    const schema = { response: { 200: z.object({ id: z.string(), version: z.int(), stock: z.string() }) } }
    app.get('/thing', { config, schema }, async () => thing)
    app.put('/thing', { config, schema }, async (request) => {
      assertUnchanged({ version: thing.version, updatedAt: new Date(0) }, expectedVersion(request))
      return thing
    })
  })
})
afterAll(() => server.close())

const get = (headers = {}) => server.app.inject({ url: '/thing', headers })
const put = (headers = {}) => server.app.inject({ method: 'PUT', url: '/thing', headers })

describe('a versioned resource', () => {
  test('is told with a tag, and not again while nothing differs', async () => {
    const { etag } = (await get()).headers
    expect(etag).toMatch(/^"v3-[\w-]{12}"$/)
    for (const known of [etag, `"v1", ${etag}`, `W/${etag}`, '*']) {
      const answer = await get({ 'if-none-match': known })
      expect([answer.statusCode, answer.body, answer.headers.etag]).toEqual([304, '', etag])
    }
    for (const other of ['"v3"', '"v3-other"', 'nonsense'])
      expect((await get({ 'if-none-match': other })).statusCode).toBe(200)
    thing.stock = '4'
    expect((await get({ 'if-none-match': etag })).statusCode).toBe(200)
  })

  test('is changed from its version only, if one is named', async () => {
    const etag = String((await get()).headers.etag)
    for (const headers of [
      {},
      { 'if-match': '*' },
      { 'if-match': '"v3"' },
      { 'if-match': etag },
      { 'if-match': '"v2", "v3"' },
    ])
      expect((await put(headers)).statusCode).toBe(200)
    for (const other of ['"v2"', 'W/"v3"', 'v3', '', '"v99999999999999999"', "' OR 1=1 --"]) {
      const answer = await put({ 'if-match': other })
      expect([answer.statusCode, answer.json().code]).toEqual([412, 'version-stale'])
      expect(answer.json()).toMatchObject({ currentVersion: 3, changedAt: '1970-01-01T00:00:00.000Z' })
      expect(answer.headers.etag).toBeUndefined()
    }
  })
})
