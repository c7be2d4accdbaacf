// Stored backups as tests look at them: opened with the keys that the platform has, without an operation.
import { withScope } from '@platen/kit/sql'
import { archiveKeys } from '../src/backups/archive.ts'
import { openTenantKey, requireBackup, type BackupRow } from '../src/backups/backup-store.ts'
import { checkArchive } from '../src/backups/check-archive.ts'
import type { OpenArchive } from '../src/backups/site-files.ts'
import type { TestPlatform } from './platform.ts'

type Known = Pick<TestPlatform, 'workerDb' | 'vault' | 'objects' | 'deps'>

export interface StoredBackup {
  row: BackupRow
  archive: OpenArchive
  /** Of its dump, its list of files and its manifest. */
  keys: ReturnType<typeof archiveKeys>
}

export async function storedBackup({ workerDb, vault, objects }: Known, backupId: string): Promise<StoredBackup> {
  return withScope(workerDb, { operator: true }, async (tx) => {
    const row = await requireBackup(tx, backupId)
    const { key } = await openTenantKey(tx, vault, row.tenant_id)
    const place = { tenantId: row.tenant_id, siteId: row.site_id, backupId }
    return { row, keys: archiveKeys(place), archive: { place, objects, key, signal: new AbortController().signal } }
  })
}

/** As a drill reads it: every byte of every object. Rejects with `backup-damaged`. */
export async function readWhole({ deps }: Pick<Known, 'deps'>, { archive, row }: StoredBackup): Promise<void> {
  await checkArchive(archive, row, await deps.archiveKey())
}
