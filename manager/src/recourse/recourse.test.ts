import { newId } from '@platen/kit/ids'
import { OperationRunner } from '@platen/kit/operations'
import { sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type Call, type TestApi } from '../../testing/api.ts'
import { backupBuilders } from '../../testing/backup-builders.ts'
import type { TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { siteOperations } from '../manager.ts'
import { askedAgain, undoneBy } from '../operations/index.ts'
import { again, reverse } from './ask-again.ts'

let platform: TestPlatform
let api: TestApi
let owner: TestPerson
let made: ReturnType<typeof backupBuilders>

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  owner = await api.person({ role: 'owner' })
  made = backupBuilders(platform, owner)
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const call = (method: Call['method'], path: string, body?: unknown) => api.call({ method, path, body, as: owner })

/** Does what was asked for, as the worker would. */
async function work(operationId: string): Promise<string> {
  const runner = new OperationRunner({
    db: platform.workerDb,
    connection: platform.workerConnection,
    definitions: siteOperations,
    deps: platform.deps,
    workerId: `test-${newId()}`,
    random: () => 0,
  })
  await runner.run(operationId)
  await runner.stop()
  return (await call('GET', `/operations/${operationId}`)).body.state
}

async function ask(method: Call['method'], path: string, body?: unknown): Promise<string> {
  const answer = await call(method, path, body)
  expect(answer).toMatchObject({ status: 202 })
  return answer.body.operation.id
}

const stateOf = async (siteId: string) => (await call('GET', `/sites/${siteId}`)).body.state

test('what the rules promise is what can be asked for', () => {
  expect(new Set(Object.keys(again))).toEqual(askedAgain)
  expect(Object.keys(reverse).toSorted()).toEqual(Object.keys(undoneBy).toSorted())
  const known = new Set(siteOperations.map(({ type }) => type))
  expect([...Object.keys(again), ...Object.values(undoneBy)].filter((type) => !known.has(type))).toEqual([])
})

describe('undoing', () => {
  test('a suspension is a resumption', async () => {
    const siteId = await made.aSiteWithFiles()
    const suspended = await ask('PUT', `/sites/${siteId}/suspension`)
    expect(await work(suspended)).toBe('succeeded')
    expect(await stateOf(siteId)).toBe('suspended')
    expect(await work(await ask('POST', `/operations/${suspended}/reversals`))).toBe('succeeded')
    expect(await stateOf(siteId)).toBe('active')
    const twice = await call('POST', `/operations/${suspended}/reversals`)
    expect(twice).toMatchObject({ status: 409, body: { code: 'site-action-refused' } })
  })

  test('a restore in place puts the database before it back, once', async () => {
    const siteId = await made.aSiteWithFiles()
    const { backupId } = await made.aBackup(siteId)
    const restored = await ask('POST', `/sites/${siteId}/restorations`, { backupId })
    expect(await work(restored)).toBe('succeeded')
    expect(await work(await ask('POST', `/operations/${restored}/reversals`))).toBe('succeeded')
    const twice = await call('POST', `/operations/${restored}/reversals`)
    expect(twice).toMatchObject({ status: 409, body: { code: 'former-database-gone' } })
  })

  test('an archival revives the site, which shows until when that can be done', async () => {
    const siteId = await made.aSiteWithFiles()
    const archived = await ask('PUT', `/sites/${siteId}/archival`)
    expect(await work(archived)).toBe('succeeded')
    const { body } = await call('GET', `/sites/${siteId}`)
    expect(body).toMatchObject({ state: 'archived', lastVerifiedBackupAt: expect.any(String) })
    const { archivedAt, archivedUntil } = body as unknown as { archivedAt: string; archivedUntil: string }
    expect(Date.parse(archivedUntil) - Date.parse(archivedAt)).toBe(30 * 86_400_000)
    expect(await work(await ask('POST', `/operations/${archived}/reversals`))).toBe('succeeded')
    expect(await stateOf(siteId)).toBe('active')
  })

  test('what has no way back says so', async () => {
    const siteId = await made.aSiteWithFiles()
    const backedUp = await ask('POST', `/sites/${siteId}/backups`)
    expect(await work(backedUp)).toBe('succeeded')
    const answer = await call('POST', `/operations/${backedUp}/reversals`)
    expect(answer).toMatchObject({ status: 409, body: { code: 'operation-action-refused' } })
  })
})

describe('asking again', () => {
  test('a backup that failed is made anew', async () => {
    const siteId = await made.aSiteWithFiles()
    platform.runtime.faults.inject('smokeTest', { error: new Error('no'), times: 9 })
    const failed = await ask('POST', `/sites/${siteId}/backups`)
    expect(await work(failed)).toBe('failed')
    platform.runtime.faults.clear()
    expect(await work(await ask('POST', `/operations/${failed}/retries`))).toBe('succeeded')
    const { body } = await call('GET', `/sites/${siteId}/backups`)
    expect(body.items.map(({ state }) => state)).toEqual(['verified', 'failed'])
  })

  test('one that waits for a person goes on at once, as the same operation', async () => {
    const siteId = await made.aSiteWithFiles()
    const id = await ask('PUT', `/sites/${siteId}/suspension`)
    await withScope(platform.workerDb, { operator: true }, (tx) =>
      sql`UPDATE operations.operations SET state = 'needs-attention', not_before = now() + interval '1 hour' WHERE id = ${id}`.execute(
        tx,
      ),
    )
    expect(await ask('POST', `/operations/${id}/retries`)).toBe(id)
    expect(await work(id)).toBe('succeeded')
  })

  test('what has succeeded is not asked for again', async () => {
    const siteId = await made.aSiteWithFiles()
    const id = await ask('POST', `/sites/${siteId}/restarts`)
    expect(await work(id)).toBe('succeeded')
    const answer = await call('POST', `/operations/${id}/retries`)
    expect(answer).toMatchObject({ status: 409, body: { code: 'operation-action-refused' } })
  })
})

describe('comparing a backup with its site', () => {
  test('counts rows and files of then and now', async () => {
    const siteId = await made.aSiteWithFiles()
    const { backupId } = await made.aBackup(siteId)
    await made.putPicture(siteId, 'four', 'a fourth picture')
    const { status, body } = await call('GET', `/backups/${backupId}/comparison`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      site: { id: siteId, state: 'active' },
      comparable: true,
      tables: [{ name: 'identity.accounts', rowsThen: 1, rowsNow: 1, changed: false }],
      files: { backedUp: 3, now: 4 },
    })
  })

  test('a site that an operation works on is not counted: its backup needs the connections', async () => {
    const siteId = await made.aSiteWithFiles()
    const { backupId } = await made.aBackup(siteId)
    const operation = await ask('POST', `/sites/${siteId}/backups`)
    const { body } = await call('GET', `/backups/${backupId}/comparison`)
    expect(body).toMatchObject({ comparable: false, tables: [{ rowsThen: 1, rowsNow: null, changed: null }] })
    expect(await work(operation)).toBe('succeeded')
  })

  test('a backup of another site is not restored in place', async () => {
    const [siteId, other] = [await made.aSiteWithFiles(), await made.aSiteWithFiles()]
    const { backupId } = await made.aBackup(other)
    const answer = await call('POST', `/sites/${siteId}/restorations`, { backupId })
    expect(answer).toMatchObject({ status: 404, body: { code: 'backup-not-found' } })
  })

  test('without room for its twin nothing is begun', async () => {
    const siteId = await made.aSiteWithFiles()
    const { backupId } = await made.aBackup(siteId)
    api.disk.freeBytes = 1024 ** 3
    const answer = await call('POST', `/sites/${siteId}/restorations`, { backupId }).finally(
      () => (api.disk.freeBytes = 1024 ** 4),
    )
    expect(answer).toMatchObject({ status: 507, body: { code: 'disk-space-low' } })
  })
})
