import type { FastifyReply, FastifyRequest } from 'fastify'
import { listRoutes } from '@platen/kit/http'
import { ProblemError } from '@platen/kit/problems'
import { rows, sql, withScope } from '@platen/kit/sql'
import { principalOf } from '@platen/identity'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../testing/api.ts'
import {
  aFreshName,
  isolationWorld,
  leaksOf,
  nameOf,
  tableGaps,
  type IsolationRow,
  type IsolationWorld,
} from '../testing/isolation.ts'
import { testPlatform, type TestPlatform } from '../testing/platform.ts'
import { listSites, requireSite, siteList } from './sites/site-store.ts'

const everybody = (status: number): IsolationRow => ({
  statuses: { anonymous: status, other: status, reader: status, owner: status },
})
const everySignedIn = (status: number): IsolationRow => ({
  statuses: { anonymous: 401, other: status, reader: status, owner: status },
})
const operators: IsolationRow = { statuses: { anonymous: 401, other: 403, reader: 403, owner: 403 } }
const ownThings: IsolationRow = { statuses: { anonymous: 401, other: 200, reader: 200, owner: 200 }, shows: true }
const reading = { statuses: { anonymous: 401, other: 404, reader: 200, owner: 200 } }
const changing = { statuses: { anonymous: 401, other: 404, reader: 403, owner: 202 } }
/** What readers may not even see. */
const onlyOwners: IsolationRow = { statuses: { anonymous: 401, other: 200, reader: 403, owner: 200 } }
const managing = (owner: number): IsolationRow => ({ statuses: { anonymous: 401, other: 404, reader: 403, owner } })
const aSiteThatIs = (state: 'active' | 'suspended' | 'archived') => ({ subject: { kind: 'site', state } }) as const

const bothFactors = () => ({ password: 'wrong', code: '123456' })
const aBackupPolicy = () => ({ everyHours: 24, atHour: 3, timeZone: 'Europe/Paris', keepDays: 30 })

