// kill -9 of the process that creates or drops a site, with site databases on a real server and files on a real disk. Afterwards the
// next worker brings the operation to its end, and nothing is left anywhere. PLATEN_TEST_ALL_KILLS=1 kills at every point there is.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { PostgresDatabaseServer } from '@platen/drivers/databases'
import { privateCluster, type PrivateCluster } from '@platen/drivers/databases/testing'
import { FilesystemObjects } from '@platen/drivers/objects'
import { templateDatabaseName } from '@platen/kit/names'
import { survivesKillAtEachStep, type KillPoint, type OperationWorld } from '@platen/kit/operations/testing'
import { temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aReservedSite, aTenant, runOn, startOn, type SiteOperation, type TestTenant } from '../../testing/builders.ts'
import { inventory, unsettledSites } from '../../testing/inventory.ts'
import { testPlatform, testRelease, type TestPlatform } from '../../testing/platform.ts'
import { strays } from '../../testing/real-inventory.ts'
import type { SiteWorkerOptions } from '../../testing/site-worker.ts'
import { createSite, dropSite, type SiteDeps } from './index.ts'

const leaseMs = 1_000
const worker = fileURLToPath(new URL('../../testing/site-worker.ts', import.meta.url))
const everyPoint = process.env['PLATEN_TEST_ALL_KILLS'] === '1'
const timeoutMs = everyPoint ? 300_000 : 120_000

let cluster: PrivateCluster
let files: TemporaryDirectory
let databases: PostgresDatabaseServer
let objects: FilesystemObjects
let platform: TestPlatform
let tenant: TestTenant

beforeAll(async () => {
  cluster = await privateCluster()
  files = await temporaryDirectory()
  databases = new PostgresDatabaseServer(cluster.provisioner)
  // Big enough that copying it takes a moment, in which to die.
  const filler = `create schema big; create table big.filler as select n, repeat('x', 500) as t from generate_series(1, 40000) n`
  await databases.ensureTemplate(templateDatabaseName(testRelease), async (connection) => {
    await cluster.query({ ...connection, role: 'platen_site_owner' }, filler)
  })
  objects = new FilesystemObjects({ root: files.path })
  platform = await testPlatform({ databases, objects })
  tenant = await aTenant(platform)
})
afterAll(async () => {
  await platform?.close()
  await databases?.close()
  await cluster?.remove()
  await files?.remove()
})

function startWorker(point: KillPoint, operationId: string) {
  const { host, port = 5432, user, password } = cluster.provisioner
  const options: SiteWorkerOptions = {
    database: platform.database.name,
    provisioner: { host, port, user, password: password?.expose() ?? '' },
    objectsRoot: files.path,
    vaultKey: platform.vaultKey.toString('base64'),
    operationId,
    leaseMs,
    point,
  }
  return spawn(process.execPath, [worker, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] })
}

const leftovers = async () => strays({ cluster, databases, objects, objectsRoot: files.path })

type World = OperationWorld<{ siteId: string }, SiteDeps>

const worldOf = (definition: SiteOperation): Omit<World, 'input' | 'inventory'> => ({
  definition,
  db: platform.workerDb,
  connection: platform.workerConnection,
  deps: () => platform.deps,
  start: ({ siteId }) => startOn(platform, tenant, definition, siteId),
  runner: {
    leaseMs,
    onTakeover: async (_previous, { tagPrefix, tag }) => void (await databases.endSessions(tagPrefix, tag)),
  },
})

const points = (short: readonly KillPoint[]) => (everyPoint ? {} : { points: short })

test('a creation that is killed ends done or undone', { timeout: timeoutMs }, async () => {
  const world: World = {
    ...worldOf(createSite),
    input: async () => ({ siteId: (await aReservedSite(platform, tenant)).siteId }),
    inventory: async () => ({ ...(await inventory(platform)), ...(await leftovers()) }),
    verifyDone: async (_id, { siteId }) =>
      expect(await unsettledSites(platform, new Map([[siteId, 'active']]))).toEqual([]),
    cleanUp: async (_id, { siteId }) =>
      expect(await runOn(platform, tenant, dropSite, siteId)).toMatchObject({ state: 'succeeded' }),
  }
  const short: KillPoint[] = ['reserve:after', 'create-database:mid', 'create-database:after', 'create-storage:mid', 'publish-route:mid', 'activate:after'] // prettier-ignore
  await survivesKillAtEachStep(world, { spawn: startWorker, ...points(short) })
})

test('a drop that is killed leaves the site whole or nothing of it', { timeout: timeoutMs }, async () => {
  const states = new Map<string, string>()
  const world: World = {
    ...worldOf(dropSite),
    input: async () => {
      const { siteId } = await aReservedSite(platform, tenant)
      expect(await runOn(platform, tenant, createSite, siteId)).toMatchObject({ state: 'succeeded' })
      states.set(siteId, 'active')
      return { siteId }
    },
    inventory: async () => ({ unsettled: await unsettledSites(platform, states), ...(await leftovers()) }),
    cleanUp: async () => undefined,
  }
  const short: KillPoint[] = ['retire-route:after', 'remove-database:mid', 'remove-database:after', 'remove-storage:mid', 'release-host:before'] // prettier-ignore
  await survivesKillAtEachStep(world, { spawn: startWorker, ...points(short) })
})
