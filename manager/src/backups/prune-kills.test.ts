// kill -9 of the process that removes old backups, with files on a real disk: the next worker brings it to its end.
// PLATEN_TEST_ALL_KILLS=1 kills at every point there is.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { FilesystemObjects } from '@platen/drivers/objects'
import { survivesKillAtEachStep, type KillPoint } from '@platen/kit/operations/testing'
import { rows, sql, withScope } from '@platen/kit/sql'
import { temporaryDirectory, testServer, type TemporaryDirectory } from '@platen/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aTenant, startWith, type TestTenant } from '../../testing/builders.ts'
import { aSiteWithOldBackups, copiesOf } from '../../testing/old-backups.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import type { SiteWorkerOptions } from '../../testing/site-worker.ts'
import { pruneBackups } from './index.ts'

const leaseMs = 1_000
const short: KillPoint[] = [
  'choose-backups:after',
  'remove-archives:mid',
  'remove-contents:after',
  'forget-backups:after',
]
const points = process.env['PLATEN_TEST_ALL_KILLS'] === '1' ? {} : { points: short }
const worker = fileURLToPath(new URL('../../testing/site-worker.ts', import.meta.url))

let files: TemporaryDirectory
let platform: TestPlatform
let tenant: TestTenant

beforeAll(async () => {
  files = await temporaryDirectory()
  platform = await testPlatform({ objects: new FilesystemObjects({ root: files.path }) })
  tenant = await aTenant(platform)
})
afterAll(async () => {
  await platform?.close()
  await files?.remove()
})

function startWorker(killPoint: KillPoint, operationId: string) {
  const { host, port = 5432, user } = testServer()
  const options: SiteWorkerOptions = {
    database: platform.database.name,
    provisioner: { host, port, user, password: '' },
    objectsRoot: files.path,
    vaultKey: platform.vaultKey.toString('base64'),
    operationId,
    leaseMs,
    point: killPoint,
  }
  return spawn(process.execPath, [worker, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] })
}

test('a removal that is killed is gone on with, and takes nothing that is kept', { timeout: 120_000 }, async () => {
  const { siteId, old, kept } = await aSiteWithOldBackups(platform, tenant)
  const { putBack, removed } = await copiesOf(platform, siteId, old)
  const stored = async () => (await platform.objects.list(`backups/${siteId}`)).map(({ key }) => key)
  const known = () =>
    withScope(platform.workerDb, { operator: true }, (tx) =>
      rows(tx, sql<{ id: string; state: string }>`SELECT id, state FROM manager.backups ORDER BY created_at`),
    )
  await survivesKillAtEachStep(
    {
      definition: pruneBackups,
      db: platform.workerDb,
      connection: platform.workerConnection,
      deps: () => platform.deps,
      input: () => ({ siteId }),
      start: (input) => startWith(platform, tenant, pruneBackups, input),
      inventory: async () => [await stored(), await known()],
      verifyDone: async () => {
        expect(await known()).toEqual(kept.map((id) => ({ id, state: 'verified' })))
        expect((await stored()).filter((key) => removed.includes(key))).toEqual([])
      },
      cleanUp: putBack,
      runner: { leaseMs },
    },
    { spawn: startWorker, ...points },
  )
})
