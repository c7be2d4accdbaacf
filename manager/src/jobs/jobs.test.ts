import { DriverError } from '@platen/drivers/errors'
import { MemoryMailer } from '@platen/drivers/mail'
import { expireReports, mailByJob } from '@platen/identity'
import { createJobRunner, enqueueJob, type JobRunner } from '@platen/kit/jobs'
import { one, rows, sql, withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { aFailedJob, aSite, type TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { sharedJobDeps, sharedJobs } from './index.ts'

let platform: TestPlatform
let api: TestApi
let owner: TestPerson
let mailer: MemoryMailer
let runner: JobRunner | undefined

interface JobBody {
  id: string
  name: string
  state: string
  progress: number
  attempts: number
  lastError: string | null
  requestedBy: string | null
  file: { url: string; rows: number; sizeBytes: number } | null
  actions: { name: string; allowed: boolean }[]
}

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  owner = await api.person({ role: 'owner' })
})
beforeEach(async () => {
  mailer = new MemoryMailer()
  await sql`DELETE FROM jobs.jobs`.execute(platform.database.db)
})
afterEach(async () => {
  await runner?.stop()
  runner = undefined
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

async function work(): Promise<void> {
  const known = {
    db: platform.workerDb,
    vault: platform.vault,
    mailer,
    consoleUrl: 'https://console.platen.localhost',
    reportFiles: api.parts.reportFiles,
  }
  runner = createJobRunner({
    connection: platform.workerConnection,
    jobs: sharedJobs,
    deps: sharedJobDeps(known),
    workerId: 'test-jobs',
    pollMs: 50,
  })
  await runner.start()
}

const call = (method: 'GET' | 'POST' | 'DELETE', path: string, as: TestPerson, body?: object) =>
  api.call({ method, path, as, ...(body === undefined ? {} : { body }) })
const read = async (id: string, as = owner): Promise<JobBody> =>
  JSON.parse((await call('GET', `/jobs/${id}`, as)).text) as JobBody // contract of the route
async function ask(type: string, as = owner): Promise<string> {
  const answer = await call('POST', '/reports', as, { type })
  expect(answer.status).toBe(202)
  return (JSON.parse(answer.text) as { job: JobBody }).job.id // contract of the route
}
const succeeded = (id: string) => eventually(async () => (await read(id)).state === 'succeeded')
const makeDue = () => sql`UPDATE jobs.jobs SET run_at = now() WHERE state = 'queued'`.execute(platform.database.db)

describe('a report', () => {
  test('becomes a file behind a signed link, and a mail to who asked', async () => {
    const { name } = await aSite(platform, owner)
    await work()
    const id = await ask('sites')
    await succeeded(id)
    const { file } = await read(id)
    expect(file).toMatchObject({ rows: 1 })
    const path = new URL(file?.url ?? '').pathname + new URL(file?.url ?? '').search
    const content = await api.call({ method: 'GET', path, isWhole: true })
    expect(content.status).toBe(200)
    expect(content.headers['content-disposition']).toBe('attachment; filename="sites.csv"')
    expect(content.text.split('\r\n')[1]).toContain(`,${name},active,`)
    await eventually(() => mailer.sent.length === 1)
    expect(mailer.sent[0]).toMatchObject({ to: owner.email, messageId: `report.${id}@console.platen.localhost` })
    expect(mailer.sent[0]?.text).toContain(`https://console.platen.localhost/jobs/${id}`)
    expect((await api.call({ method: 'GET', path: `${path}x`, isWhole: true })).status).toBe(404)
  })

  test('of people holds those of the own tenant only', async () => {
    const other = await api.person({ role: 'owner' })
    await work()
    const id = await ask('people')
    await succeeded(id)
    const { file } = await read(id)
    const path = new URL(file?.url ?? '').pathname + new URL(file?.url ?? '').search
    const { text } = await api.call({ method: 'GET', path, isWhole: true })
    expect(text).toContain(owner.email)
    expect(text).not.toContain(other.email)
  })

  test('is removed a week after it was written, and its job stays', async () => {
    await work()
    const id = await ask('sites')
    await succeeded(id)
    const files = () => api.parts.reportFiles.list(owner.tenantId)
    expect((await files()).length).toBeGreaterThan(0)
    await sql`UPDATE jobs.jobs SET ended_at = now() - interval '8 days' WHERE id = ${id}`.execute(platform.database.db)
    await withScope(platform.workerDb, { operator: true }, (tx) =>
      enqueueJob(tx, expireReports, {}, { tenantId: null }),
    )
    await eventually(async () => (await files()).every(({ key }) => !key.includes(id)))
    await eventually(async () => (await read(id)).file === null)
    expect(await read(id)).toMatchObject({ state: 'succeeded', file: null })
  })

  test('asked for twice by one person is one job, and takes the permission of what is in it', async () => {
    expect(await ask('people')).toBe(await ask('people'))
    const reader = await api.person({ role: 'reader', tenant: owner })
    expect(await call('POST', '/reports', reader, { type: 'people' })).toMatchObject({ status: 403 })
    const id = await ask('sites', reader)
    expect((await read(id, reader)).requestedBy).not.toBeNull()
    expect((await call('GET', '/jobs', reader)).status).toBe(403)
  })
})

describe('a mail of identity', () => {
  const welcome = () =>
    withScope(platform.apiDb, { tenantId: owner.tenantId }, (tx) =>
      mailByJob(tx, { kind: 'welcome', id: owner.accountId, tenantId: owner.tenantId }),
    )
  const onlyJob = async () => {
    const { id } = await one(platform.database.db, sql<{ id: string }>`SELECT id FROM jobs.jobs`)
    return read(id)
  }

  test('leaves after the commit, in the name of the organisation', async () => {
    await work()
    await welcome()
    await eventually(() => mailer.sent.length === 1)
    expect(mailer.sent[0]).toMatchObject({ to: owner.email, subject: 'Welcome to Tenant', tag: 'identity:welcome' })
  })

  test('waits while the mail server is down, is seen waiting, and goes when it is back', async () => {
    mailer.faults.inject('send', { times: 2 })
    await work()
    await welcome()
    await eventually(async () => (await onlyJob()).lastError !== null)
    expect(await onlyJob()).toMatchObject({ state: 'queued', name: 'send-identity-mail' })
    await eventually(async () => {
      await makeDue()
      return mailer.sent.length === 1
    })
  })

  test('that is refused for good has failed at once, and can be retried', async () => {
    mailer.faults.inject('send', { error: new DriverError('refused', 'no such mailbox') })
    await work()
    await welcome()
    await eventually(async () => (await onlyJob()).state === 'failed')
    const { id, ...job } = await onlyJob()
    expect(job).toMatchObject({ attempts: 1, lastError: 'no such mailbox' })
    expect((await call('POST', `/jobs/${id}/retries`, owner)).status).toBe(202)
    await eventually(() => mailer.sent.length === 1)
  })

  test('of a hundred none is lost and none goes twice, though two managers work and answers get lost', async () => {
    for (let n = 0; n < 10; n += 1) mailer.faults.inject('send', { when: n % 2 === 0 ? 'after' : 'before' })
    const people = await Promise.all(Array.from({ length: 10 }, () => api.person({ role: 'member', tenant: owner })))
    await withScope(platform.apiDb, { tenantId: owner.tenantId }, async (tx) => {
      for (const { accountId: id } of people)
        for (let n = 0; n < 10; n += 1) await mailByJob(tx, { kind: 'welcome', id, tenantId: owner.tenantId })
    })
    await work()
    const first = runner
    await work()
    await eventually(
      async () => {
        await makeDue()
        const open = await rows(platform.database.db, sql`SELECT FROM jobs.jobs WHERE state <> 'succeeded'`)
        return open.length === 0
      },
      { timeoutMs: 20_000 },
    )
    await first?.stop()
    expect(mailer.sent.map(({ to }) => to).toSorted()).toEqual(people.map(({ email }) => email).toSorted())
  })
})

describe('the list of jobs', () => {
  test('shows those of the own tenant, operators those of all, newest first, by state', async () => {
    const other = await api.person({ role: 'owner' })
    const operator = await api.person({ role: 'owner', operator: true })
    const ids = [await aFailedJob(platform, other), await aFailedJob(platform, owner), await ask('sites')]
    const listed = async (as: TestPerson, query = '') =>
      (await call('GET', `/jobs${query}`, as)).body.items.map(({ id }) => id)
    expect(await listed(owner)).toEqual([ids[2], ids[1]])
    expect(await listed(owner, '?filter[state]=failed')).toEqual([ids[1]])
    expect(await listed(operator)).toEqual(ids.toReversed())
  })

  test('lets a failed job be retried or discarded once, with an audit entry each', async () => {
    const id = await aFailedJob(platform, owner)
    expect((await read(id)).actions).toMatchObject([{ allowed: true }, { allowed: true }])
    expect(await call('POST', `/jobs/${id}/retries`, owner)).toMatchObject({ status: 202, body: { state: 'queued' } })
    expect(await call('POST', `/jobs/${id}/retries`, owner)).toMatchObject({
      status: 409,
      body: { code: 'job-not-failed' },
    })
    expect(await call('DELETE', `/jobs/${id}`, owner)).toMatchObject({ status: 200, body: { state: 'discarded' } })
    expect(await call('DELETE', `/jobs/${id}`, owner)).toMatchObject({ status: 409, body: { code: 'job-ended' } })
    const audit = await rows(
      platform.database.db,
      sql`SELECT action, actor_label FROM identity.audit_entries WHERE resource_id = ${id} ORDER BY at`,
    )
    expect(audit).toEqual([
      { action: 'job.retried', actor_label: owner.email },
      { action: 'job.discarded', actor_label: owner.email },
    ])
  })
})
