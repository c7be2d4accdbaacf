import { rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import type { TestPerson } from '../../testing/builders.ts'
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

const list = async () => (await api.call({ method: 'GET', path: '/reconciliation', as: operator })).body.items
const run = async (dryRun: boolean) => {
  const { status, text } = await api.call({
    method: 'POST',
    path: '/reconciliation/runs',
    body: { dryRun },
    as: operator,
  })
  const { plans } = JSON.parse(text) as { plans: { scope: string; differences: { kind: string; outcome: string }[] }[] }
  return { status, plans: Object.fromEntries(plans.map(({ scope, differences }) => [scope, differences])) }
}

test('a dry run answers with the plan and leaves no trace; a run repairs, is listed and audited', async () => {
  const dry = await run(true)
  expect(dry).toMatchObject({
    status: 200,
    plans: {
      benches: [{ kind: 'bench-not-running', remedy: 'start-bench', outcome: 'planned' }],
      sites: [],
      routes: [{ kind: 'certificate-missing', outcome: 'planned' }],
      leftovers: [],
    },
  })
  expect(await list()).toEqual([])
  expect(await api.runner.describe()).toEqual([])

  const real = await run(false)
  expect(real.plans['benches']).toMatchObject([{ kind: 'bench-not-running', outcome: 'repaired', message: null }])
  expect((await api.runner.describe()).map(({ name }) => name)).toEqual(['bench-main-1'])
  await run(false)
  expect(await list()).toMatchObject([
    { scope: 'benches', differences: [], error: null, repairs: [{ kind: 'bench-not-running' }] },
    { scope: 'leftovers', differences: [], repairedAt: null, repairs: [] },
    { scope: 'routes', repairs: [{ kind: 'certificate-missing' }] },
    { scope: 'sites', differences: [] },
  ])
  const asked = await withScope(platform.workerDb, { operator: true }, (tx) =>
    rows(tx, sql`SELECT actor_label FROM identity.audit_entries WHERE action = 'reconciliation.requested'`),
  )
  expect(asked).toEqual([{ actor_label: operator.email }, { actor_label: operator.email }])
})