/** Every route of the manager, and what it answers whom. */
const table: Record<string, IsolationRow> = {
  'GET /live': everybody(200),
  'GET /ready': everybody(200),
  'GET /problems/{code}': everybody(200),
  'GET /api/v1/setup': everybody(200),
  'POST /api/v1/setup': {
    ...everybody(401),
    body: () => ({ code: 'wrong', email: 'a@example.org', password: 'a long passphrase', name: 'A' }),
  },
  'POST /api/v1/auth/login': { ...everybody(401), body: () => ({ email: 'nobody@example.org', password: 'wrong' }) },
  'POST /api/v1/auth/refresh': { ...everybody(401), headers: { 'sec-fetch-site': 'same-origin' } },
  'POST /api/v1/auth/logout': { ...everybody(204), headers: { 'sec-fetch-site': 'same-origin' } },
  'PUT /api/v1/auth/password': {
    statuses: { anonymous: 401, other: 422, reader: 422, owner: 422 },
    body: () => ({ currentPassword: 'wrong', newPassword: 'a long enough passphrase' }),
  },
  'POST /api/v1/auth/password-resets': { ...everybody(202), body: () => ({ email: `${aFreshName()}@example.org` }) },
  'POST /api/v1/auth/password-resets/redemption': {
    ...everybody(401),
    body: () => ({ token: 'unknown', newPassword: 'a long enough passphrase' }),
  },
  'POST /api/v1/auth/address-verifications': everySignedIn(202),
  'POST /api/v1/auth/address-verifications/redemption': { ...everybody(401), body: () => ({ token: 'unknown' }) },
  'GET /.well-known/jwks.json': everybody(200),
  'POST /api/v1/auth/signing-keys/rotations': operators,
  'GET /api/v1/auth/me': ownThings,
  'GET /api/v1/auth/register': everybody(200),
  // Closed unless the platform's owner opens it.
  'POST /api/v1/auth/register': {
    ...everybody(403),
    body: () => ({ tenantName: 'A', name: 'A', email: 'a@example.org', password: 'a long passphrase' }),
  },
  'POST /api/v1/auth/register/redemption': { ...everybody(403), body: () => ({ token: 'invented' }) },
  'GET /api/v1/auth/tenants': ownThings,
  // An organisation that nobody is in.
  'PUT /api/v1/auth/tenant': {
    statuses: { anonymous: 401, other: 404, reader: 404, owner: 404 },
    body: () => ({ tenantId: '01990000-0000-7000-8000-000000000001' }),
  },
  'GET /api/v1/tenants/me': ownThings,
  'PATCH /api/v1/tenants/me': {
    statuses: { anonymous: 401, other: 200, reader: 403, owner: 200 },
    body: () => ({ settings: { timeZone: 'Europe/Berlin' } }),
  },
  'GET /api/v1/tenants': operators,
  'POST /api/v1/tenants': { ...operators, body: () => ({ name: 'Another organisation' }) },
  'GET /api/v1/tenants/{id}': { ...operators, subject: { kind: 'tenant' } },
  'PATCH /api/v1/tenants/{id}': { ...operators, subject: { kind: 'tenant' }, body: () => ({ maxSites: 1 }) },
  'PUT /api/v1/tenants/{id}/suspension': { ...operators, subject: { kind: 'tenant' } },
  'DELETE /api/v1/tenants/{id}/suspension': { ...operators, subject: { kind: 'tenant' } },
  'POST /api/v1/auth/invitations/inspection': { ...everybody(401), body: () => ({ token: 'invented' }) },
  'POST /api/v1/auth/invitations/acceptance': {
    ...everybody(401),
    body: () => ({ token: 'invented', password: 'a long enough passphrase' }),
  },
  'GET /api/v1/users': onlyOwners,
  'GET /api/v1/users/me': { ...ownThings, shows: true },
  'PATCH /api/v1/users/me': { statuses: ownThings.statuses, body: () => ({ name: `N ${aFreshName()}` }) },
  'GET /api/v1/users/{id}': { ...managing(200), subject: { kind: 'user' } },
  'PATCH /api/v1/users/{id}': { ...managing(200), subject: { kind: 'user' }, body: () => ({ roles: ['member'] }) },
  'PUT /api/v1/users/{id}/deactivation': { ...managing(200), subject: { kind: 'user' } },
  'DELETE /api/v1/users/{id}/deactivation': { ...managing(200), subject: { kind: 'user' } },
  'DELETE /api/v1/users/{id}': { ...managing(204), subject: { kind: 'user' } },
  'GET /api/v1/invitations': onlyOwners,
  'POST /api/v1/invitations': {
    statuses: { anonymous: 401, other: 201, reader: 403, owner: 201 },
    body: () => ({ email: `${aFreshName()}@example.org`, roles: ['reader'] }),
  },
  'DELETE /api/v1/invitations/{id}': { ...managing(204), subject: { kind: 'invitation' } },
  'POST /api/v1/invitations/{id}/reminders': { ...managing(202), subject: { kind: 'invitation' } },
  'GET /api/v1/roles': onlyOwners,
  'POST /api/v1/roles': {
    statuses: { anonymous: 401, other: 201, reader: 403, owner: 201 },
    body: () => ({ name: aFreshName(), permissions: ['sites.read'] }),
  },
  'GET /api/v1/roles/{id}': { ...managing(200), subject: { kind: 'role' } },
  'PATCH /api/v1/roles/{id}': { ...managing(200), subject: { kind: 'role' }, body: () => ({ description: 'x' }) },
  'DELETE /api/v1/roles/{id}': { ...managing(204), subject: { kind: 'role' } },
  'GET /api/v1/permissions': { statuses: ownThings.statuses },
  // Of who asks, whatever the tenant: things of other people are in the tests of identity.
  'GET /api/v1/auth/second-factor': everySignedIn(200),
  'POST /api/v1/auth/second-factor': { ...everySignedIn(422), body: () => ({ password: 'wrong' }) },
  'PUT /api/v1/auth/second-factor': { ...everySignedIn(409), body: () => ({ code: '123456' }) },
  'DELETE /api/v1/auth/second-factor': { ...everySignedIn(409), body: bothFactors },
  'POST /api/v1/auth/second-factor/recovery-codes': { ...everySignedIn(409), body: bothFactors },
  'GET /api/v1/auth/sessions': everySignedIn(200),
  'DELETE /api/v1/auth/sessions': everySignedIn(200),
  'DELETE /api/v1/auth/sessions/{id}': { ...everySignedIn(404), subject: { kind: 'operation' } },
  'GET /api/v1/auth/api-tokens': everySignedIn(200),
  'POST /api/v1/auth/api-tokens': { ...everySignedIn(201), body: () => ({ name: 'cron', scopes: ['sites.read'] }) },
  'DELETE /api/v1/auth/api-tokens/{id}': { ...everySignedIn(404), subject: { kind: 'operation' } },
  'GET /api/v1/plans': { statuses: ownThings.statuses },
  // Not of a tenant: refused before anybody looks whether it is there.
  'PUT /api/v1/plans/{id}/backup-schedule': {
    ...operators,
    subject: { kind: 'site', state: 'active' },
    body: aBackupPolicy,
  },
  'GET /api/v1/dead-letters': operators,
  'POST /api/v1/dead-letters/{eventId}/replays': operators,
  'DELETE /api/v1/dead-letters/{eventId}': operators,
  'GET /api/v1/sites': ownThings,
  'POST /api/v1/sites': {
    statuses: { anonymous: 401, other: 202, reader: 403, owner: 202 },
    body: () => ({ name: aFreshName(), adminEmail: 'boss@example.org' }),
    headers: { 'idempotency-key': 'the-same-for-everybody' },
  },
  'GET /api/v1/sites/{id}': { ...reading, ...aSiteThatIs('active'), shows: true },
  'DELETE /api/v1/sites/{id}': { ...changing, ...aSiteThatIs('active') },
  'PUT /api/v1/sites/{id}/suspension': { ...changing, ...aSiteThatIs('active') },
  'DELETE /api/v1/sites/{id}/suspension': { ...changing, ...aSiteThatIs('suspended') },
  'POST /api/v1/sites/{id}/restarts': { ...changing, ...aSiteThatIs('active') },
  'POST /api/v1/sites/{id}/admin-tickets': {
    statuses: { ...changing.statuses, owner: 201 },
    ...aSiteThatIs('active'),
  },
  'GET /api/v1/sites/{id}/logs': {
    statuses: { anonymous: 401, other: 404, reader: 403, owner: 200 },
    ...aSiteThatIs('active'),
  },
  'GET /api/v1/sites/{id}/backups': { ...reading, ...aSiteThatIs('active') },
  'POST /api/v1/sites/{id}/backups': { ...changing, ...aSiteThatIs('suspended') },
  'GET /api/v1/sites/{id}/backup-schedule': { ...reading, ...aSiteThatIs('active') },
  'PUT /api/v1/sites/{id}/backup-schedule': {
    statuses: { ...changing.statuses, owner: 200 },
    ...aSiteThatIs('active'),
    body: aBackupPolicy,
  },
  'DELETE /api/v1/sites/{id}/backup-schedule': {
    statuses: { ...changing.statuses, owner: 200 },
    ...aSiteThatIs('active'),
  },
  'GET /api/v1/backups/{id}': { ...reading, subject: { kind: 'backup' }, shows: true },
  'POST /api/v1/backups/{id}/restorations': {
    ...changing,
    subject: { kind: 'backup' },
    body: () => ({ name: aFreshName() }),
  },
  // The backup is on paper only: there is no manifest to read.
  'GET /api/v1/backups/{id}/comparison': {
    statuses: { ...reading.statuses, reader: 500, owner: 500 },
    subject: { kind: 'backup' },
  },
  'POST /api/v1/backups/{id}/drills': { ...changing, subject: { kind: 'backup' } },
  // A backup that nobody has: the owner is told so, others that there is no such site.
  'POST /api/v1/sites/{id}/restorations': {
    statuses: { ...changing.statuses, owner: 404 },
    ...aSiteThatIs('active'),
    body: () => ({ backupId: '01990000-0000-7000-8000-000000000001' }),
  },
  'PUT /api/v1/sites/{id}/archival': { ...changing, ...aSiteThatIs('active') },
  // It has no backup to be revived from.
  'DELETE /api/v1/sites/{id}/archival': { statuses: { ...changing.statuses, owner: 404 }, ...aSiteThatIs('archived') },
  // The operation is at work.
  'POST /api/v1/operations/{id}/retries': {
    statuses: { ...changing.statuses, owner: 409 },
    subject: { kind: 'operation' },
  },
  'POST /api/v1/operations/{id}/reversals': {
    statuses: { ...changing.statuses, owner: 409 },
    subject: { kind: 'operation' },
  },
  'GET /api/v1/operations': ownThings,
  'GET /api/v1/operations/{id}': { ...reading, subject: { kind: 'operation' }, shows: true },
  'GET /api/v1/operations/{id}/events': { ...reading, subject: { kind: 'operation', ended: true }, shows: true },
  'PUT /api/v1/operations/{id}/cancellation': { ...changing, subject: { kind: 'operation' } },
  'GET /api/v1/jobs': { statuses: { anonymous: 401, other: 200, reader: 403, owner: 200 } },
  // Everybody reads their own.
  'GET /api/v1/jobs/{id}': {
    statuses: { anonymous: 401, other: 404, reader: 404, owner: 200 },
    subject: { kind: 'job' },
  },
  'POST /api/v1/jobs/{id}/retries': { ...changing, subject: { kind: 'job' } },
  'DELETE /api/v1/jobs/{id}': { statuses: { ...changing.statuses, owner: 200 }, subject: { kind: 'job' } },
  'POST /api/v1/reports': {
    statuses: { anonymous: 401, other: 202, reader: 403, owner: 202 },
    body: () => ({ type: 'people' }),
  },
  // Without a signature.
  'GET /api/v1/report-files/*': everybody(404),
  'GET /api/v1/audit-entries': onlyOwners,
  'GET /api/v1/audit-entries/{id}': {
    statuses: { ...onlyOwners.statuses, other: 404 },
    subject: { kind: 'audit-entry' },
  },
  'GET /api/v1/audit-exports': onlyOwners,
  'POST /api/v1/audit-verifications': onlyOwners,
  'GET /api/v1/clusters': operators,
  'GET /api/v1/servers': operators,
  'GET /api/v1/benches': operators,
  'GET /api/v1/logs': operators,
  'GET /api/v1/logs/{program}/lines': operators,
  'GET /api/v1/reconciliation': operators,
  'POST /api/v1/reconciliation/runs': { ...operators, body: () => ({ dryRun: true }) },
  'GET /api/v1/diagnosis': operators,
  'GET /api/v1/alerts': operators,
  // Neither is of a tenant: refused before anybody looks whether it is there.
  'PUT /api/v1/alerts/{id}/acknowledgement': { ...operators, subject: { kind: 'operation' } },
  'POST /api/v1/alerts/test-mail': operators,
  'GET /api/v1/event-types': onlyOwners,
  'GET /api/v1/webhooks': onlyOwners,
  'POST /api/v1/webhooks': {
    statuses: { anonymous: 401, other: 201, reader: 403, owner: 201 },
    body: () => ({ url: 'https://hooks.example.org/' }),
  },
  'GET /api/v1/webhooks/{id}': { ...managing(200), subject: { kind: 'webhook' } },
  'PATCH /api/v1/webhooks/{id}': {
    ...managing(200),
    subject: { kind: 'webhook' },
    body: () => ({ description: aFreshName() }),
  },
  'DELETE /api/v1/webhooks/{id}': { ...managing(204), subject: { kind: 'webhook' } },
  'POST /api/v1/webhooks/{id}/secrets': { ...managing(201), subject: { kind: 'webhook' } },
  'POST /api/v1/webhooks/{id}/tests': { ...managing(202), subject: { kind: 'webhook' } },
  'GET /api/v1/webhooks/{id}/deliveries': { ...managing(200), subject: { kind: 'webhook' } },
  'POST /api/v1/webhooks/{id}/deliveries/{eventId}/replays': { ...managing(202), subject: { kind: 'webhook' } },
  'GET /api/v1/alert-webhooks': operators,
  'POST /api/v1/alert-webhooks': { ...operators, body: () => ({ url: 'https://hooks.example.org/x' }) },
  'DELETE /api/v1/alert-webhooks/{id}': { ...operators, subject: { kind: 'operation' } },
  'POST /api/v1/alert-webhooks/{id}/tests': { ...operators, subject: { kind: 'operation' } },
  'GET /api/v1/mails': operators,
  'GET /api/v1/mails/{id}': { ...operators, subject: { kind: 'operation' } },
  'GET /api/v1/certificate-authority': everybody(200),
  'GET /api/v1/certificate-authority/download': everybody(200),
}

