// Real backups of a real site, some of which have had their time.
import { newId } from '@platen/kit/ids'
import { siteObjectPrefix } from '@platen/kit/names'
import { rows, sql, withScope, type Tx } from '@platen/kit/sql'
import { backUpSite } from '../src/backups/index.ts'
import { insertBackup } from '../src/backups/backup-store.ts'
import { setOwnPolicy } from '../src/backups/schedule-store.ts'
import { createSite } from '../src/sites/index.ts'
import { aReservedSite, runOn, runWith, type TestTenant } from './builders.ts'
import type { TestPlatform } from './platform.ts'

const dayMs = 86_400_000
const asPlatform = { operator: true } as const

export async function aRealSite(platform: TestPlatform, tenant: TestTenant): Promise<string> {
  const { siteId } = await aReservedSite(platform, tenant)
  requireDone(await runOn(platform, tenant, createSite, siteId))
  return siteId
}

/** A real backup that was made so many days ago, as its row tells. */
export async function aRealBackup(
  platform: TestPlatform,
  { tenantId }: TestTenant,
  { siteId, daysAgo }: { siteId: string; daysAgo: number },
): Promise<string> {
  const id = newId()
  const createdAt = new Date(Date.now() - daysAgo * dayMs)
  await withScope(platform.workerDb, asPlatform, (tx) => insertBackup(tx, { id, tenantId, siteId, createdAt }))
  requireDone(await runWith(platform, { tenantId }, backUpSite, { siteId, backupId: id }))
  return id
}

function requireDone({ state, problem }: { state: string; problem: unknown }): void {
  if (state !== 'succeeded') throw new Error(`it ended as ${state}: ${JSON.stringify(problem)}`)
}

/** Five backups that are kept for two days: the two oldest have had their time. The oldest alone lists one of the two pictures. */
export async function aSiteWithOldBackups(
  platform: TestPlatform,
  tenant: TestTenant,
): Promise<{ siteId: string; old: string[]; kept: string[] }> {
  const siteId = await aRealSite(platform, tenant)
  const policy = { everyHours: 24, atHour: 2, timeZone: 'UTC', keepDays: 2 } as const
  await withScope(platform.workerDb, asPlatform, (tx) => setOwnPolicy(tx, siteId, policy))
  const pictures = `${siteObjectPrefix(siteId)}pictures`
  const put = (name: string) =>
    platform.objects.put(`${pictures}/${name}`, Buffer.from(name), { contentType: 'image/png', maxBytes: 100 })
  await put('first')
  const ids = [await aRealBackup(platform, tenant, { siteId, daysAgo: 20 })]
  await platform.objects.removePrefix(pictures)
  await put('second')
  for (const daysAgo of [19, 18, 17, 1]) ids.push(await aRealBackup(platform, tenant, { siteId, daysAgo }))
  return { siteId, old: ids.slice(0, 2), kept: ids.slice(2) }
}

/** Of rows and objects of backups, so that a test can put back what was removed. `removed`: the keys that go with the given ones. */
export async function copiesOf(
  { workerDb, objects }: TestPlatform,
  siteId: string,
  ids: readonly string[],
): Promise<{ putBack(): Promise<void>; removed: string[] }> {
  const inScope = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withScope(workerDb, asPlatform, work)
  const found = await inScope((tx) =>
    rows(tx, sql<{ row: object }>`SELECT to_jsonb(b) AS row FROM manager.backups b WHERE id = ANY(${ids}::uuid[])`),
  )
  const stored = await Promise.all(
    (await objects.list(`backups/${siteId}`)).map(async ({ key, contentType }) => {
      const { stream } = await objects.get(key)
      return { key, contentType, bytes: Buffer.concat(await stream.toArray()) }
    }),
  )
  return {
    removed: stored.filter(({ key }) => ids.some((id) => key.includes(id))).map(({ key }) => key),
    async putBack() {
      for (const { key, contentType, bytes } of stored)
        await objects.put(key, bytes, { contentType, maxBytes: bytes.length })
      for (const { row } of found)
        await inScope((tx) =>
          sql`INSERT INTO manager.backups
            SELECT * FROM jsonb_populate_record(NULL::manager.backups, ${JSON.stringify(row)}::jsonb)`.execute(tx),
        )
    },
  }
}
