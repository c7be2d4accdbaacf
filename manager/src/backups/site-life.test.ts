import type { MemoryDatabaseServer } from '@platen/drivers/databases'
import { siteObjectPrefix, siteRoleNames } from '@platen/kit/names'
import type { OperationDefinition } from '@platen/kit/operations'
import {
  failsAtEachStep,
  ignoresZombieAtEachStep,
  repeatsEachStep,
  repeatsEachUndo,
  type OperationWorld,
} from '@platen/kit/operations/testing'
import { rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backupBuilders } from '../../testing/backup-builders.ts'
import { aTenant, runOn, runWith, startWith, type TestTenant } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { dropSite, requireSite, returnSite, suspendSite } from '../sites/index.ts'
import type { BackupDeps, BackupInput } from './backup-deps.ts'
import { archiveSite, drillBackup, restoreBrokenSite, restoreSiteInPlace, reviveSite } from './index.ts'

let platform: TestPlatform
let tenant: TestTenant
let made: ReturnType<typeof backupBuilders>

beforeAll(async () => {
  platform = await testPlatform()
  tenant = await aTenant(platform)
  made = backupBuilders(platform, tenant)
})
afterAll(() => platform.close())

const asOperator = { operator: true }
const siteRow = (siteId: string) => withScope(platform.workerDb, asOperator, (tx) => requireSite(tx, siteId))
const databases = () => platform.databases as MemoryDatabaseServer // the platform was made with its defaults
const contentOf = async (siteId: string) => databases().read((await siteRow(siteId)).database_name)

/** What happens in a site after it was backed up. */
async function changeSite(siteId: string): Promise<void> {
  const { database_name: name } = await siteRow(siteId)
  databases().replace(name, [...databases().read(name), `an order of ${name}`])
}

const run = <Input extends { siteId: string }>(definition: OperationDefinition<Input, BackupDeps>, input: Input) =>
  runWith(platform, tenant, definition, input)

const formerOf = (siteId: string) =>
  withScope(platform.workerDb, asOperator, (tx) =>
    rows(
      tx,
      sql<{
        database_name: string
        operation_id: string
      }>`SELECT database_name, operation_id FROM manager.former_databases
        WHERE site_id = ${siteId}`,
    ),
  )

interface Case<Input extends { siteId: string }> {
  definition: OperationDefinition<Input, BackupDeps>
  input(): Promise<Input>
  /** Brings the site back to what `input` found. */
  back(input: Input, operationId: string): Promise<unknown>
}

/** Every harness there is; generations of a site only grow and are no part of what it looks like. */
async function survivesEverything<Input extends { siteId: string }>({ definition, input, back }: Case<Input>) {
  const world: OperationWorld<Input, BackupDeps> = {
    definition,
    db: platform.workerDb,
    connection: platform.workerConnection,
    deps: () => platform.deps,
    input,
    start: (given) => startWith(platform, tenant, definition, given),
    // A revived site's database carries the mark of another operation.
    inventory: async () =>
      JSON.parse(JSON.stringify(await made.everything()).replace(/op:[0-9a-f-]{36}/g, 'op')) as unknown,
    cleanUp: async (id, given) => void (await back(given, id)),
  }
  await failsAtEachStep(world)
  await repeatsEachStep(world)
  await repeatsEachUndo(world)
  await ignoresZombieAtEachStep(world)
}

const timeout = { timeout: 240_000 }

