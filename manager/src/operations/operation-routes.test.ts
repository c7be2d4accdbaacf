import { setTimeout as pause } from 'node:timers/promises'
import { OperationRunner } from '@platen/kit/operations'
import { one, sql } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { aReservedSite, aSite, runOn, startOn, type TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { createSite, dropSite, restartSite, suspendSite } from '../sites/index.ts'

let platform: TestPlatform
let api: TestApi
let owner: TestPerson

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  owner = await api.person({ role: 'owner' })
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const nobody = '0198c5a0-0000-7000-8000-000000000000'
const read = (path: string, as: TestPerson = owner) => api.call({ method: 'GET', path: `/operations${path}`, as })
const cancel = (id: string, as: TestPerson = owner) =>
  api.call({ method: 'PUT', path: `/operations/${id}/cancellation`, as })

describe('listing operations', () => {
  test('shows the newest first, page by page, of one site or state', async () => {
    const lister = await api.person({ role: 'reader' })
    const sites = [await aSite(platform, lister), await aSite(platform, lister), await aSite(platform, lister)]
    const ids: string[] = []
    for (const { siteId } of sites) ids.unshift(await startOn(platform, lister, suspendSite, siteId))
    const all = await read('', lister)
    expect(all.body.items.map(({ id }) => id)).toEqual(ids)
    const first = await read('?limit=2', lister)
    const second = await read(`?limit=2&cursor=${first.body.nextCursor}`, lister)
    expect([...first.body.items, ...second.body.items]).toEqual(all.body.items)
    expect(second.body.nextCursor).toBeNull()
    expect((await read(`?filter[subject]=${sites[0]?.siteId}`, lister)).body.items).toHaveLength(1)
    expect((await read('?filter[state]=succeeded', lister)).body.items).toEqual([])
    expect((await read('?filter[state]=pending', lister)).body.items).toHaveLength(3)
  })

  test.each(['?filter[state]=happy', '?state=pending', '?limit=0', '?cursor=x', '?colour=red'])(
    '%s is refused',
    async (query) => {
      expect(await read(query)).toMatchObject({ status: 400, body: { code: 'list-query-invalid' } })
    },
  )
})

describe('reading an operation', () => {
  test('tells steps, times and log', async () => {
    const { siteId } = await aReservedSite(platform, owner)
    const { id } = await runOn(platform, owner, createSite, siteId)
    const { body } = await read(`/${id}`)
    expect(body).toMatchObject({
      id,
      type: 'create-site',
      state: 'succeeded',
      progress: 1,
      subject: { kind: 'site', id: siteId },
      problem: null,
      cancellable: false,
      log: [],
    })
    expect(body).not.toHaveProperty('tenantId')
    for (const step of body.steps) {
      expect(step).toMatchObject({ state: 'succeeded', attempt: 1, problem: null })
      expect(Date.parse(step.endedAt)).toBeGreaterThanOrEqual(Date.parse(step.startedAt))
    }
  })

  test('that failed tells the problem, of the operation and of its step', async () => {
    platform.visitors.seeNothing = true
    const { siteId } = await aReservedSite(platform, owner)
    const { id } = await runOn(platform, owner, createSite, siteId).finally(
      () => (platform.visitors.seeNothing = false),
    )
    const { body } = await read(`/${id}`)
    expect(body).toMatchObject({ state: 'failed', problem: { code: 'site-not-answering', detail: 'nobody answers' } })
    expect(body.steps.find((step) => step.name === 'probe')).toMatchObject({
      state: 'undone',
      problem: { code: 'site-not-answering' },
    })
    expect(body.log.map((line) => line.message)).toContain('run failed: nobody answers')
  })

  test('that does not exist is a 404', async () => {
    for (const path of [`/${nobody}`, `/${nobody}/events`])
      expect(await read(path)).toMatchObject({ status: 404, body: { code: 'operation-not-found' } })
  })
})

interface Told {
  state: string
  steps: { state: string }[]
}

/** The operations of a stream of server-sent events. */
const toldBy = (stream: string): Told[] =>
  stream
    .split('\n\n')
    .filter((frame) => frame.startsWith('event: operation\n'))
    .map((frame) => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)) as Told)

