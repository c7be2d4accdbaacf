// Every problem that the manager defines is met here once, and every code that a route lists is one that can be met.
import { rm, writeFile } from 'node:fs/promises'
import { MemoryDatabaseServer } from '@platen/drivers/databases'
import { DriverError } from '@platen/drivers/errors'
import { MemoryObjects } from '@platen/drivers/objects'
import { listRoutes } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import { requireDatabaseBefore } from './sites/former-databases.ts'
import { siteDatabaseName } from '@platen/kit/names'
import { problemFeatures } from '@platen/kit/problems'
import { sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testApi, type TestApi } from '../testing/api.ts'
import { aReservedSite, aSite, aTenant, runOn, runWith, type TestPerson } from '../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../testing/platform.ts'
import { alertProblems } from './alerts/index.ts'
import { backUpSite, backupProblems } from './backups/index.ts'
import { insertBackup } from './backups/backup-store.ts'
import { certificateProblems, requireCertificateFor } from './certificates/index.ts'
import { logProblems } from './logs/index.ts'
import { planProblems } from './plans/index.ts'
import { reconciliationProblems } from './reconciliation/index.ts'
import { setupProblems } from './setup/index.ts'
import { recourseProblems } from './recourse/index.ts'
import { createSite, siteProblems } from './sites/index.ts'
import { templateOfBench } from './sites/site-store.ts'

/** The tables of problems that the manager's own features define. */
const managerProblemFeatures = [
  setupProblems,
  siteProblems,
  certificateProblems,
  reconciliationProblems,
  alertProblems,
  backupProblems,
  planProblems,
  recourseProblems,
  logProblems,
]

const databases = new MemoryDatabaseServer()
const objects = new MemoryObjects()
let platform: TestPlatform
let api: TestApi
let owner: TestPerson
let operator: TestPerson