let platform: TestPlatform
let api: TestApi
let world: IsolationWorld

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform, plantLeaks)
  api.app.addHook('onResponse', async (request, reply) => rememberChange(request, reply))
  world = await isolationWorld(platform, api)
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const realRoutes = () => listRoutes(api.app).filter(({ path }) => !path.includes('/planted/'))

test('the table has every route of the manager and no other', () => {
  expect(realRoutes().length).toBeGreaterThan(40)
  expect(tableGaps(realRoutes(), table)).toEqual([])
})

test('a route that is missing in the table is told with the line to add', () => {
  expect(tableGaps([{ method: 'GET', path: '/api/v1/new' }], {})).toEqual([
    expect.stringContaining("add to the table: 'GET /api/v1/new': {"),
  ])
})

test('no route shows, tells of or changes anything of another tenant', { timeout: 240_000 }, async () => {
  const leaks: string[] = []
  for (const route of realRoutes()) leaks.push(...(await leaksOf(world, route, table[nameOf(route)] ?? everybody(0))))
  expect(leaks).toEqual([])
})

/** Requests of the test above that were done and might have changed something: route -> their ids. */
const done = new Map<string, string[]>()
function rememberChange({ method, routeOptions, id }: FastifyRequest, { statusCode }: FastifyReply): void {
  if (method === 'GET' || method === 'HEAD' || statusCode >= 400) return
  const route = nameOf({ method, path: (routeOptions.url ?? '').replaceAll(/:([^/]+)/g, '{$1}') })
  done.set(route, [...(done.get(route) ?? []), id])
}

