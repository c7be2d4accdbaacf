// kill -9 of the process that works on a whole site, with real tools, databases on a real server and files on a real disk. Afterwards
// the next worker brings the operation to its end, and nothing is left anywhere. PLATEN_TEST_ALL_KILLS=1 kills at every point there is.
import { survivesKillAtEachStep, type KillPoint } from '@platen/kit/operations/testing'
import { siteObjectPrefix } from '@platen/kit/names'
import { withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aReservedSite } from '../../testing/builders.ts'
import { unsettledSites } from '../../testing/inventory.ts'
import { killsEverywhere } from '../../testing/config.ts'
import { forgetFormerDatabases, killStage, pointsOf, type KillStage } from '../../testing/kill-stage.ts'
import { dropSite, requireSite, returnSite } from '../sites/index.ts'
import { archiveSite, backUpSite, restoreSiteAsNew, restoreSiteInPlace, reviveSite } from './index.ts'

const limit = { timeout: killsEverywhere ? 1_200_000 : 240_000 }

let stage: KillStage
let siteId: string
/** A backup to restore. */
let backupId: string

beforeAll(async () => {
  stage = await killStage()
  siteId = stage.site.siteId
  backupId = (await stage.made.aBackup(siteId)).backupId
})
afterAll(() => stage?.close())

const survives = <Input extends { siteId: string }>(
  short: readonly KillPoint[],
  ...[definition, rest]: Parameters<typeof stage.world<Input>>
): Promise<void> =>
  survivesKillAtEachStep(stage.world(definition, rest), { spawn: stage.startWorker, ...pointsOf(short) })

const siteRow = () => withScope(stage.real.platform.workerDb, { operator: true }, (tx) => requireSite(tx, siteId))
const isVerified = async (id: string) => expect(await stage.made.backupRow(id)).toMatchObject({ state: 'verified' })
const forgetOtherBackups = () => stage.made.forgetBackups(siteId, { but: [backupId] })
const productsIn = async (database: string) =>
  stage.real.cluster.query({ ...stage.real.cluster.superuser, database }, 'select count(*)::int from commerce.products')

test('a backup that is killed ends verified, or leaves nothing of itself', limit, async () => {
  await survives(['dump-database:mid', 'write-manifest:after'], backUpSite, {
    input: () => stage.made.aBackupRow(siteId),
    verifyDone: async (_id, input) => isVerified(input.backupId),
    cleanUp: forgetOtherBackups,
  })
})

test('a restore as a new site that is killed leaves a whole site or nothing of it', limit, async () => {
  const { platform } = stage.real
  await survives(['activate:after'], restoreSiteAsNew, {
    input: async () => ({ siteId: (await aReservedSite(platform, stage.site.tenant)).siteId, backupId }),
    verifyDone: async (_id, made) =>
      expect(await unsettledSites(platform, new Map([[made.siteId, 'active']]), { objects: 3 })).toEqual([]),
    cleanUp: async (_id, made) => void (await stage.succeed(dropSite, { siteId: made.siteId })),
  })
})

test('a restore in place that is killed leaves the site as it was, or as the backup shows it', limit, async () => {
  const lost = `${siteObjectPrefix(siteId)}pictures/two`
  await stage.real.objects.remove(lost)
  const before = (await siteRow()).database_name
  await survives(['swap-database:mid', 'finish:before'], restoreSiteInPlace, {
    input: async () => ({
      ...(await stage.made.aBackupRow(siteId, 'before-restore')),
      fromBackupId: backupId,
      stateBefore: 'active' as const,
    }),
    verifyDone: async (_id, input) => {
      const row = await siteRow()
      expect(row).toMatchObject({ state: 'active', placed: true, routed: true })
      expect(row.database_name).not.toBe(before)
      expect(await productsIn(row.database_name)).toEqual(await productsIn(before))
      await stage.real.objects.head(lost)
      await isVerified(input.backupId)
    },
    cleanUp: async (id) => {
      await stage.succeed(returnSite, { siteId, ofOperationId: id, stateBefore: 'active' as const })
      await forgetFormerDatabases(stage.real, siteId)
      await stage.real.objects.remove(lost)
      await forgetOtherBackups()
    },
  })
})

test('an archival that is killed leaves the site open, or its final backup and its name', limit, async () => {
  await survives(['remove-database:mid'], archiveSite, {
    input: async () => ({ ...(await stage.made.aBackupRow(siteId, 'archive')), stateBefore: 'active' as const }),
    verifyDone: async (_id, input) => {
      expect(await siteRow()).toMatchObject({ state: 'archived', placed: false, routed: false })
      await isVerified(input.backupId)
    },
    cleanUp: async (_id, input) => {
      await stage.succeed(reviveSite, { siteId, backupId: input.backupId })
      await forgetOtherBackups()
    },
  })
})

test('a revival that is killed leaves the site archived, or whole', limit, async () => {
  const archive = async () => {
    const row = await stage.made.aBackupRow(siteId, 'archive')
    await stage.succeed(archiveSite, { ...row, stateBefore: 'active' as const })
  }
  await archive()
  await forgetOtherBackups()
  await survives(['publish-route:mid'], reviveSite, {
    input: async () => ({ siteId, backupId }),
    verifyDone: async () => expect(await siteRow()).toMatchObject({ state: 'active', placed: true, routed: true }),
    cleanUp: async () => {
      await archive()
      await forgetOtherBackups()
    },
  })
})