describe('following an operation', () => {
  test('tells every change while a worker is at it, and ends with the operation', async () => {
    const runner = new OperationRunner({
      db: platform.workerDb,
      connection: platform.workerConnection,
      definitions: [createSite],
      // Slow enough that each step is seen.
      deps: { ...platform.deps, requireCertificate: () => pause(150) },
      workerId: 'live',
    })
    await runner.start()
    const { siteId } = await aReservedSite(platform, owner)
    const id = await startOn(platform, owner, createSite, siteId)
    const answer = await read(`/${id}/events`)
    await runner.stop()
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    const told = toldBy(answer.text)
    expect(told.length).toBeGreaterThan(2)
    expect(told.at(-1)?.state).toBe('succeeded')
    const done = told.map(({ steps }) => steps.filter(({ state }) => state === 'succeeded').length)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect(done.at(-1)).toBe(9)
  })

  test('that has ended tells its end and ends', async () => {
    const { siteId } = await aReservedSite(platform, owner)
    const { id } = await runOn(platform, owner, createSite, siteId)
    expect(toldBy((await read(`/${id}/events`)).text).map(({ state }) => state)).toEqual(['succeeded'])
  })

  test('ends its listening when nobody follows any more', async () => {
    const listeners = () =>
      one(
        platform.database.db,
        sql<{ count: number }>`SELECT count(*)::int FROM pg_stat_activity
          WHERE datname = current_database() AND query = 'listen "operation_changed"'`,
      )
    await eventually(async () => (await listeners()).count === 0, { describe: 'the end of listening' })
  })
})

describe('cancelling an operation', () => {
  test('undoes what it did, with the audit trail naming who asked', async () => {
    const { siteId } = await aReservedSite(platform, owner)
    const id = await startOn(platform, owner, createSite, siteId)
    expect(await cancel(id)).toMatchObject({ status: 202, body: { id, cancelRequested: true } })
    const runner = new OperationRunner({
      db: platform.workerDb,
      connection: platform.workerConnection,
      definitions: [createSite],
      deps: platform.deps,
      workerId: 'cancelling',
    })
    await runner.run(id)
    await runner.stop()
    expect((await read(`/${id}`)).body).toMatchObject({ state: 'cancelled', problem: null })
    const audit = await one(
      platform.database.db,
      sql`SELECT action, actor_label, tenant_id, resource, resource_id FROM identity.audit_entries WHERE operation_id = ${id}`,
    )
    expect(audit).toEqual({
      action: 'operation.cancellation-requested',
      actor_label: owner.email,
      tenant_id: owner.tenantId,
      resource: 'site',
      resource_id: siteId,
    })
  })

  test('is refused once it has ended', async () => {
    const { siteId } = await aReservedSite(platform, owner)
    const { id } = await runOn(platform, owner, createSite, siteId)
    expect(await cancel(id)).toMatchObject({ status: 409, body: { code: 'operation-ended' } })
  })

  test('is refused past the point of no return', async () => {
    const { siteId } = await aSite(platform, owner)
    const id = await startOn(platform, owner, dropSite, siteId)
    await sql`UPDATE operations.operations SET past_pivot = true WHERE id = ${id}`.execute(platform.database.db)
    expect(await cancel(id)).toMatchObject({ status: 409, body: { code: 'operation-past-pivot' } })
  })

  test('is refused to readers and members, and for what does not exist', async () => {
    const { siteId } = await aSite(platform, owner)
    const id = await startOn(platform, owner, restartSite, siteId)
    for (const role of ['reader', 'member']) {
      const person = await api.person({ role, tenant: owner })
      expect(await cancel(id, person)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
    expect(await cancel(nobody)).toMatchObject({ status: 404, body: { code: 'operation-not-found' } })
  })
})

test('an operator sees and cancels the operations of every tenant', async () => {
  const operator = await api.person({ role: 'owner', operator: true })
  const { siteId } = await aSite(platform, owner)
  const id = await startOn(platform, owner, suspendSite, siteId)
  expect((await read(`/${id}`, operator)).status).toBe(200)
  expect((await cancel(id, operator)).status).toBe(202)
  const audit = await one(
    platform.database.db,
    sql`SELECT tenant_id, actor_label FROM identity.audit_entries WHERE operation_id = ${id}`,
  )
  expect(audit).toEqual({ tenant_id: owner.tenantId, actor_label: operator.email })
})