/** Those of them that leave no entry, each with the reason. */
const unaudited: Record<string, string> = {
  'DELETE /api/v1/auth/sessions': 'nobody here has another session to end',
  'DELETE /api/v1/users/{id}/deactivation': 'the user is not deactivated, so nothing changes',
  'POST /api/v1/audit-verifications': 'changes nothing',
  'POST /api/v1/auth/logout': 'without a cookie there is no session to end; identity.test.ts ends one',
}

test('every route of this table that changed something left an entry in the audit trail, or says why not', async () => {
  const entries = await rows(
    platform.database.db,
    sql<{ request_id: string }>`SELECT request_id FROM identity.audit_entries WHERE action <> 'access.refused'`,
  )
  const audited = new Set(entries.map(({ request_id: id }) => id))
  const silent = realRoutes()
    .map(nameOf)
    .filter((route) => done.has(route) && !(done.get(route) ?? []).some((id) => audited.has(id)))
  expect(done.size).toBeGreaterThan(20)
  expect(silent.toSorted()).toEqual(Object.keys(unaudited).toSorted())
})

test('an operator of the platform sees the sites of every tenant', async () => {
  const operator = await api.person({ role: 'owner', operator: true })
  const { body } = await api.call({ method: 'GET', path: '/sites?limit=200', as: operator })
  const seen = JSON.stringify(body)
  const own = await api.call({ method: 'GET', path: '/sites', as: world.owner })
  expect(seen).toContain(own.body.items[0]?.id)
})

