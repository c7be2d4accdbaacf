// Sites with files, backups of them, and everything that both leave behind.
import { newId } from '@platen/kit/ids'
import { siteObjectPrefix } from '@platen/kit/names'
import { rows, sql, withScope } from '@platen/kit/sql'
import { expect } from 'vitest'
import type { BackupInput } from '../src/backups/backup-deps.ts'
import { insertBackup, requireBackup, type BackupReason } from '../src/backups/backup-store.ts'
import { backUpSite } from '../src/backups/index.ts'
import { createSite } from '../src/sites/index.ts'
import { aReservedSite, runOn, runWith, type TestTenant } from './builders.ts'
import { inventory } from './inventory.ts'
import type { TestPlatform } from './platform.ts'

const asOperator = { operator: true }

export function backupBuilders(platform: TestPlatform, tenant: TestTenant) {
  const putPicture = (siteId: string, name: string, content: string) =>
    platform.objects.put(`${siteObjectPrefix(siteId)}pictures/${name}`, Buffer.from(content), {
      contentType: 'image/png',
      maxBytes: 1000,
    })

  async function aSiteWithFiles(): Promise<string> {
    const { siteId } = await aReservedSite(platform, tenant)
    expect(await runOn(platform, tenant, createSite, siteId)).toMatchObject({ state: 'succeeded' })
    await putPicture(siteId, 'one', 'the same picture')
    await putPicture(siteId, 'two', 'the same picture')
    await putPicture(siteId, 'three', `another picture of ${siteId}`)
    return siteId
  }

  async function aBackupRow(siteId: string, reason: BackupReason = 'on-demand'): Promise<BackupInput> {
    const backupId = newId()
    const row = { id: backupId, tenantId: tenant.tenantId, siteId, reason }
    await withScope(platform.workerDb, asOperator, (tx) => insertBackup(tx, row))
    return { siteId, backupId }
  }

  /** A verified one. */
  async function aBackup(siteId: string): Promise<BackupInput> {
    const input = await aBackupRow(siteId)
    expect(await runWith(platform, tenant, backUpSite, input)).toMatchObject({ state: 'succeeded', problem: null })
    return input
  }

  const backupRow = (id: string) => withScope(platform.workerDb, asOperator, (tx) => requireBackup(tx, id))

  /** Of sites and backups; a backup that was asked for and has not begun is none yet, nor is one that failed. */
  async function everything(): Promise<object> {
    const backups = await withScope(platform.workerDb, asOperator, (tx) =>
      rows(tx, sql<object>`SELECT id, state FROM manager.backups WHERE state NOT IN ('failed', 'pending') ORDER BY id`),
    )
    return { ...(await inventory(platform)), backups }
  }

  async function forgetBackups(siteId: string, { but = [] }: { but?: string[] } = {}): Promise<void> {
    const gone = await withScope(platform.workerDb, asOperator, (tx) =>
      rows(
        tx,
        sql<{
          id: string
        }>`DELETE FROM manager.backups WHERE site_id = ${siteId} AND NOT id = ANY(${but}::uuid[]) RETURNING id`,
      ),
    )
    for (const { id } of gone) await platform.objects.removePrefix(`backups/${siteId}/${id}`)
    if (but.length === 0) await platform.objects.removePrefix(`backups/${siteId}`)
  }

  return { putPicture, aSiteWithFiles, aBackupRow, aBackup, backupRow, everything, forgetBackups }
}
