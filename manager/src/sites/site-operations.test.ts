import { siteDatabaseName } from '@platen/kit/names'
import { defineOperation, type Step } from '@platen/kit/operations'
import {
  failsAtEachStep,
  ignoresZombieAtEachStep,
  repeatsEachStep,
  repeatsEachUndo,
  type OperationWorld,
} from '@platen/kit/operations/testing'
import { sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aReservedSite, aTenant, runOn, startOn, type SiteOperation, type TestTenant } from '../../testing/builders.ts'
import { inventory, unsettledSites } from '../../testing/inventory.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { createSite, dropSite, restartSite, resumeSite, suspendSite } from './index.ts'
import type { SiteDeps } from './site-deps.ts'
import { chooseBench, requireSite } from './site-store.ts'

let platform: TestPlatform
let tenant: TestTenant

beforeAll(async () => {
  platform = await testPlatform()
  tenant = await aTenant(platform)
})
afterAll(() => platform.close())

const run = (definition: SiteOperation, siteId: string) => runOn(platform, tenant, definition, siteId)

async function anActiveSite(): Promise<string> {
  const { siteId } = await aReservedSite(platform, tenant)
  expect(await run(createSite, siteId)).toMatchObject({ state: 'succeeded', problem: null })
  return siteId
}

async function aSuspendedSite(): Promise<string> {
  const siteId = await anActiveSite()
  expect(await run(suspendSite, siteId)).toMatchObject({ state: 'succeeded' })
  return siteId
}

const asOperator = { operator: true }
const siteRow = (siteId: string) => withScope(platform.workerDb, asOperator, (tx) => requireSite(tx, siteId))

type World = OperationWorld<{ siteId: string }, SiteDeps>

/** The world of one operation: `before` brings a site into the state it starts from. */
function world(
  definition: SiteOperation,
  before: () => Promise<string>,
  cleanUp: (siteId: string) => Promise<unknown> = async () => undefined,
): World {
  return {
    definition,
    db: platform.workerDb,
    connection: platform.workerConnection,
    deps: () => platform.deps,
    input: async () => ({ siteId: await before() }),
    start: ({ siteId }) => startOn(platform, tenant, definition, siteId),
    inventory: () => inventory(platform),
    cleanUp: async (_id, { siteId }) => void (await cleanUp(siteId)),
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
    expect(await unsettledSites(platform, new Map([[siteId, 'active']]))).toEqual([])
    const administrator = (await siteRow(siteId)).admin_email
    expect(platform.runtime.administrators.get(siteDatabaseName(siteId))).toBe(administrator)
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

  test('a site that was dropped no longer counts when the emptiest bench is chosen', async () => {
    await dropAgain(await anActiveSite())
    const chosen = await withScope(platform.workerDb, asOperator, async (tx) => {
      // Later in the order of names: taken only if the sites of "main" that were dropped still counted.
      await sql`INSERT INTO manager.benches (name, server_id, release_name, processes, state)
        SELECT 'zweite', server_id, release_name, 1, 'active' FROM manager.benches WHERE name = 'main'`.execute(tx)
      const bench = await chooseBench(tx)
      await sql`DELETE FROM manager.benches WHERE name = 'zweite'`.execute(tx)
      const main = await sql<{ id: string }>`SELECT id FROM manager.benches WHERE name = 'main'`.execute(tx)
      return { bench: bench?.id, main: main.rows[0]?.id }
    })
    expect(chosen.bench).toBe(chosen.main)
  })

  // The reserved row itself is part of the input, so the harness' baseline is taken before it: a failed creation releases it.
  const itsWorld = (): World => world(createSite, async () => (await aReservedSite(platform, tenant)).siteId, dropAgain)
  test('fails at each step and leaves nothing', () => failsAtEachStep(itsWorld()))
  test('repeats each step', () => repeatsEachStep(itsWorld()))
  test('repeats each undo', () => repeatsEachUndo(itsWorld()))
  test('a worker that lost its lease changes nothing any more', () => ignoresZombieAtEachStep(itsWorld()))
})

/** Operations on one site that exists before and after: the inventory with it is the baseline. */
function changing(definition: SiteOperation, before: () => Promise<string>, back?: SiteOperation) {
  const site = { id: '' }
  beforeAll(async () => {
    site.id = await before()
  })
  afterAll(() => dropAgain(site.id))
  const itsWorld = (): World =>
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
  test('a worker that lost its lease changes nothing any more', () => ignoresZombieAtEachStep(itsWorld()))
}

describe('suspend-site', () => changing(suspendSite, anActiveSite, resumeSite))
describe('resume-site', () => changing(resumeSite, aSuspendedSite, suspendSite))
describe('restart-site', () => changing(restartSite, anActiveSite))

/** The sites are the input; each must be whole afterwards, as it was, or gone altogether. */
function dropWorld(before: () => Promise<string>, state: string, definition: SiteOperation = dropSite): World {
  const states = new Map<string, string>()
  return {
    ...world(definition, before),
    input: async () => {
      const siteId = await before()
      states.set(siteId, state)
      return { siteId }
    },
    inventory: () => unsettledSites(platform, states),
    verifyDone: async (_id, { siteId }) =>
      expect(await siteRow(siteId)).toMatchObject({ state: 'dropped', host: null }),
  }
}

describe('drop-site', () => {
  test('a dropped site leaves no database, role, object, place, route or host', async () => {
    const before = await inventory(platform)
    const siteId = await anActiveSite()
    await dropAgain(siteId)
    expect(await inventory(platform)).toEqual(before)
    expect(await siteRow(siteId)).toMatchObject({ state: 'dropped', host: null, placed: false, routed: false })
  })

  describe.each([
    ['active', anActiveSite],
    ['suspended', aSuspendedSite],
  ])('of a site that is %s', (state, before) => {
    test('fails at each step: before the point of no return the site is back, after it the drop goes on', () =>
      failsAtEachStep(dropWorld(before, state)))
    test('repeats each step', () => repeatsEachStep(dropWorld(before, state)))
    test('repeats each undo', () => repeatsEachUndo(dropWorld(before, state)))
  })

  const changed = (name: string, change: Partial<Step<{ siteId: string }, SiteDeps>>): SiteOperation =>
    defineOperation({
      ...dropSite.draft,
      steps: dropSite.draft.steps.map((step) => (step.name === name ? { ...step, ...change } : step)),
    })
  const nothing = async (): Promise<void> => undefined

  test.each([
    ['does not return to its bench', changed('leave-bench', { undo: 'nothing-to-undo' }), '+ .*placed: false'],
    ['does not get its route back', changed('retire-route', { undo: 'nothing-to-undo' }), '+ .*routed: false'],
    ['leaves its files', changed('remove-storage', { run: nothing }), '+ .*objects: 1'],
    ['leaves its database', changed('remove-database', { run: nothing }), '+ .*database: true'],
    ['keeps its host', changed('release-host', { run: nothing }), 'dropped'],
  ])('a drop that %s is noticed', async (_what, definition, message) => {
    await expect(failsAtEachStep(dropWorld(anActiveSite, 'active', definition))).rejects.toThrow(
      new RegExp(message.replace('+ ', '\\+\\s+').replace('.*', '[^]*')),
    )
  })
})
