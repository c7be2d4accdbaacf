import { z } from 'zod'
import { siteObjectPrefix } from '@platen/kit/names'
import { defineOperation } from '@platen/kit/operations'
import { openSiteSecrets, siteBuildingSteps } from '../sites/index.ts'
import { ownerTag, type BackupContext, type BackupDeps, type BackupInput } from './backup-deps.ts'
import { backupWork, type BackupWork } from './open-archive.ts'
import {
  connectionOf,
  listedObject,
  readManifest,
  removeDatabase,
  requireWorking,
  restoreDatabase,
  type TargetDatabase,
} from './restore-archive.ts'
import { eachFile, sumsOf } from './site-files.ts'

const hourMs = 3_600_000

/** A verified backup becomes another site of the same tenant; the one it was taken of is not touched. */
export const restoreSiteAsNew = defineOperation<BackupInput, BackupDeps>({
  type: 'restore-site-as-new',
  version: 1,
  input: z.strictObject({ siteId: z.uuid(), backupId: z.uuid() }),
  steps: [
    siteBuildingSteps.reserve,
    { name: 'restore-database', run: restore, undo: removeRestored, timeoutMs: hourMs, weight: 4 },
    { name: 'adopt-database', run: adopt, undo: 'nothing-to-undo', timeoutMs: hourMs },
    siteBuildingSteps.createStorage,
    { name: 'restore-files', run: restoreFiles, undo: removeFiles, timeoutMs: hourMs, weight: 2 },
    ...siteBuildingSteps.open,
  ],
})

async function restore(context: BackupContext): Promise<void> {
  const { deps } = context
  const work = await backupWork(context)
  const manifest = await readManifest(work.archive, work.backup, await deps.archiveKey())
  const { runtime, archive } = work
  await restoreDatabase(archive, manifest, { target: targetOf(context, work), databases: deps.databases, runtime })
}

/** The new site's own database, with the passwords that its bench will be told. */
const targetOf = ({ deps, operationId, tag }: BackupContext, { site }: Pick<BackupWork, 'site'>): TargetDatabase => ({
  database: site.database_name,
  password: openSiteSecrets(deps.vault, site).password,
  tag: ownerTag(operationId),
  session: tag,
})

async function removeRestored(context: BackupContext): Promise<void> {
  await removeDatabase(context.deps.databases, targetOf(context, await backupWork(context)), context.signal)
}

/** The rows become the new site's, and the release is brought up to that of its bench. */
async function adopt(context: BackupContext): Promise<void> {
  const { signal } = context
  const work = await backupWork(context)
  const { runtime, site, backup } = work
  const target = targetOf(context, work)
  const owner = connectionOf(target, 'owner')
  await runtime.migrate({ connection: owner }, { signal })
  await runtime.adopt({ connection: owner, fromSiteId: backup.site_id, toSiteId: site.id }, { signal })
  await requireWorking(runtime, { siteId: site.id, connection: connectionOf(target, 'dumper') }, signal)
}

async function restoreFiles(context: BackupContext): Promise<void> {
  const { deps, signal } = context
  const { archive, backup, site } = await backupWork(context)
  const manifest = await readManifest(archive, backup, await deps.archiveKey())
  const storage = deps.objects.scoped(siteObjectPrefix(site.id))
  await eachFile(
    archive,
    sumsOf(listedObject(manifest, 'files')),
    async ({ key, contentType, plainBytes }, content) => {
      await storage.put(key, await content(), { contentType, maxBytes: plainBytes, signal })
    },
  )
}

/** The marker too: making the storage again puts it back, and its own undo expects nothing. */
function removeFiles({ input, deps, signal }: BackupContext): Promise<void> {
  return deps.objects.removePrefix(siteObjectPrefix(input.siteId), { signal })
}
