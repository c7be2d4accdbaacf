// kill -9 of the process that backs up a site or restores one, with real tools, databases on a real server and files on a real disk.
// Afterwards the next worker brings the operation to its end, and nothing is left anywhere. PLATEN_TEST_ALL_KILLS=1 kills at every
// point there is.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { survivesKillAtEachStep, type KillPoint, type OperationWorld } from '@platen/kit/operations/testing'
import { rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aReservedSite, aTenant, runOn, startWith } from '../../testing/builders.ts'
import { inventory, unsettledSites } from '../../testing/inventory.ts'
import type { TestPlatform } from '../../testing/platform.ts'
import { strays } from '../../testing/real-inventory.ts'
import {
  aBackupRow,
  aFilledSite,
  aRealBackup,
  realPlatform,
  workerOptions,
  type FilledSite,
  type RealPlatform,
} from '../../testing/real-platform.ts'
import { dropSite } from '../sites/index.ts'
import type { BackupDeps, BackupInput } from './backup-deps.ts'
import { requireBackup } from './backup-store.ts'
import { backUpSite, restoreSiteAsNew } from './index.ts'

const leaseMs = 2_000
const worker = fileURLToPath(new URL('../../testing/site-worker.ts', import.meta.url))
const everyPoint = process.env['PLATEN_TEST_ALL_KILLS'] === '1'
const timeoutMs = everyPoint ? 600_000 : 180_000
/** Enough that copying them takes a moment, in which to die. */
const rowCount = 20_000

let real: RealPlatform
let platform: TestPlatform
let site: FilledSite

beforeAll(async () => {
  real = await realPlatform()
  platform = real.platform
  site = await aFilledSite(real, await aTenant(platform), rowCount)
})
afterAll(() => real?.close())

async function startWorkers() {
  const options = await workerOptions(real)
  return (point: KillPoint, operationId: string) =>
    spawn(process.execPath, [worker, JSON.stringify({ ...options, operationId, leaseMs, point })], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
}

/** Backups that are more than a wish. */
const backups = () =>
  withScope(platform.workerDb, { operator: true }, (tx) =>
    rows(tx, sql<object>`SELECT id, state FROM manager.backups WHERE state NOT IN ('failed', 'pending') ORDER BY id`),
  )

const everything = async () => {
  const { sites, ...rest } = { sites: [] as unknown[], ...(await inventory(platform)) }
  // A name that is reserved for a run that has not begun is no site yet.
  const settled = sites.filter((row) => !JSON.stringify(row).includes('"pending"'))
  return { ...rest, sites: settled, backups: await backups(), ...(await strays(real)) }
}

type World = OperationWorld<BackupInput, BackupDeps>

const worldOf = (definition: World['definition']) => ({
  definition,
  db: platform.workerDb,
  connection: platform.workerConnection,
  deps: () => platform.deps,
  start: (input: BackupInput) => startWith(platform, site.tenant, definition, input),
  inventory: everything,
  runner: {
    leaseMs,
    onTakeover: async (_previous: string, { tagPrefix, tag }: { tagPrefix: string; tag: string }) =>
      void (await real.databases.endSessions(tagPrefix, tag)),
  },
})

const points = (short: readonly KillPoint[]) => (everyPoint ? {} : { points: short })

test('a backup that is killed ends verified, or leaves nothing of itself', { timeout: timeoutMs }, async () => {
  const world: World = {
    ...worldOf(backUpSite),
    input: () => aBackupRow(platform, site),
    verifyDone: async (_id, { backupId }) =>
      expect(await withScope(platform.workerDb, { operator: true }, (tx) => requireBackup(tx, backupId))).toMatchObject(
        { state: 'verified' },
      ),
    cleanUp: async (_id, { siteId, backupId }) => {
      await platform.objects.removePrefix(`backups/${siteId}`)
      await withScope(platform.workerDb, { operator: true }, (tx) =>
        sql`DELETE FROM manager.backups WHERE id = ${backupId}`.execute(tx),
      )
    },
  }
  const short: KillPoint[] = ['dump-database:mid', 'copy-files:mid', 'write-manifest:after', 'verify:mid', 'verify:after'] // prettier-ignore
  await survivesKillAtEachStep(world, { spawn: await startWorkers(), ...points(short) })
})

test('a restore that is killed leaves a whole site or nothing of it', { timeout: timeoutMs }, async () => {
  const { backupId } = await aRealBackup(platform, site)
  const world: World = {
    ...worldOf(restoreSiteAsNew),
    input: async () => ({ siteId: (await aReservedSite(platform, site.tenant)).siteId, backupId }),
    verifyDone: async (_id, { siteId }) =>
      expect(await unsettledSites(platform, new Map([[siteId, 'active']]), { objects: 3 })).toEqual([]),
    cleanUp: async (_id, { siteId }) =>
      expect(await runOn(platform, site.tenant, dropSite, siteId)).toMatchObject({ state: 'succeeded' }),
  }
  const short: KillPoint[] = ['restore-database:mid', 'adopt-database:mid', 'restore-files:mid', 'publish-route:mid', 'activate:after'] // prettier-ignore
  await survivesKillAtEachStep(world, { spawn: await startWorkers(), ...points(short) })
})