beforeAll(async () => {
  platform = await testPlatform({ databases, objects })
  api = await testApi(platform)
  owner = await api.person({ role: 'owner' })
  operator = await api.person({ role: 'owner', operator: true })
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const create = (body: object, as = owner) =>
  api.call({ method: 'POST', path: '/sites', body: { adminEmail: 'a@example.org', ...body }, as })
const codeOf = async (answer: Promise<{ body: { code: string } }>) => (await answer).body.code
const thrown = (work: Promise<unknown>) => work.then(String, (error: { code: string }) => error.code)

async function aBackupRow(siteId: string): Promise<{ siteId: string; backupId: string }> {
  const backupId = newId()
  await withScope(platform.workerDb, { operator: true }, (tx) =>
    insertBackup(tx, { id: backupId, tenantId: owner.tenantId, siteId }),
  )
  return { siteId, backupId }
}

/** Of a real site; `isEmpty`: in which nobody may administer anything. */
async function aFailedBackup({ isEmpty = false } = {}) {
  const { siteId } = await aReservedSite(platform, owner)
  await runOn(platform, owner, createSite, siteId)
  if (isEmpty) databases.replace(siteDatabaseName(siteId), [])
  return runWith(platform, owner, backUpSite, await aBackupRow(siteId))
}

/** Code -> something that ends in it. Routes where they can, operations and rules for the rest. */
const produced: Record<string, () => Promise<string | undefined>> = {
  'setup-code-wrong': () =>
    codeOf(
      api.call({
        method: 'POST',
        path: '/setup',
        body: { code: 'wrong', email: 'a@example.org', password: 'a long passphrase', name: 'A' },
      }),
    ),
  'site-not-found': () =>
    codeOf(api.call({ method: 'GET', path: '/sites/0198c5a0-0000-7000-8000-000000000000', as: owner })),
  'site-name-invalid': () => codeOf(create({ name: 'Not A Name' })),
  'site-name-reserved': () => codeOf(create({ name: 'www' })),
  'site-name-taken': async () => {
    const { name } = await aSite(platform, owner)
    return codeOf(create({ name }))
  },
  'site-quota-reached': async () => {
    const tenant = await aTenant(platform, { maxSites: 0 })
    return codeOf(create({ name: 'one-too-many' }, await api.person({ role: 'owner', tenant })))
  },
  'plan-unknown': () => codeOf(create({ name: 'fine', plan: 'none' })),
  'plan-not-found': () =>
    codeOf(
      api.call({
        method: 'PUT',
        path: '/plans/0198c5a0-0000-7000-8000-000000000000/backup-schedule',
        body: { everyHours: 24, atHour: 2, timeZone: 'UTC', keepDays: 30 },
        as: operator,
      }),
    ),
  'disk-space-low': async () => {
    api.disk.freeBytes = 0
    return codeOf(create({ name: 'fine' })).finally(() => (api.disk.freeBytes = 1024 ** 4))
  },
  'site-action-refused': async () => {
    const { siteId } = await aSite(platform, owner, 'suspended')
    return codeOf(api.call({ method: 'POST', path: `/sites/${siteId}/restarts`, as: owner }))
  },
  'no-bench-ready': () => thrown(platform.workerDb.transaction().execute((tx) => templateOfBench(tx, null))),
  'site-not-answering': async () => {
    platform.visitors.seeNothing = true
    const { siteId } = await aReservedSite(platform, owner)
    const view = await runOn(platform, owner, createSite, siteId).finally(() => (platform.visitors.seeNothing = false))
    return view.problem?.code
  },
  'alert-not-found': () =>
    codeOf(
      api.call({ method: 'PUT', path: '/alerts/0198c5a0-0000-7000-8000-000000000000/acknowledgement', as: operator }),
    ),
  'alert-webhook-not-found': () =>
    codeOf(api.call({ method: 'DELETE', path: '/alert-webhooks/0198c5a0-0000-7000-8000-000000000000', as: operator })),
  'alert-webhook-exists': async () => {
    const add = () =>
      api.call({ method: 'POST', path: '/alert-webhooks', body: { url: 'https://example.org' }, as: operator })
    await add()
    return codeOf(add())
  },
  'alert-webhook-url-refused': () =>
    codeOf(api.call({ method: 'POST', path: '/alert-webhooks', body: { url: 'ftp://example.org' }, as: operator })),
  'mail-not-found': () => codeOf(api.call({ method: 'GET', path: `/mails/${'0'.repeat(32)}`, as: operator })),
  'mail-not-sent': async () => {
    // The file in its place makes every mail fail.
    await writeFile(api.parts.paths.inbox, '')
    const code = await codeOf(api.call({ method: 'POST', path: '/alerts/test-mail', as: operator }))
    await rm(api.parts.paths.inbox)
    return code
  },
  'backup-not-found': () =>
    codeOf(api.call({ method: 'GET', path: '/backups/0198c5a0-0000-7000-8000-000000000000', as: owner })),
  'backup-not-verified': async () => {
    const { backupId } = await aBackupRow((await aSite(platform, owner)).siteId)
    return codeOf(
      api.call({ method: 'POST', path: `/backups/${backupId}/restorations`, body: { name: 'fine' }, as: owner }),
    )
  },
  'backup-damaged': async () => {
    objects.failNext('get', new DriverError('not-found', 'gone'))
    return (await aFailedBackup()).problem?.code
  },
  'backup-differs': async () => {
    return (await aFailedBackup({ isEmpty: true })).problem?.code
  },
  'former-database-gone': () =>
    thrown(
      platform.workerDb
        .transaction()
        .execute((tx) => requireDatabaseBefore(tx, '0198c5a0-0000-7000-8000-000000000000')),
    ),
  'operation-action-refused': async () => {
    const { siteId } = await aSite(platform, owner)
    const { body } = await api.call({ method: 'POST', path: `/sites/${siteId}/restarts`, as: owner })
    return codeOf(api.call({ method: 'POST', path: `/operations/${body.operation.id}/reversals`, as: owner }))
  },
  'log-not-found': () => codeOf(api.call({ method: 'GET', path: '/logs/nothing/lines', as: operator })),
  'certificate-missing': () => thrown(requireCertificateFor(platform.workerDb, 'acme.platen.localhost')),
  // Last: the other scopes of the run are repaired, the certificate too.
  'reconciliation-busy': async () => {
    const operator = await api.person({ role: 'owner', operator: true })
    const run = { method: 'POST', path: '/reconciliation/runs', body: { dryRun: false }, as: operator } as const
    return platform.workerDb.connection().execute(async (holder) => {
      await sql`SELECT pg_advisory_lock(hashtextextended('platen.reconciliation.leftovers', 0))`.execute(holder)
      const code = await codeOf(api.call(run))
      await sql`SELECT pg_advisory_unlock_all()`.execute(holder)
      return code
    })
  },
}

/** Met only in operations and rules: no route answers with them. */
const inOperations = ['backup-differs', 'certificate-missing', 'no-bench-ready', 'site-not-answering']

const defined = (): string[] => managerProblemFeatures.flatMap(({ table }) => Object.keys(table)).toSorted()

test('every problem of the manager is in the table of what produces it', () => {
  const missing = defined().filter((code) => produced[code] === undefined)
  expect(missing.map((code) => `add to produced: '${code}': () => ...`)).toEqual([])
  expect(Object.keys(produced).toSorted()).toEqual(defined())
})

test('every feature of the manager that defines problems is known here', () => {
  // Met in the tests of their own folders.
  const elsewhere = ['identity', 'kit', 'operations', 'jobs', 'outbox', 'people', 'dead-letters', 'tenants', 'webhooks']
  const names = problemFeatures().map(({ feature }) => feature)
  expect(names.filter((name) => !elsewhere.includes(name))).toEqual(
    managerProblemFeatures.map(({ feature }) => feature).toSorted(),
  )
})

test.each(Object.keys(produced))('%s is produced', async (code) => {
  expect(await produced[code]?.()).toBe(code)
})

test('every problem that a route can answer with is listed by a route, and no other', () => {
  const listed = new Set(listRoutes(api.app).flatMap(({ config }) => config.problems ?? []))
  expect(defined().filter((code) => !listed.has(code))).toEqual(inOperations)
})

test('a route about one thing says what it answers when there is none', () => {
  const silent = listRoutes(api.app)
    .filter(({ path }) => path.startsWith('/api/') && path.includes('{id}'))
    .filter(({ config }) => !(config.problems ?? []).some((code) => /(?:^|-)not-found$/.test(code)))
  expect(silent.map(({ method, path }) => `${method} ${path} lists no ...-not-found`)).toEqual([])
})