describe('restore-site-in-place', () => {
  async function aRestoration(siteId: string, fromBackupId: string) {
    const { backupId } = await made.aBackupRow(siteId, 'before-restore')
    return { siteId, backupId, fromBackupId, stateBefore: 'active' as const }
  }

  test('the site is what the backup shows, and what it was is set aside and backed up', async () => {
    const siteId = await made.aSiteWithFiles()
    const then = await contentOf(siteId)
    const { backupId } = await made.aBackup(siteId)
    await changeSite(siteId)
    const before = await siteRow(siteId)
    const picture = `${siteObjectPrefix(siteId)}pictures/one`
    await platform.objects.remove(picture)
    const input = await aRestoration(siteId, backupId)
    expect(await run(restoreSiteInPlace, input)).toMatchObject({ state: 'succeeded', problem: null })
    expect(await contentOf(siteId)).toEqual(then)
    const after = await siteRow(siteId)
    expect(after).toMatchObject({ state: 'active', probe_ok: true, placed: true, routed: true })
    expect(after.database_name).not.toBe(before.database_name)
    expect(databases().read(before.database_name).join()).toContain('an order')
    expect(await formerOf(siteId)).toMatchObject([{ database_name: before.database_name }])
    expect(await made.backupRow(input.backupId)).toMatchObject({ state: 'verified', reason: 'before-restore' })
    expect((await platform.objects.head(picture)).contentType).toBe('image/png')
    expect(await platform.objects.list('restorations')).toEqual([])
  })

  test('a site that does not answer afterwards is what it was, without anybody asking', async () => {
    const siteId = await made.aSiteWithFiles()
    const { backupId } = await made.aBackup(siteId)
    await changeSite(siteId)
    const then = [await contentOf(siteId), await made.everything(), (await siteRow(siteId)).database_name]
    platform.visitors.seeNothing = true
    const view = await run(restoreSiteInPlace, await aRestoration(siteId, backupId)).finally(
      () => (platform.visitors.seeNothing = false),
    )
    expect(view).toMatchObject({ state: 'failed', problem: { code: 'site-not-answering' } })
    expect([await contentOf(siteId), await made.everything(), (await siteRow(siteId)).database_name]).toEqual(then)
    expect(await siteRow(siteId)).toMatchObject({ state: 'active' })
  })

  test('a file that the site has otherwise than the backup stays, whatever becomes of the restore', async () => {
    const siteId = await made.aSiteWithFiles()
    const { backupId } = await made.aBackup(siteId)
    const { sha256 } = await made.putPicture(siteId, 'one', 'a newer picture')
    platform.visitors.seeNothing = true
    const view = await run(restoreSiteInPlace, await aRestoration(siteId, backupId)).finally(
      () => (platform.visitors.seeNothing = false),
    )
    expect(view).toMatchObject({ state: 'failed' })
    expect(await platform.objects.head(`${siteObjectPrefix(siteId)}pictures/one`)).toMatchObject({ sha256 })
  })

  test('a restore is taken back, and that is taken back again', async () => {
    const siteId = await made.aSiteWithFiles()
    const then = await contentOf(siteId)
    const { backupId } = await made.aBackup(siteId)
    await changeSite(siteId)
    const changed = await contentOf(siteId)
    const restored = await run(restoreSiteInPlace, await aRestoration(siteId, backupId))
    const returned = await run(returnSite, { siteId, ofOperationId: restored.id, stateBefore: 'active' as const })
    expect(returned).toMatchObject({ state: 'succeeded', problem: null })
    expect(await contentOf(siteId)).toEqual(changed)
    const again = await run(returnSite, { siteId, ofOperationId: returned.id, stateBefore: 'active' as const })
    expect(again).toMatchObject({ state: 'succeeded', problem: null })
    expect(await contentOf(siteId)).toEqual(then)
    expect(await run(dropSite, { siteId })).toMatchObject({ state: 'succeeded' })
    const { databases: left } = await platform.databases.describe()
    const names = (await formerOf(siteId)).map(({ database_name: name }) => name)
    expect(left.filter(({ name }) => names.includes(name))).toEqual([])
    expect(names).toEqual([])
  })

  test('a suspended site stays suspended', async () => {
    const siteId = await made.aSiteWithFiles()
    const { backupId } = await made.aBackup(siteId)
    expect(await runOn(platform, tenant, suspendSite, siteId)).toMatchObject({ state: 'succeeded' })
    const input = { ...(await aRestoration(siteId, backupId)), stateBefore: 'suspended' as const }
    expect(await run(restoreSiteInPlace, input)).toMatchObject({ state: 'succeeded', problem: null })
    expect(await siteRow(siteId)).toMatchObject({ state: 'suspended' })
  })

  test('a site whose database is lost is active again', async () => {
    const siteId = await made.aSiteWithFiles()
    const then = await contentOf(siteId)
    const { backupId: fromBackupId } = await made.aBackup(siteId)
    const { database_name: name } = await siteRow(siteId)
    const roles = Object.values(siteRoleNames(name))
    await platform.databases.removeSiteDatabase({ name, roles, session: 'somebody' })
    await withScope(platform.workerDb, asOperator, (tx) =>
      sql`UPDATE manager.sites SET state = 'broken' WHERE id = ${siteId}`.execute(tx),
    )
    const view = await run(restoreBrokenSite, { siteId, fromBackupId, stateBefore: 'broken' as const })
    expect(view).toMatchObject({ state: 'succeeded', problem: null })
    expect(await siteRow(siteId)).toMatchObject({ state: 'active', probe_ok: true })
    expect(await contentOf(siteId)).toEqual(then)
  })

  test('fails, repeats, unwinds and ignores zombies at each step', timeout, async () => {
    const siteId = await made.aSiteWithFiles()
    const { backupId } = await made.aBackup(siteId)
    await platform.objects.remove(`${siteObjectPrefix(siteId)}pictures/one`)
    await survivesEverything({
      definition: restoreSiteInPlace,
      input: () => aRestoration(siteId, backupId),
      back: async (_input, operationId) => {
        expect(
          await run(returnSite, { siteId, ofOperationId: operationId, stateBefore: 'active' as const }),
        ).toMatchObject({
          state: 'succeeded',
        })
        await forgetFormer(siteId)
        await platform.objects.remove(`${siteObjectPrefix(siteId)}pictures/one`)
        await made.forgetBackups(siteId, { but: [backupId] })
      },
    })
  })

  async function forgetFormer(siteId: string): Promise<void> {
    const { database_name: current } = await siteRow(siteId)
    for (const { database_name: name } of await formerOf(siteId)) {
      if (name === current) continue
      await platform.databases.removeSiteDatabase({ name, roles: Object.values(siteRoleNames(name)), session: 'test' })
    }
    await withScope(platform.workerDb, asOperator, (tx) =>
      sql`DELETE FROM manager.former_databases WHERE site_id = ${siteId}`.execute(tx),
    )
  }

  test('taking it back fails, repeats, unwinds and ignores zombies at each step', timeout, async () => {
    const siteId = await made.aSiteWithFiles()
    const { backupId } = await made.aBackup(siteId)
    const restored = await run(restoreSiteInPlace, await aRestoration(siteId, backupId))
    await survivesEverything({
      definition: returnSite,
      input: async () => ({ siteId, ofOperationId: restored.id, stateBefore: 'active' as const }),
      back: async (_input, operationId) => {
        const view = await run(returnSite, { siteId, ofOperationId: operationId, stateBefore: 'active' as const })
        expect(view).toMatchObject({ state: 'succeeded' })
        await withScope(platform.workerDb, asOperator, (tx) =>
          sql`UPDATE manager.former_databases SET operation_id = ${restored.id} WHERE operation_id = ${view.id}`.execute(
            tx,
          ),
        )
      },
    })
  })
})

