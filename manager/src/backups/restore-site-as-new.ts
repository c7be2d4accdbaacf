import { z } from 'zod'
import { siteObjectPrefix } from '@platen/kit/names'
import { defineOperation, type Step } from '@platen/kit/operations'
import { openSiteSecrets, ownerTag, siteBuildingSteps } from '../sites/index.ts'
import type { BackupContext, BackupDeps, BackupInput } from './backup-deps.ts'
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

/** From a backup and a place on a bench to a site that answers; before it the site is reserved, or takes its place again. */
export const rebuildingSteps: Step<BackupInput, BackupDeps>[] = [
  { name: 'restore-database', run: restore, undo: removeRestored, timeoutMs: hourMs, weight: 4 },
  { name: 'adopt-database', run: adopt, undo: 'nothing-to-undo', timeoutMs: hourMs },
  siteBuildingSteps.createStorage,
  { name: 'restore-files', run: restoreFiles, undo: removeFiles, timeoutMs: hourMs, weight: 2 },
  ...siteBuildingSteps.open,
]

/** A verified backup becomes another site of the same tenant; the one it was taken of is not touched. */
export const restoreSiteAsNew = defineOperation<BackupInput, BackupDeps>({
  type: 'restore-site-as-new',
  version: 1,
  input: z.strictObject({ siteId: z.uuid(), backupId: z.uuid() }),
  steps: [siteBuildingSteps.reserve, ...rebuildingSteps],
})

async function restore(context: BackupContext): Promise<void> {
  const work = await backupWork(context)
  await restoreInto(context, work, work.site.database_name)
}

async function removeRestored(context: BackupContext): Promise<void> {
  const { site } = await backupWork(context)
  await removeDatabase(context.deps.databases, siteTarget(context, site, site.database_name), context.signal)
}

async function adopt(context: BackupContext): Promise<void> {
  const work = await backupWork(context)
  await adoptDatabase(context, work, work.site.database_name)
}

/** A database with the passwords that the site's bench knows. */
export const siteTarget = (
  { deps, operationId, tag }: BackupContext,
  site: BackupWork['site'],
  database: string,
): TargetDatabase => ({
  database,
  password: openSiteSecrets(deps.vault, site).password,
  tag: ownerTag(operationId),
  session: tag,
})

export async function restoreInto(context: BackupContext, work: BackupWork, database: string): Promise<void> {
  const { deps } = context
  const { archive, backup, runtime, site } = work
  const manifest = await readManifest(archive, backup, await deps.archiveKey())
  const target = siteTarget(context, site, database)
  await restoreDatabase(archive, manifest, { target, databases: deps.databases, runtime })
}

/** The rows become the site's (again), and the release is brought up to that of its bench. */
export async function adoptDatabase(context: BackupContext, work: BackupWork, database: string): Promise<void> {
  const { signal } = context
  const { runtime, site, backup } = work
  const target = siteTarget(context, site, database)
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
