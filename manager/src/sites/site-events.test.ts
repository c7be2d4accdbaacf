import { defineOperation } from '@platen/kit/operations'
import { rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aReservedSite, aTenant, runOn, type SiteOperation, type TestTenant } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { siteEventOf, type SiteChange } from './events.ts'
import { createSite, dropSite, resumeSite, restartSite, suspendSite } from './index.ts'
import { setSiteState } from './set-site-state.ts'
import { markActive, markArchived, releaseSite } from './site-store.ts'

let platform: TestPlatform
let tenant: TestTenant
beforeAll(async () => {
  platform = await testPlatform()
  tenant = await aTenant(platform)
})
afterAll(() => platform.close())

/** As a worker that dies after each step: the next one does the step again. */
const withEachStepTwice = (definition: SiteOperation): SiteOperation =>
  defineOperation({
    ...definition.draft,
    type: `${definition.type}-twice`,
    steps: definition.draft.steps.map((step) => ({
      ...step,
      async run(context) {
        await step.run(context)
        await step.run(context)
      },
    })),
  })

const eventsOf = (siteId: string) =>
  withScope(platform.workerDb, { tenantId: tenant.tenantId }, (tx) =>
    rows(
      tx,
      sql<{ type: string; payload: unknown }>`
        SELECT type, payload FROM outbox.events WHERE aggregate = 'site' AND aggregate_id = ${siteId} ORDER BY sequence`,
    ),
  )
const typesOf = async (siteId: string): Promise<string[]> => (await eventsOf(siteId)).map(({ type }) => type)

describe('the events of a site', () => {
  test('are appended once for each change, though every step is done twice', async () => {
    const { siteId, name } = await aReservedSite(platform, tenant)
    for (const definition of [createSite, suspendSite, resumeSite, restartSite, dropSite]) {
      const view = await runOn(platform, tenant, withEachStepTwice(definition), siteId)
      expect(view).toMatchObject({ state: 'succeeded' })
    }
    expect(await typesOf(siteId)).toEqual(['SiteCreated', 'SiteSuspended', 'SiteResumed', 'SiteDropped'])
    expect((await eventsOf(siteId)).map(({ payload }) => payload)).toEqual(
      Array.from({ length: 4 }, () => ({ siteId, name, host: `${name}.platen.localhost`, plan: 'starter' })),
    )
  })

  test('tell of a suspension that did not work, and of its end', async () => {
    const { siteId } = await aReservedSite(platform, tenant)
    await runOn(platform, tenant, createSite, siteId)
    platform.visitors.seeNothing = true
    await runOn(platform, tenant, suspendSite, siteId)
    platform.visitors.seeNothing = false
    expect(await typesOf(siteId)).toEqual(['SiteCreated', 'SiteSuspended', 'SiteResumed'])
  })

  test('do not tell of a site that never came to life', async () => {
    const { siteId } = await aReservedSite(platform, tenant)
    platform.visitors.seeNothing = true
    expect(await runOn(platform, tenant, createSite, siteId)).toMatchObject({ state: 'failed' })
    platform.visitors.seeNothing = false
    expect(await typesOf(siteId)).toEqual([])
  })

  test('go with the change: a transaction that is rolled back leaves neither', async () => {
    const { siteId } = await aReservedSite(platform, tenant)
    const failing = withScope(platform.workerDb, { tenantId: tenant.tenantId }, async (tx) => {
      await setSiteState(tx, siteId, 'installing')
      await markActive(tx, siteId)
      throw new Error('the worker lost its lease')
    })
    await expect(failing).rejects.toThrow('lost its lease')
    expect(await typesOf(siteId)).toEqual([])
  })

  test('call a site that returns from the archive revived', async () => {
    const { siteId } = await aReservedSite(platform, tenant)
    const life = ['installing', markActive, 'suspended', markArchived, 'installing', markActive, releaseSite] as const
    for (const change of life) {
      await withScope(platform.workerDb, { tenantId: tenant.tenantId }, (tx) =>
        typeof change === 'string' ? setSiteState(tx, siteId, change) : change(tx, siteId),
      )
    }
    expect(await typesOf(siteId)).toEqual([
      'SiteCreated',
      'SiteSuspended',
      'SiteArchived',
      'SiteRevived',
      'SiteDropped',
    ])
  })
})

test.each<[SiteChange['from'], SiteChange['to'], string | undefined]>([
  ['active', 'recovering', undefined],
  ['recovering', 'active', undefined],
  ['recovering', 'suspended', undefined],
  ['broken', 'active', undefined],
  ['broken', 'suspended', 'SiteSuspended'],
  ['active', 'broken', undefined],
  ['installing', 'archived', undefined],
  ['suspended', 'suspended', undefined],
])('from %s to %s is told as %s', (from, to, type) => {
  expect(siteEventOf({ from, to, wasActive: true })?.type).toBe(type)
})
