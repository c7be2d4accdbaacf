import { writeOrCompareOpenApi } from '@platen/kit/http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../testing/api.ts'
import { testPlatform, type TestPlatform } from '../testing/platform.ts'

let platform: TestPlatform
let api: TestApi

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

describe('/ready', () => {
  const ready = async () => {
    const response = await api.app.inject('/ready')
    return { status: response.statusCode, body: response.json() }
  }

  test('answers 200 when database and infrastructure are ready', async () => {
    expect(await ready()).toMatchObject({ status: 200 })
  })

  test('answers 503 and says what is missing while the platform is being prepared', async () => {
    Object.assign(api.readiness, { ok: false, detail: 'the bench is being prepared' })
    const answer = await ready()
    Object.assign(api.readiness, { ok: true, detail: 'ready' })
    expect(answer.status).toBe(503)
    expect(JSON.stringify(answer.body)).toContain('the bench is being prepared')
  })
})

test('a body that is not JSON, is too deep or holds a key twice is malformed', async () => {
  for (const body of ['{', '{"code":"a","code":"b"}', '['.repeat(50) + ']'.repeat(50), '"\\u0000"'])
    expect(await api.call({ method: 'POST', path: '/setup', body })).toMatchObject({
      status: 400,
      body: { code: 'malformed-request' },
    })
})

test('an address that is not of the API is a 404 problem, a wrong method a 405', async () => {
  expect(await api.call({ method: 'GET', path: '/nothing' })).toMatchObject({
    status: 404,
    body: { code: 'not-found' },
  })
  expect(await api.call({ method: 'DELETE', path: '/sites' })).toMatchObject({
    status: 405,
    body: { code: 'method-not-allowed' },
  })
})

test('a role made again with the same Idempotency-Key is made once', async () => {
  const as = await api.person({ role: 'owner' })
  const make = (name: string) =>
    api.call({
      method: 'POST',
      path: '/roles',
      body: { name, permissions: ['sites.read'] },
      headers: { 'idempotency-key': 'k' },
      as,
    })
  const first = await make('Compta')
  expect(await make('Compta')).toMatchObject({ status: 201, body: { id: first.body.id } })
  expect(await make('Quai')).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
})

test('the API document is the committed one', async () => {
  await writeOrCompareOpenApi(api.app, new URL('../../openapi/manager.json', import.meta.url))
})

test('nothing that these requests did was logged as our mistake', () => {
  expect(api.logged.filter((line) => line.includes('"request failed"'))).toEqual([])
})
