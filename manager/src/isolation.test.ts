// Every operation of the manager's API document against everybody who might call it, over a hundred tenants. What is expected follows from
// the committed document; what it cannot say is in testing/isolation/. `npm run test:isolation` tries all ordered pairs.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { listRoutes } from '@platen/kit/http'
import { rows, sql } from '@platen/kit/sql'
import { bodiesThatTakeMore, gapsOf, isolationReport, triesAllPairs, type Place } from '@platen/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testApi, type TestApi } from '../testing/api.ts'
import { isolationPlace } from '../testing/isolation/place.ts'
import { testPlatform, type TestPlatform } from '../testing/platform.ts'

const everything = triesAllPairs()
const tenants = 100

let platform: TestPlatform
let api: TestApi
let place: Place

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  api.app.addHook('onResponse', async (request, reply) => rememberChange(request, reply))
  place = await isolationPlace(platform, api, tenants)
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

/** Routes that the document leaves out, each with the reason why nothing of a tenant is there. */
const undocumented: Record<string, string> = {
  'GET /live': 'a probe of the process',
  'GET /ready': 'a probe of the process',
  'GET /problems/{code}': 'a page of documentation',
  'GET /docs': 'a page of documentation',
  'GET /docs/openapi.json': 'the document itself',
  'GET /docs/operations/{id}': 'a page of documentation',
  'GET /api/v1/report-files/*': 'takes a signature over the file; see jobs.test.ts',
}

/** HEAD routes come with their GET and carry its policy. */
const routes = (): string[] =>
  listRoutes(api.app)
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, path }) => `${method} ${path}`)

test('the document has every route of the manager but the named ones', () => {
  const documented = new Set(place.operations.map(({ name }) => name))
  expect(documented.size).toBeGreaterThan(100)
  expect(routes().filter((route) => !documented.has(route))).toEqual(Object.keys(undocumented))
})

test('the table knows for every operation what it is asked for', () => {
  expect(gapsOf(place)).toEqual([])
})

test('no operation takes a field that its body does not name (attack 25)', async () => {
  expect(await bodiesThatTakeMore(place)).toEqual([])
})

test(
  'no operation shows, tells of or changes anything of another tenant (attack 22), and each role gets what it may (attack 24)',
  { timeout: 14_400_000 },
  async () => {
    const report = await isolationReport(place, { everything })
    console.log(`manager: ${JSON.stringify({ tenants, ...report, leaks: report.leaks.length })}`)
    expect(report.leaks).toEqual([])
    expect(report.fewestPairs).toBeGreaterThanOrEqual(everything ? tenants * (tenants - 1) : 200)
  },
)

/** Requests of the test above that were done and might have changed something: route -> their ids. */
const done = new Map<string, string[]>()
function rememberChange({ method, routeOptions, id }: FastifyRequest, { statusCode }: FastifyReply): void {
  if (method === 'GET' || method === 'HEAD' || statusCode >= 400) return
  const route = `${method} ${(routeOptions.url ?? '').replaceAll(/:([^/]+)/g, '{$1}')}`
  done.set(route, [...(done.get(route) ?? []), id])
}

/** Those of them that leave no entry, each with the reason. */
const unaudited: Record<string, string> = {
  'DELETE /api/v1/auth/sessions': 'nobody has another session left: setting a password ended them',
  'DELETE /api/v1/tenants/{id}/suspension': 'the tenant is not suspended, so nothing changes',
  'DELETE /api/v1/users/{id}/deactivation': 'the user is not deactivated, so nothing changes',
  'POST /api/v1/alerts/test-mail': 'a mail to who asks, nothing is stored',
  'POST /api/v1/audit-verifications': 'changes nothing',
  'POST /api/v1/auth/logout': 'without a cookie there is no session to end; identity.test.ts ends one',
  'POST /api/v1/reconciliation/runs': 'a dry run',
}

test('every operation that changed something left an entry in the audit trail, or says why not', async () => {
  const entries = await rows(
    platform.database.db,
    sql<{ request_id: string }>`SELECT request_id FROM identity.audit_entries WHERE action <> 'access.refused'`,
  )
  const audited = new Set(entries.map(({ request_id: id }) => id))
  const silent = routes().filter((route) => done.has(route) && !(done.get(route) ?? []).some((id) => audited.has(id)))
  expect(done.size).toBeGreaterThan(20)
  expect(silent.toSorted()).toEqual(Object.keys(unaudited).toSorted())
})
