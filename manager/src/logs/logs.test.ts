import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { aSite, type TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'

interface Lines {
  items: Record<string, unknown>[]
  older: string | null
  newer: string | null
}

let platform: TestPlatform
let api: TestApi
let operator: TestPerson
let owner: TestPerson
let other: TestPerson
let own: string
let foreign: string

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  operator = await api.person({ role: 'owner', operator: true })
  owner = await api.person({ role: 'owner' })
  other = await api.person({ role: 'owner' })
  own = (await aSite(platform, owner)).siteId
  foreign = (await aSite(platform, other)).siteId
  await api.runner.ensureBench({ name: 'main', release: 'current', processes: 2, memoryMb: 256 })
  api.runner.print('bench-main-1', request(1, own, '/one'), request(3, foreign, '/canary'), request(4, own, '/four'))
  api.runner.print('bench-main-2', request(2, own, '/two'), failure(5, own), JSON.stringify({ msg: `canary ${own}` }))
  api.runner.print('bench-main-2-1', request(6, own, '/canary-of-another-bench'))
  api.runner.print('manager', request(7, own, '/canary-of-the-manager'))
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const timed = (second: number) => ({ time: `2026-01-31T12:00:0${second}.000Z`, name: 'bench', pid: 7 })
const request = (second: number, site: string, path: string) =>
  JSON.stringify({ level: 'info', ...timed(second), site, requestId: `r${second}`, method: 'GET', path, status: 200, msg: 'request' }) // prettier-ignore
const failure = (second: number, site: string) =>
  JSON.stringify({ level: 'error', ...timed(second), site, err: { message: 'canary', stack: 'at canary' }, msg: 'request failed' }) // prettier-ignore

const read = (path: string, as: TestPerson) => api.call({ method: 'GET', path, as })
const linesOf = async (path: string, as: TestPerson): Promise<Lines> => {
  const { status, text } = await read(path, as)
  expect([status, text]).toEqual([200, text])
  return JSON.parse(text) as Lines
}

describe('the logs of programs', () => {
  test('are listed for operators, the one of the runner among them', async () => {
    const { body } = await read('/logs', operator)
    const programs = ['supervisor', 'bench-main-1', 'bench-main-2', 'bench-main-2-1', 'manager']
    expect(body.items).toMatchObject(programs.map((program) => ({ program })))
  })

  test('are read in pages, filtered, and on from a place', async () => {
    const newest = await linesOf('/logs/bench-main-1/lines?limit=2', operator)
    expect(newest.items.map((line) => (line['fields'] as { path?: string }).path)).toEqual(['/canary', '/four'])
    const older = await linesOf(`/logs/bench-main-1/lines?before=${newest.older}`, operator)
    expect(older).toMatchObject({ items: [{ message: 'bench-main-1 started' }, { requestId: 'r1' }], older: null })
    expect(await linesOf(`/logs/bench-main-1/lines?after=${newest.newer}`, operator)).toMatchObject({ items: [] })
    const found = await linesOf(`/logs/bench-main-1/lines?search=%2FFOUR&level=info&site=${own}`, operator)
    expect(found.items).toMatchObject([{ site: own, requestId: 'r4' }])
  })

  test('show what stands around a line, whatever was searched for', async () => {
    const { items } = await linesOf('/logs/bench-main-1/lines?search=canary', operator)
    const around = await linesOf(`/logs/bench-main-1/lines?around=${String(items[0]?.['position'])}&limit=1`, operator)
    expect(around.items.map((line) => line['requestId'])).toEqual(['r1', 'r3', 'r4'])
  })

  test.each([
    ['nobody', 404],
    ['..', 404],
    ['bench-main-1.log', 404],
    ['%2e%2e%2fmaster.key', 400],
    ['%2Fetc%2Fpasswd', 400],
    ['manager%00', 400],
  ])('of the program %j are %d', async (program, status) => {
    expect((await read(`/logs/${program}/lines`, operator)).status).toBe(status)
  })

  test.each(['before=yesterday', 'limit=9999', 'level=loud', 'site=x', 'before=1-1&after=1-1', 'file=/etc/passwd'])(
    'are not read by %j',
    async (query) => {
      expect((await read(`/logs/manager/lines?${query}`, operator)).body.code).toBe('request-invalid')
    },
  )

  test('are refused to the owner of a tenant', async () => {
    for (const path of ['/logs', '/logs/manager/lines', `/logs/bench-main-1/lines?site=${own}`])
      expect(await read(path, owner)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  test('are away while the runner does not answer', async () => {
    api.runner.faults.inject('readLog')
    expect(await read('/logs/manager/lines', operator)).toMatchObject({
      status: 503,
      body: { code: 'dependency-unavailable' },
    })
  })
})

describe('the logs of a site', () => {
  test('are its lines from all processes of its bench, by time, and nothing else', async () => {
    const { items, older } = await linesOf(`/sites/${own}/logs`, owner)
    expect(items.map((line) => line['path'])).toEqual(['/one', '/two', '/four', null])
    expect(items.at(-1)).toEqual({
      position: expect.stringMatching(/^2\./),
      at: '2026-01-31T12:00:05.000Z',
      level: 'error',
      message: 'request failed',
      requestId: null,
      method: null,
      path: null,
      status: null,
      durationMs: null,
      problem: null,
    })
    expect(older).toBeNull()
    expect(JSON.stringify(items)).not.toMatch(new RegExp(`canary|${foreign}`))
  })

  test('are searched in what is shown only', async () => {
    const found = async (search: string) => (await linesOf(`/sites/${own}/logs?search=${search}`, owner)).items.length
    expect([await found('FOUR'), await found('failed'), await found('canary'), await found('stack')]).toEqual([
      1, 1, 0, 0,
    ])
  })

  test('are read in pages over the processes, and followed from the newest on', async () => {
    const newest = await linesOf(`/sites/${own}/logs?limit=3`, owner)
    const oldest = await linesOf(`/sites/${own}/logs?limit=3&before=${newest.older}`, owner)
    expect([...oldest.items, ...newest.items].map((line) => line['path'])).toEqual(['/one', '/two', '/four', null])
    api.runner.print('bench-main-1', request(8, own, '/eight'), request(8, foreign, '/canary'))
    api.runner.print('bench-main-3', request(9, own, '/a-new-process'))
    const later = await linesOf(`/sites/${own}/logs?after=${newest.newer}`, owner)
    expect(later.items.map((line) => line['path'])).toEqual(['/eight', '/a-new-process'])
    expect((await linesOf(`/sites/${own}/logs?after=${later.newer}`, owner)).items).toEqual([])
  })

  test('are of the level that was asked for', async () => {
    expect((await linesOf(`/sites/${own}/logs?level=error`, owner)).items).toHaveLength(1)
  })

  test('are hidden from the owner of another tenant, and refused to a reader', async () => {
    const reader = await api.person({ role: 'reader', tenant: owner })
    expect(await read(`/sites/${own}/logs`, other)).toMatchObject({ status: 404, body: { code: 'site-not-found' } })
    expect(await read(`/sites/${own}/logs`, reader)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  test('go on from no cursor that names a program', async () => {
    for (const cursor of ['manager.1-0', '1.1-0~../x.1-0', '1.1-0~', 'x'.repeat(4_000)])
      expect((await read(`/sites/${own}/logs?before=${cursor}`, owner)).body.code).toBe('request-invalid')
  })
})