/** Routes as somebody might write them in a hurry. None may pass. */
function plantLeaks(app: TestApi['app']): void {
  const config = { policy: { kind: 'authenticated' }, problems: ['site-not-found'] } as const
  const schema = { params: z.strictObject({ id: z.uuid() }) }
  const everywhere = { operator: true }
  const { apiDb, workerDb } = platform
  const prefix = '/api/v1/planted'
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
  app.get(
    `${prefix}/open/:id`,
    { config: { ...config, policy: { kind: 'public', reason: 'a mistake' } }, schema },
    ({ params }) => withScope(apiDb, everywhere, (tx) => requireSite(tx, params.id)),
  )
}

describe('a planted leak', () => {
  const row: IsolationRow = { ...reading, ...aSiteThatIs('active') }
  test.each([
    ['GET', 'unscoped/{id}', row, 'other sees'],
    ['GET', 'list', ownThings, 'other sees'],
    ['GET', 'oracle/{id}', row, 'other can tell a thing of the tenant from nothing'],
    ['PUT', 'blind/{id}', row, 'other changed something of the tenant'],
    ['GET', 'open/{id}', row, 'anonymous sees'],
  ] as const)('by %s %s is caught', async (method, path, expected, leak) => {
    const leaks = await leaksOf(world, { method, path: `/api/v1/planted/${path}` }, expected)
    expect(leaks.join('\n')).toContain(leak)
  })
})
