import { sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { aSite, type TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'

let platform: TestPlatform
let api: TestApi
let operator: TestPerson

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  operator = await api.person({ role: 'owner', operator: true })
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const read = (path: string, as: TestPerson = operator) => api.call({ method: 'GET', path, as })

test('clusters and servers are listed for operators', async () => {
  expect(await read('/clusters')).toMatchObject({
    status: 200,
    body: { items: [{ name: 'default', title: 'This machine', enabled: true }], nextCursor: null },
  })
  expect(await read('/servers')).toMatchObject({
    status: 200,
    body: { items: [{ name: 'app-1', role: 'app', hostname: 'test', cluster: { name: 'default' } }] },
  })
})

describe('benches', () => {
  test('are listed with their own processes and with the sites of all tenants', async () => {
    await aSite(platform, await api.person({ role: 'owner' }))
    await aSite(platform, await api.person({ role: 'owner' }))
    await aSite(platform, operator, 'dropped')
    await sql`INSERT INTO manager.benches (name, server_id, processes, state) SELECT 'main-2', id, 1, 'pending' FROM manager.servers`.execute(
      platform.database.db,
    )
    await api.runner.ensureBench({ name: 'main', release: 'current', processes: 2, memoryMb: 256 })
    await api.runner.ensureBench({ name: 'main-2', release: 'current', processes: 1, memoryMb: 256 })
    const { body } = await read('/benches')
    expect(body.items).toMatchObject([
      { name: 'main', state: 'active', sites: 2, server: { name: 'app-1' }, release: 'feedfacefeedface' },
      { name: 'main-2', state: 'pending', sites: 0, release: null },
    ])
    expect(body.items.map((bench) => bench.processes.map(({ name }) => name))).toEqual([
      ['bench-main-1', 'bench-main-2'],
      ['bench-main-2-1'],
    ])
  })

  test('are listed without processes while the runner does not answer', async () => {
    api.runner.faults.inject('describe')
    const { status, body } = await read('/benches')
    expect(status).toBe(200)
    expect(body.items[0]?.processes).toEqual([])
  })
})

test.each(['/clusters', '/servers', '/benches'])('%s is refused to the owner of a tenant', async (path) => {
  const owner = await api.person({ role: 'owner' })
  expect(await read(path, owner)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
})