describe('archive-site and revive-site', () => {
  async function anArchival(siteId: string) {
    const { backupId } = await made.aBackupRow(siteId, 'archive')
    return { siteId, backupId, stateBefore: 'active' as const }
  }

  test('an archived site is its final backup, its name and its hosts, and nothing else', async () => {
    const siteId = await made.aSiteWithFiles()
    const { host, database_name: name } = await siteRow(siteId)
    const input = await anArchival(siteId)
    expect(await run(archiveSite, input)).toMatchObject({ state: 'succeeded', problem: null })
    expect(await siteRow(siteId)).toMatchObject({ state: 'archived', host, placed: false, routed: false })
    expect(await made.backupRow(input.backupId)).toMatchObject({ state: 'verified', reason: 'archive' })
    const server = await platform.databases.describe()
    expect(server.databases.some((database) => database.name === name)).toBe(false)
    expect(await platform.objects.list(`sites/${siteId}`)).toEqual([])
  })

  test('a revived site has its rows, its files and its address again', async () => {
    const siteId = await made.aSiteWithFiles()
    await changeSite(siteId)
    const files = async () =>
      (await platform.objects.list(`sites/${siteId}`))
        .filter(({ key }) => !key.endsWith('/owner'))
        .map(({ key, sha256, contentType }) => ({ key, sha256, contentType }))
    const then = [await contentOf(siteId), await files(), (await siteRow(siteId)).host]
    const input = await anArchival(siteId)
    expect(await run(archiveSite, input)).toMatchObject({ state: 'succeeded', problem: null })
    const view = await run(reviveSite, { siteId, backupId: input.backupId })
    expect(view).toMatchObject({ state: 'succeeded', problem: null })
    expect([await contentOf(siteId), await files(), (await siteRow(siteId)).host]).toEqual(then)
    expect(await siteRow(siteId)).toMatchObject({ state: 'active', placed: true, routed: true, probe_ok: true })
  })

  test('an archived site can be dropped; one that cannot be is archived still, and not served', async () => {
    const siteId = await made.aSiteWithFiles()
    expect(await run(archiveSite, await anArchival(siteId))).toMatchObject({ state: 'succeeded' })
    expect(await run(dropSite, { siteId })).toMatchObject({ state: 'succeeded', problem: null })
    expect(await siteRow(siteId)).toMatchObject({ state: 'dropped', host: null })
  })

  test('archiving fails, repeats, unwinds and ignores zombies at each step', timeout, async () => {
    const siteId = await made.aSiteWithFiles()
    await survivesEverything({
      definition: archiveSite,
      input: () => anArchival(siteId),
      back: async ({ backupId }) => {
        expect(await run(reviveSite, { siteId, backupId })).toMatchObject({ state: 'succeeded', problem: null })
        await made.forgetBackups(siteId)
      },
    })
  })

  test('reviving fails, repeats, unwinds and ignores zombies at each step', timeout, async () => {
    const siteId = await made.aSiteWithFiles()
    const archived = await anArchival(siteId)
    expect(await run(archiveSite, archived)).toMatchObject({ state: 'succeeded' })
    await survivesEverything<BackupInput>({
      definition: reviveSite,
      input: async () => ({ siteId, backupId: archived.backupId }),
      back: async () => {
        expect(await run(archiveSite, await anArchival(siteId))).toMatchObject({ state: 'succeeded' })
        await made.forgetBackups(siteId, { but: [archived.backupId] })
      },
    })
  })
})

