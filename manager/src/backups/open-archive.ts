import type { Runtime } from '@platen/drivers/runtimes'
import { requireSite, type SiteRow } from '../sites/index.ts'
import { ensureTenantKey, openTenantKey, requireBackup, type BackupRow } from './backup-store.ts'
import type { BackupContext } from './backup-deps.ts'
import type { OpenArchive } from './site-files.ts'

export interface BackupWork {
  backup: BackupRow
  /** The site of the operation: the one backed up, or the new one. */
  site: SiteRow
  archive: OpenArchive
  /** The tenant's data key as the vault keeps it. */
  sealedDataKey: string
  /** The bench that knows this site's release. */
  runtime: Runtime
}

/** What every step needs: rows are read anew each time, so that a step may run in another process than the one before. */
export async function backupWork({ input, deps, signal, write }: BackupContext): Promise<BackupWork> {
  const { backup, site, tenantKey } = await write(async (tx) => {
    const found = await requireBackup(tx, input.backupId)
    await ensureTenantKey(tx, deps.vault, found.tenant_id)
    return {
      backup: found,
      site: await requireSite(tx, input.siteId),
      tenantKey: await openTenantKey(tx, deps.vault, found.tenant_id),
    }
  })
  const place = { tenantId: backup.tenant_id, siteId: backup.site_id, backupId: backup.id }
  return {
    backup,
    site,
    archive: { place, objects: deps.objects, key: tenantKey.key, signal },
    sealedDataKey: tenantKey.sealed,
    runtime: deps.runtimeOf(site.bench_name ?? ''),
  }
}
