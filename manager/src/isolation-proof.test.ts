// The isolation table can fail: it notices routes that leak, and a database whose row-level security was taken away.
import { principalOf } from '@platen/identity'
import { ProblemError } from '@platen/kit/problems'
import { one, sql, withScope } from '@platen/kit/sql'
import { gapsOf, isolationReport, type ApiOperation, type OperationFixture, type Place } from '@platen/kit/testing'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../testing/api.ts'
import { isolationPlace } from '../testing/isolation/place.ts'
import { testPlatform, type TestPlatform } from '../testing/platform.ts'
import { listSites, requireSite, siteList } from './sites/site-store.ts'

let platform: TestPlatform
let api: TestApi
let place: Place

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform, plantLeaks)
  place = await isolationPlace(platform, api, 4)
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const prefix = '/api/v1/planted'

/** Routes as somebody might write them in a hurry. None may pass. */
function plantLeaks(app: TestApi['app']): void {
  const config = { policy: { kind: 'authenticated' }, problems: ['site-not-found'] } as const
  const schema = { params: z.strictObject({ id: z.uuid() }) }
  const everywhere = { operator: true }
  const { apiDb, workerDb } = platform
  app.get(`${prefix}/unscoped/:id`, { config, schema }, ({ params }) =>
    withScope(apiDb, everywhere, (tx) => requireSite(tx, params.id)),
  )
  app.get(`${prefix}/list`, { config }, () =>
    withScope(apiDb, everywhere, (tx) => listSites(tx, siteList.query.parse({}))),
  )
  app.get(`${prefix}/oracle/:id`, { config, schema }, async (request) => {
    const site = await withScope(apiDb, everywhere, (tx) => requireSite(tx, request.params.id))
    if (site.tenant_id === principalOf(request).tenantId) return site
    const definition = { status: 404, title: 'Not yours', user: 'x', operator: 'x' }
    throw new ProblemError('site-not-found', definition, 'This site is somebody else’s.')
  })
  app.put(`${prefix}/blind/:id`, { config, schema }, async (request) => {
    await withScope(workerDb, everywhere, (tx) =>
      sql`UPDATE manager.sites SET generation = generation + 1 WHERE id = ${request.params.id}`.execute(tx),
    )
    return withScope(apiDb, { tenantId: principalOf(request).tenantId }, (tx) => requireSite(tx, request.params.id))
  })
  const open = { ...config, policy: { kind: 'public', reason: 'a mistake' } } as const
  app.get(`${prefix}/open/:id`, { config: open, schema }, ({ params }) =>
    withScope(apiDb, everywhere, (tx) => requireSite(tx, params.id)),
  )
}

/** As the document of that route would be read. */
const planted = (name: string, more: Partial<ApiOperation> = {}): ApiOperation => {
  const [method = '', path = ''] = name.split(' ')
  return {
    name,
    method,
    path,
    policy: 'authenticated',
    resource: path.includes('{') ? '/api/v1/sites/{id}' : undefined,
    takesBody: false,
    idsInBody: [],
    idsInQuery: [],
    isList: false,
    condition: undefined,
    isIdempotent: false,
    ...more,
  }
}

const leaksWith = async (change: Partial<Place>, only?: (operation: ApiOperation) => boolean): Promise<string> => {
  const { leaks } = await isolationReport({ ...place, ...change }, only === undefined ? {} : { only })
  return leaks.join('\n')
}

describe('a planted leak', () => {
  test.each([
    ['GET', 'unscoped/{id}', 'another tenant gets 200 instead of 404'],
    ['GET', 'unscoped/{id}', "shows another tenant's things"],
    ['GET', 'list', 'shows things of 3 other tenants'],
    ['GET', 'oracle/{id}', 'another tenant can tell a thing that exists from nothing'],
    ['PUT', 'blind/{id}', /somebody who may not changed \S+ manager.sites/],
  ] as const)('by %s %s is caught: %s', async (method, path, leak) => {
    const found = await leaksWith({ operations: [planted(`${method} ${prefix}/${path}`)] })
    expect(found).toMatch(leak)
  })

  test('by a route that is public and documented otherwise is caught', async () => {
    const found = await leaksWith({ operations: [planted(`GET ${prefix}/open/{id}`)] })
    expect(found).toContain('anonymous gets 200 instead of 401')
  })
})

describe('a new operation', () => {
  const gapsWith = (operation: ApiOperation, fixture: OperationFixture = {}): string[] =>
    gapsOf({ operations: [operation], resources: place.resources, fixtures: { [operation.name]: fixture } })

  test.each([
    [planted('GET /api/v1/things/{id}', { resource: '/api/v1/things/{id}' }), 'nobody says what its id is of'],
    [planted('POST /api/v1/things', { takesBody: true }), 'takes a body; add one to its fixture'],
    [planted('POST /api/v1/things', { idsInBody: ['siteId'] }), 'takes an id in siteId; add an attempt'],
  ])('$name without what the table needs is told with a sentence', (operation, sentence) => {
    expect(gapsWith(operation)).toEqual([expect.stringContaining(sentence)])
  })

  test('that is none is told too', () => {
    expect(gapsOf({ operations: [], resources: {}, fixtures: { 'GET /gone': {} } })).toEqual([
      'GET /gone: has a fixture and is in no document; remove it.',
    ])
  })
})

/** Those that read such things. */
const reading =
  (...words: string[]) =>
  ({ method, path }: ApiOperation): boolean =>
    method === 'GET' && words.some((word) => path.includes(`/v1/${word}`))
const asOwner = (statement: string) => sql.raw(statement).execute(platform.database.db)

// Each mends what it broke: the next begins with a database that keeps tenants apart.
describe('a database', () => {
  test('with all its policies keeps tenants apart', async () => {
    expect(await leaksWith({}, reading('sites', 'users', 'jobs'))).toBe('')
  })

  test.each([
    ['manager.sites', 'sites', /GET \/api\/v1\/sites: shows things of/],
    // The second wall: the steps of another tenant's operation are not there, and the answer fails.
    ['operations.operations', 'operations', /operations\/\{id\}: another tenant gets 500 instead of 404/],
    ['jobs.jobs', 'jobs', /GET \/api\/v1\/jobs: shows things of/],
  ])('without row-level security on %s leaks', async (table, word, leak) => {
    await asOwner(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`)
    const found = await leaksWith({}, reading(word))
    await asOwner(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`)
    expect(found).toMatch(leak)
  })

  test('without the policy of a table fails: nobody sees their own', async () => {
    const { name, definition } = await one(
      platform.database.db,
      sql<{ name: string; definition: string }>`SELECT polname AS name, pg_get_expr(polqual, polrelid) AS definition
        FROM pg_policy WHERE polrelid = 'manager.sites'::regclass`,
    )
    await asOwner(`DROP POLICY ${name} ON manager.sites`)
    const found = await leaksWith({}, ({ name }) => name === 'GET /api/v1/sites')
    await asOwner(`CREATE POLICY ${name} ON manager.sites USING (${definition}) WITH CHECK (${definition})`)
    expect(found).toContain('GET /api/v1/sites: owner sees nothing of the own tenant')
  })

  test('with one more policy that lets everything through leaks', async () => {
    await asOwner('CREATE POLICY open ON identity.audit_entries USING (true)')
    const found = await leaksWith({}, reading('audit-entries'))
    await asOwner('DROP POLICY open ON identity.audit_entries')
    expect(found).toContain('GET /api/v1/audit-entries: shows things of')
  })
})
