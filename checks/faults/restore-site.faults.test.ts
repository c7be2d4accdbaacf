// restore-site-as-new under every fault at every step, with real tools, databases, files and processes: it ends as a whole site or as
// nothing of one, and the site that the backup was taken of is read throughout.
import { dropSite } from '../../manager/src/sites/index.ts'
import { restoreSiteAsNew } from '../../manager/src/backups/index.ts'
import { readWhole, storedBackup } from '../../manager/testing/archives.ts'
import { aReservedSite } from '../../manager/testing/builders.ts'
import { unsettledSites } from '../../manager/testing/inventory.ts'
import { strays } from '../../manager/testing/real-inventory.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { siteTables, type SiteOperation } from './settle-site.ts'
import { siteStage, type SiteStage } from './site-stage.ts'
import { succeed } from './worker-fates.ts'

let stage: SiteStage

beforeAll(async () => void (stage = await siteStage()))
afterAll(() => stage?.close())

const operation: SiteOperation<{ siteId: string; backupId: string }> = {
  definition: restoreSiteAsNew,
  reach: {
    'restore-database': ['server', 'reads objects'],
    'adopt-database': ['server'],
    'create-storage': ['writes objects'],
    'restore-files': ['reads objects', 'writes objects'],
  },
  async input({ tenant, older }) {
    const { siteId } = await aReservedSite(stage.real.platform, tenant)
    return { siteId, backupId: older }
  },
  async settled({ older, tenant }, { siteId }, { state, problem }) {
    const { platform } = stage.real
    // Its own files and the marker.
    expect(await unsettledSites(platform, new Map([[siteId, 'active']]), { objects: 3 })).toEqual([])
    await readWhole(platform, await storedBackup(platform, older))
    if (state !== 'succeeded') return `absent: ${problem?.code}`
    await succeed(stage, tenant, { definition: dropSite, input: { siteId } })
    return 'active'
  },
}

test(
  'restore-site-as-new ends active or absent, whatever happens at whatever step',
  { timeout: 1_800_000 },
  async () => {
    await siteTables(() => stage, operation)
    expect(await strays(stage.real)).toEqual({ sessions: [], hiddenDirectories: [], files: [] })
  },
)
