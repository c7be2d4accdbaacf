// back-up-site under every fault at every step, with real tools, databases, files and processes (B1 to B7 of the matrix in docs/develop):
// it ends verified, or as a failure that leaves nothing, and never harms the site or an older backup.
import { sql, withScope } from '../../kit/sql/index.ts'
import { requireBackup } from '../../manager/src/backups/backup-store.ts'
import { backUpSite } from '../../manager/src/backups/index.ts'
import { readWhole, storedBackup } from '../../manager/testing/archives.ts'
import { strays } from '../../manager/testing/real-inventory.ts'
import { aBackupRow } from '../../manager/testing/real-platform.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { siteTables, type SiteOperation } from './settle-site.ts'
import { aNewFile, siteStage, type CellSite, type SiteStage } from './site-stage.ts'

let stage: SiteStage
const tidyUps = new Map<string, () => Promise<void>>()

beforeAll(async () => void (stage = await siteStage()))
afterAll(() => stage?.close())

const operation: SiteOperation<{ siteId: string; backupId: string }> = {
  definition: backUpSite,
  reach: {
    'dump-database': ['server', 'writes objects'],
    'copy-files': ['reads objects', 'writes objects'],
    'write-manifest': ['writes objects'],
    verify: ['server', 'reads objects'],
  },
  notApplicable: {
    'copy-files × S object missing': 'a file that is gone when its turn comes is no longer part of the site',
  },
  async input(site, random) {
    const tidyUp = await aNewFile(stage, site, random)
    const input = await aBackupRow(stage.real.platform, site)
    tidyUps.set(input.backupId, tidyUp)
    return input
  },
  async settled(site, { siteId, backupId }, { state, problem }) {
    const { platform, objects } = stage.real
    const row = await withScope(platform.workerDb, { operator: true }, (tx) => requireBackup(tx, backupId))
    expect(row.state).toBe(state === 'succeeded' ? 'verified' : 'failed')
    if (row.state === 'verified') {
      const backup = await storedBackup(platform, backupId)
      await readWhole(platform, backup)
      await objects.removePrefix(backup.keys.prefix)
    }
    expect(await objects.list(`backups/${siteId}/${backupId}`)).toEqual([])
    await olderIsSound(site)
    await tidyUps.get(backupId)?.()
    await forget(backupId)
    return row.state === 'verified' ? 'verified' : `failed, nothing left: ${problem?.code}`
  },
}

const olderIsSound = async ({ older }: CellSite): Promise<void> =>
  readWhole(stage.real.platform, await storedBackup(stage.real.platform, older))

const forget = (backupId: string) =>
  withScope(stage.real.platform.workerDb, { operator: true }, (tx) =>
    sql`delete from manager.backups where id = ${backupId}`.execute(tx),
  )

test(
  'back-up-site ends verified or leaves nothing, whatever happens at whatever step',
  { timeout: 1_800_000 },
  async () => {
    await siteTables(() => stage, operation)
    expect(await strays(stage.real)).toEqual({ sessions: [], hiddenDirectories: [], files: [] })
  },
)