describe('drill-backup', () => {
  test('a backup that rotted is no longer verified, and says what is damaged', async () => {
    const siteId = await made.aSiteWithFiles()
    const input = await made.aBackup(siteId)
    expect(await run(drillBackup, input)).toMatchObject({ state: 'succeeded' })
    await platform.objects.remove(`backups/${siteId}/${input.backupId}/dump`)
    expect(await run(drillBackup, input)).toMatchObject({ state: 'failed', problem: { code: 'backup-damaged' } })
    const row = await made.backupRow(input.backupId)
    expect(row.state).toBe('failed')
    expect(row.error).toContain(`backups/${siteId}/${input.backupId}/dump`)
  })

  test('a drill that could not be done says nothing about the backup', async () => {
    const siteId = await made.aSiteWithFiles()
    const input = await made.aBackup(siteId)
    platform.runtime.faults.inject('smokeTest', { error: new Error('no'), times: 9 })
    expect(await run(drillBackup, input)).toMatchObject({ state: 'failed' })
    platform.runtime.faults.clear()
    expect(await made.backupRow(input.backupId)).toMatchObject({ state: 'verified' })
  })

  test('fails, repeats, unwinds and ignores zombies', timeout, async () => {
    const siteId = await made.aSiteWithFiles()
    const input = await made.aBackup(siteId)
    await survivesEverything<BackupInput>({
      definition: drillBackup,
      input: async () => input,
      back: async () => undefined,
    })
  })
})
