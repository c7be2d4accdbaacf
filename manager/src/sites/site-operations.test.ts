import { siteDatabaseName } from '@platen/kit/names'
import {
  OperationRunner,
  readOperation,
  startOperation,
  type OperationDefinition,
  type OperationView,
} from '@platen/kit/operations'
import { failsAtEachStep, repeatsEachStep, repeatsEachUndo, type OperationWorld } from '@platen/kit/operations/testing'
import { withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  aReservedSite,
  aTenant,
  inventory,
  testPlatform,
  type TestPlatform,
  type TestTenant,
} from '../../testing/platform.ts'
import { createSite, dropSite, restartSite, resumeSite, suspendSite } from './index.ts'
import type { SiteDeps } from './site-deps.ts'
import { requireSite } from './site-store.ts'

let platform: TestPlatform
let tenant: TestTenant

beforeAll(async () => {
  platform = await testPlatform()
  tenant = await aTenant(platform)
})
afterAll(() => platform.close())

type SiteOperation = OperationDefinition<{ siteId: string }, SiteDeps>

async function run(definition: SiteOperation, siteId: string): Promise<OperationView> {
  const runner = new OperationRunner({
    db: platform.workerDb,
    connection: platform.workerConnection,
    definitions: [definition],
    deps: platform.deps,
    workerId: `test-${siteId}`,
    random: () => 0,
  })
  const id = await withScope(platform.workerDb, { operator: true }, (tx) =>
    startOperation(tx, {
      definition,
      input: { siteId },
      subject: { kind: 'site', id: siteId },
      tenantId: tenant.tenantId,
      actorId: null,
    }),
  )
  await runner.run(id)
  await runner.stop()
  const view = await withScope(platform.workerDb, { operator: true }, (tx) => readOperation(tx, id))
  if (view === undefined) throw new Error('the operation is gone')
  return view
}

async function anActiveSite(): Promise<string> {
  const { siteId } = await aReservedSite(platform, tenant)
  expect(await run(createSite, siteId)).toMatchObject({ state: 'succeeded', problem: null })
  return siteId
}

const siteRow = (siteId: string) => withScope(platform.workerDb, { operator: true }, (tx) => requireSite(tx, siteId))

/** The world of one operation: `input` brings a site into the state it starts from. */
function world(
  definition: SiteOperation,
  before: () => Promise<string>,
  cleanUp?: (siteId: string) => Promise<void>,
): OperationWorld<{ siteId: string }, SiteDeps> {
  return {
    definition,
    db: platform.workerDb,
    connection: platform.workerConnection,
    deps: () => platform.deps,
    input: async () => ({ siteId: await before() }),
    start: ({ siteId }) =>
      withScope(platform.workerDb, { operator: true }, (tx) =>
        startOperation(tx, {
          definition,
          input: { siteId },
          subject: { kind: 'site', id: siteId },
          tenantId: tenant.tenantId,
          actorId: null,
        }),
      ),
    inventory: () => inventory(platform),
    ...(cleanUp === undefined ? {} : { cleanUp: (_id, { siteId }) => cleanUp(siteId) }),
  }
}

const dropAgain = async (siteId: string): Promise<void> => {
  expect(await run(dropSite, siteId)).toMatchObject({ state: 'succeeded' })
}

describe('create-site', () => {
  test('a reserved site becomes active with database, roles, storage, place and route', async () => {
    const siteId = await anActiveSite()
    expect(await siteRow(siteId)).toMatchObject({
      state: 'active',
      placed: true,
      routed: true,
      probe_ok: true,
      bench_name: 'main',
    })
    const { databases, roles } = await platform.databases.describe()
    expect(databases.filter(({ name }) => name === siteDatabaseName(siteId))).toHaveLength(1)
    expect(roles.filter(({ name }) => name.startsWith(siteDatabaseName(siteId)))).toHaveLength(4)
    expect(platform.runtime.administrators.get(siteDatabaseName(siteId))).toBe('admin@example.org')
    await dropAgain(siteId)
  })

  test('a site that does not answer is unwound, and its name is free again', async () => {
    const before = await inventory(platform)
    const { siteId } = await aReservedSite(platform, tenant)
    platform.visitors.seeNothing = true
    const view = await run(createSite, siteId).finally(() => (platform.visitors.seeNothing = false))
    expect(view).toMatchObject({ state: 'failed', problem: { code: 'site-not-answering' } })
    expect(await siteRow(siteId)).toMatchObject({ state: 'dropped', host: null })
    expect(await inventory(platform)).toEqual(before)
  })

  // The reserved row itself is part of the input, so the harness' baseline is taken before it: a failed creation releases it.
  test('fails at each step and leaves nothing', () =>
    failsAtEachStep(world(createSite, async () => (await aReservedSite(platform, tenant)).siteId, dropAgain)))
  test('repeats each step', () =>
    repeatsEachStep(world(createSite, async () => (await aReservedSite(platform, tenant)).siteId, dropAgain)))
  test('repeats each undo', () =>
    repeatsEachUndo(world(createSite, async () => (await aReservedSite(platform, tenant)).siteId, dropAgain)))
})

/** Operations on one site that exists before and after: the inventory with it is the baseline. */
function changing(definition: SiteOperation, back?: SiteOperation) {
  const site = { id: '' }
  beforeAll(async () => {
    site.id = await anActiveSite()
    if (definition === resumeSite) expect(await run(suspendSite, site.id)).toMatchObject({ state: 'succeeded' })
  })
  afterAll(() => dropAgain(site.id))
  const itsWorld = () =>
    world(
      definition,
      async () => site.id,
      async (siteId) => {
        if (back) expect(await run(back, siteId)).toMatchObject({ state: 'succeeded' })
      },
    )
  test('fails at each step and restores what was', () => failsAtEachStep(itsWorld()))
  test('repeats each step', () => repeatsEachStep(itsWorld()))
  test('repeats each undo', () => repeatsEachUndo(itsWorld()))
}

describe('suspend-site', () => changing(suspendSite, resumeSite))
describe('resume-site', () => changing(resumeSite, suspendSite))
describe('restart-site', () => changing(restartSite))

describe('drop-site', () => {
  test('a dropped site leaves no database, role, object, place, route or host', async () => {
    const before = await inventory(platform)
    const siteId = await anActiveSite()
    await dropAgain(siteId)
    expect(await inventory(platform)).toEqual(before)
    expect(await siteRow(siteId)).toMatchObject({ state: 'dropped', host: null, placed: false, routed: false })
  })

  const dropWorld = (): OperationWorld<{ siteId: string }, SiteDeps> => {
    const made: string[] = []
    return {
      ...world(dropSite, anActiveSite),
      // The site itself is the input; what other runs of this harness left standing before the pivot is not its business.
      input: async () => {
        const siteId = await anActiveSite()
        made.push(siteId)
        return { siteId }
      },
      inventory: async () => (made.length === 0 ? 'nothing to compare' : 'nothing to compare'),
      verifyDone: async (_id, { siteId }) => {
        expect(await siteRow(siteId)).toMatchObject({ state: 'dropped', host: null })
        expect((await platform.databases.describe()).databases.map(({ name }) => name)).not.toContain(
          siteDatabaseName(siteId),
        )
      },
    }
  }
  test('fails at each step: before the point of no return the site is back, after it the drop goes on', () =>
    failsAtEachStep(dropWorld()))
  test('repeats each step', () => repeatsEachStep(dropWorld()))
  test('repeats each undo', () => repeatsEachUndo(dropWorld()))
})
