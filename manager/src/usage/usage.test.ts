import { MemoryDatabaseServer } from '@platen/drivers/databases'
import { MemoryObjects } from '@platen/drivers/objects'
import { createJobRunner } from '@platen/kit/jobs'
import { aJobContext } from '@platen/kit/jobs/testing'
import { siteDatabaseName, siteObjectPrefix } from '@platen/kit/names'
import { sql, withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { aReservedSite, aSite, runOn, type TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { createSite } from '../sites/index.ts'
import { measureUsage, measuringSchedule } from './measure-usage.ts'
import { sitesInTurn } from './usage-store.ts'

const databases = new MemoryDatabaseServer()
const objects = new MemoryObjects()
let platform: TestPlatform
let api: TestApi
let owner: TestPerson

beforeAll(async () => {
  platform = await testPlatform({ databases, objects })
  api = await testApi(platform)
  owner = await api.person({ role: 'owner' })
})
beforeEach(() => sql`DELETE FROM manager.hosts; DELETE FROM manager.sites`.execute(platform.database.db))
afterAll(async () => {
  await api.close()
  await platform.close()
})

const deps = () => ({ db: platform.workerDb, databases, objects })
const measure = (signal = new AbortController().signal) => measureUsage.execute({}, aJobContext(deps(), { signal }))
const inTurn = () => withScope(platform.workerDb, { operator: true }, sitesInTurn)
const read = async (siteId: string) =>
  // Contract of the route.
  JSON.parse((await api.call({ method: 'GET', path: `/sites/${siteId}`, as: owner })).text) as {
    plan: { maxStorageBytes: number }
    usage: { databaseBytes: number; filesBytes: number; measuredAt: string } | null
  }

async function aRealSite(): Promise<string> {
  const { siteId } = await aReservedSite(platform, owner)
  await runOn(platform, owner, createSite, siteId)
  return siteId
}

test('a site tells what its database and its files take, beside the limit of its plan', async () => {
  const siteId = await aRealSite()
  const other = await aRealSite()
  expect(await read(siteId)).toMatchObject({ usage: null, plan: { maxStorageBytes: 1_000_000_000 } })
  const filesBefore = (await objects.scoped(siteObjectPrefix(siteId)).describe()).sizeBytes
  for (const [id, name, bytes] of [
    [siteId, 'a', 1_000],
    [siteId, 'b', 234],
    [other, 'a', 50_000],
  ] as const) {
    const key = `${siteObjectPrefix(id)}${name}`
    await objects.put(key, Buffer.alloc(bytes), { contentType: 'image/png', maxBytes: bytes })
  }
  await measure()
  const { usage } = await read(siteId)
  expect(usage).toMatchObject({
    filesBytes: filesBefore + 1_234,
    databaseBytes: await databases.databaseSize(siteDatabaseName(siteId)),
  })
  expect(Math.abs(Date.now() - Date.parse(usage?.measuredAt ?? ''))).toBeLessThan(60_000)
})

test('the turn goes round: who waited longest is first, and nobody is measured twice in a quarter of an hour', async () => {
  const sites = []
  for (let count = 0; count < 7; count += 1) sites.push((await aSite(platform, owner)).siteId)
  await aSite(platform, owner, 'dropped')
  await aSite(platform, owner, 'archived')
  expect(await inTurn()).toHaveLength(5)
  await measure()
  expect((await inTurn()).map(({ id }) => id).toSorted()).toEqual(sites.slice(5).toSorted())
  await measure()
  expect(await inTurn()).toEqual([])
  await sql`UPDATE manager.sites SET measure_tried_at = now() - interval '16 minutes' WHERE id = ${sites[3]}`.execute(
    platform.database.db,
  )
  expect((await inTurn()).map(({ id }) => id)).toEqual([sites[3]])
})

test('with three hundred sites a round is large enough for everyone to have a turn within half an hour', async () => {
  const { siteId } = await aSite(platform, owner)
  await sql`INSERT INTO manager.sites (id, tenant_id, name, state, plan_id, admin_email, admin_name, database_name, sealed_secret)
    SELECT gen_random_uuid(), tenant_id, name || n, state, plan_id, admin_email, admin_name, database_name || n, ''
    FROM manager.sites, generate_series(1, 299) n WHERE id = ${siteId}`.execute(platform.database.db)
  expect(await inTurn()).toHaveLength(20)
})

test('a site that cannot be measured keeps its last numbers, and the others are measured', async () => {
  const siteId = await aRealSite()
  await measure()
  const before = await read(siteId)
  expect(before.usage).not.toBeNull()
  const { siteId: without } = await aSite(platform, owner)
  await sql`UPDATE manager.sites SET measure_tried_at = NULL`.execute(platform.database.db)
  databases.faults.inject('databaseSize')
  await measure()
  expect(await read(siteId)).toMatchObject({ usage: before.usage })
  expect(await read(without)).toMatchObject({ usage: null })
  expect(await inTurn()).toEqual([])
})

test('a round that is told to stop measures nobody', async () => {
  await aRealSite()
  await measure(AbortSignal.abort())
  expect(await inTurn()).toHaveLength(1)
})

test('the schedule measures by itself', async () => {
  const siteId = await aRealSite()
  await sql`INSERT INTO jobs.schedules (name, due_at) VALUES ('measure-usage', now() - interval '1 hour')`.execute(
    platform.database.db,
  )
  const jobs = createJobRunner({
    connection: platform.workerConnection,
    jobs: [measureUsage],
    schedules: [measuringSchedule],
    deps: deps(),
    workerId: 'test-usage',
    pollMs: 50,
  })
  await jobs.start()
  await eventually(async () => (await read(siteId)).usage !== null)
  await jobs.stop()
})
