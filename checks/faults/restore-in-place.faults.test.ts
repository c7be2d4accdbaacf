// restore-site-in-place under every fault at every step, with real tools, databases, files and processes: the site ends as it was or as
// the backup shows it, is read throughout, and no row is lost that was written before.
import { siteObjectPrefix } from '../../kit/names/index.ts'
import type { OperationView } from '../../kit/operations/index.ts'
import { rows, sql, withScope } from '../../kit/sql/index.ts'
import { restoreSiteInPlace } from '../../manager/src/backups/index.ts'
import { requireSite } from '../../manager/src/sites/index.ts'
import { readWhole, storedBackup } from '../../manager/testing/archives.ts'
import { backupBuilders } from '../../manager/testing/backup-builders.ts'
import { forgetFormerDatabases } from '../../manager/testing/kill-stage.ts'
import { strays } from '../../manager/testing/real-inventory.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { siteTables, type SiteOperation } from './settle-site.ts'
import { siteStage, type CellSite, type SiteStage } from './site-stage.ts'

let stage: SiteStage

beforeAll(async () => void (stage = await siteStage()))
afterAll(() => stage?.close())

interface Input {
  siteId: string
  backupId: string
  fromBackupId: string
  stateBefore: 'active' | 'suspended' | 'broken'
}

const databaseOf = async ({ siteId }: Pick<CellSite, 'siteId'>): Promise<string> =>
  (await withScope(stage.real.platform.workerDb, { operator: true }, (tx) => requireSite(tx, siteId))).database_name

const inDatabase = (database: string, text: string) =>
  stage.real.cluster.query({ ...stage.real.cluster.superuser, database }, text)

/** Rows that were written after the backup was taken. */
const lateRows = async (database: string): Promise<number> =>
  Number((await inDatabase(database, `select count(*) from commerce.products where sku like 'late-%'`))[0]?.['count'])

const addLateRow = (database: string) =>
  inDatabase(
    database,
    `insert into commerce.products (id, sku, sku_key, name, kind, unit, vat_category, vat_rate, unit_price, currency, search_text, version, created_at, updated_at)
     select gen_random_uuid(), 'late-1', 'late-1', name, kind, unit, vat_category, vat_rate, unit_price, currency, search_text, version, now(), now()
     from commerce.products limit 1`,
  )

/** A file that the backup has and the site has lost. */
const lostFile = ({ siteId }: Pick<CellSite, 'siteId'>) => `${siteObjectPrefix(siteId)}pictures/two`

const operation: SiteOperation<Input> = {
  definition: restoreSiteInPlace,
  reach: {
    'dump-database': ['server', 'writes objects'],
    'copy-files': ['writes objects'],
    'write-manifest': ['writes objects'],
    verify: ['server', 'reads objects'],
    'restore-database': ['server', 'reads objects'],
    'adopt-database': ['server'],
    'restore-missing-files': ['reads objects', 'writes objects'],
  },
  // Its undo is another here, so somebody still dies and somebody is still cut off in them.
  elsewhere: {
    steps: ['begin', 'dump-database', 'copy-files', 'write-manifest', 'verify'],
    but: ['K worker killed', 'P sessions ended'],
    reason: 'the same step as in back-up-site, whose table has it',
  },
  async input(site) {
    await addLateRow(await databaseOf(site))
    await stage.real.objects.remove(lostFile(site))
    const { backupId } = await backupBuilders(stage.real.platform, site.tenant).aBackupRow(
      site.siteId,
      'before-restore',
    )
    return { siteId: site.siteId, backupId, fromBackupId: site.older, stateBefore: 'active' }
  },
  settled: (site, input, end) => (end.state === 'succeeded' ? restored(site, input, end) : asItWas(site, input, end)),
}

async function restored(site: CellSite, { siteId, backupId }: Input, { id }: OperationView): Promise<string> {
  const { platform, objects } = stage.real
  const row = await withScope(platform.workerDb, { operator: true }, (tx) => requireSite(tx, siteId))
  expect(row).toMatchObject({ state: 'active', placed: true, routed: true })
  expect(await lateRows(row.database_name)).toBe(0)
  await objects.head(lostFile(site))
  // What the site was is kept twice: set aside, and in the safety backup.
  const [former] = await withScope(platform.workerDb, { operator: true }, (tx) =>
    rows(
      tx,
      sql<{ name: string }>`select database_name as name from manager.former_databases where operation_id = ${id}`,
    ),
  )
  expect(await lateRows(former?.name ?? 'none')).toBe(1)
  const safety = await storedBackup(platform, backupId)
  expect(safety.row.state).toBe('verified')
  await readWhole(platform, safety)
  await forgetFormerDatabases(stage.real, siteId)
  await soundAfterwards(site, id)
  return 'as the backup'
}

async function asItWas(site: CellSite, { siteId }: Input, { id, problem }: OperationView): Promise<string> {
  const { platform, objects } = stage.real
  const row = await withScope(platform.workerDb, { operator: true }, (tx) => requireSite(tx, siteId))
  expect(row).toMatchObject({ state: 'active', placed: true, routed: true })
  expect(await lateRows(row.database_name)).toBe(1)
  await inDatabase(row.database_name, `delete from commerce.products where sku like 'late-%'`)
  await expect(objects.head(lostFile(site))).rejects.toMatchObject({ kind: 'not-found' })
  const content = Buffer.alloc(300_000, `${siteId}two`)
  await objects.put(lostFile(site), content, { contentType: 'image/png', maxBytes: content.length })
  await soundAfterwards(site, id)
  return `as it was: ${problem?.code}`
}

/** Nothing of the operation but what it is for, and the backup that was restored is as good as before. */
async function soundAfterwards({ siteId, tenant, older }: CellSite, operationId: string): Promise<void> {
  const { platform, objects, databases } = stage.real
  await backupBuilders(platform, tenant).forgetBackups(siteId, { but: [older] })
  await readWhole(platform, await storedBackup(platform, older))
  expect(await objects.list(`restorations/${operationId}`)).toEqual([])
  const current = await databaseOf({ siteId })
  const { databases: found } = await databases.describe()
  expect(found.filter(({ name, tag }) => tag === `op:${operationId}` && name !== current)).toEqual([])
}

test(
  'restore-site-in-place ends as the site was or as the backup, whatever happens at whatever step',
  { timeout: 1_800_000 },
  async () => {
    await siteTables(() => stage, operation)
    expect(await strays(stage.real)).toEqual({ sessions: [], hiddenDirectories: [], files: [] })
  },
)
