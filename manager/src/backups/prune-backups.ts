import { z } from 'zod'
import { appendAudit } from '@platen/identity'
import { defineOperation, type StepContext } from '@platen/kit/operations'
import { lockSite } from '../sites/index.ts'
import { archiveKeys } from './archive.ts'
import type { BackupDeps } from './backup-deps.ts'
import { ensureTenantKey, forgetRemoved, listRemoving, markRemoving, openTenantKey } from './backup-store.ts'
import { backupsToPrune } from './retention.ts'
import { backupsInUse, databaseNow, findPolicySite, storedBackups } from './schedule-store.ts'
import { removeUnlistedFiles } from './unlisted-files.ts'

interface PruneInput {
  siteId: string
}
type PruneContext = StepContext<PruneInput, BackupDeps>

const hourMs = 3_600_000

/**
 * Backups of a site that have had their time. Being chosen is the point of no return: from then on they cannot be restored, and what follows
 * only goes forward. Manifests go first, contents that no other backup lists last, the rows when nothing is left of them.
 */
export const pruneBackups = defineOperation<PruneInput, BackupDeps>({
  type: 'prune-backups',
  version: 1,
  input: z.strictObject({ siteId: z.uuid() }),
  steps: [
    { name: 'choose-backups', run: choose, undo: 'nothing-to-undo', pivot: true },
    { name: 'remove-archives', run: removeArchives, undo: 'nothing-to-undo', timeoutMs: hourMs, weight: 2 },
    { name: 'remove-contents', run: removeContents, undo: 'nothing-to-undo', timeoutMs: hourMs, weight: 4 },
    { name: 'forget-backups', run: forget, undo: 'nothing-to-undo' },
  ],
})

/** Decided anew under the lock of the site: whoever wants to restore one of them holds it, too. */
async function choose({ input: { siteId }, deps, write, log }: PruneContext): Promise<void> {
  const chosen = await write(async (tx) => {
    await lockSite(tx, siteId)
    const site = await findPolicySite(tx, siteId)
    if (site === undefined) return []
    const backups = (await storedBackups(tx, siteId)).get(siteId) ?? []
    const now = await databaseNow(tx, deps.now)
    const inUse = await backupsInUse(tx)
    const old = backupsToPrune({ site, policy: site.policy, backups, now }).filter((id) => !inUse.has(id))
    await markRemoving(tx, old)
    return old
  })
  await log(`${chosen.length} backups have had their time`)
}

async function removeArchives({ input: { siteId }, deps, write, signal }: PruneContext): Promise<void> {
  for (const { id, tenantId } of await write((tx) => listRemoving(tx, siteId))) {
    const { manifest, prefix } = archiveKeys({ tenantId, siteId, backupId: id })
    await deps.objects.remove(manifest, { signal })
    await deps.objects.removePrefix(prefix, { signal })
  }
}

async function removeContents(context: PruneContext): Promise<void> {
  const { input, deps, write } = context
  const owner = await write(async (tx) => {
    const [removing] = await listRemoving(tx, input.siteId)
    if (removing === undefined) return undefined
    const { tenantId } = removing
    await ensureTenantKey(tx, deps.vault, tenantId)
    return { siteId: input.siteId, tenantId, key: (await openTenantKey(tx, deps.vault, tenantId)).key }
  })
  if (owner !== undefined) await removeUnlistedFiles(context, owner)
}

function forget({ input: { siteId }, operationId, write }: PruneContext): Promise<void> {
  return write(async (tx) => {
    const gone = await forgetRemoved(tx, siteId)
    const [first] = gone
    if (first === undefined) return
    await appendAudit(tx, {
      tenantId: first.tenantId,
      actor: { id: null, label: 'platform', operationId },
      action: 'backups.pruned',
      resource: 'site',
      resourceId: siteId,
      changes: { backups: gone.map(({ id, state, takenAt }) => ({ id, state, takenAt })) },
    })
  })
}
