import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import type { ObjectStore } from '@platen/drivers/objects'
import { siteDatabaseName, siteObjectPrefix } from '@platen/kit/names'
import { defineOperation, type Step, type StepContext } from '@platen/kit/operations'
import { swappedStates, swapSteps } from '../sites/index.ts'
import { backupSteps } from './back-up-site.ts'
import type { BackupContext, BackupDeps } from './backup-deps.ts'
import { forgetBackup } from './backup-store.ts'
import { backupWork, type BackupWork } from './open-archive.ts'
import { listedObject, readManifest, removeDatabase } from './restore-archive.ts'
import { adoptDatabase, restoreInto, siteTarget } from './restore-site-as-new.ts'
import { eachFile, orAbsent, sumsOf } from './site-files.ts'

const hourMs = 3_600_000

const restoreInput = z.strictObject({
  siteId: z.uuid(),
  /** What the site becomes. */
  fromBackupId: z.uuid(),
  stateBefore: z.enum(swappedStates),
})
type RestoreInput = z.infer<typeof restoreInput>
const safeInput = restoreInput.extend({ backupId: z.uuid().meta({ description: 'Of the safety backup' }) })

type RestoreContext = StepContext<RestoreInput, BackupDeps>

/** The live site is not touched before the swap: its restored twin grows beside it, and only files that it lacks are added. */
const restoringSteps: Step<RestoreInput, BackupDeps>[] = [
  { name: 'restore-database', run: restoreTwin, undo: removeTwin, timeoutMs: hourMs, weight: 4 },
  { name: 'adopt-database', run: adoptTwin, undo: 'nothing-to-undo', timeoutMs: hourMs },
  { name: 'restore-missing-files', run: addFiles, undo: removeAddedFiles, timeoutMs: hourMs, weight: 2 },
  ...swapSteps<RestoreInput, BackupDeps>(twinOf),
  // From here on the way back is another operation: the database before is kept for it.
  { name: 'finish', run: forgetAddedFiles, undo: 'nothing-to-undo', pivot: true },
]

/**
 * A site becomes what a verified backup shows: backed up first, then exchanged within the time of two publications. What does not
 * answer afterwards is put back by itself. The database before is set aside and kept for some days (`returnSite`).
 */
export const restoreSiteInPlace = defineOperation<z.infer<typeof safeInput>, BackupDeps>({
  type: 'restore-site-in-place',
  version: 1,
  input: safeInput,
  steps: [...backupSteps, ...restoringSteps],
  onFailed: ({ input, write }) => write((tx) => forgetBackup(tx, input.backupId)),
})

/** The same for a site whose database is lost: there is nothing that could be backed up. */
export const restoreBrokenSite = defineOperation<RestoreInput, BackupDeps>({
  type: 'restore-broken-site',
  version: 1,
  input: restoreInput,
  steps: restoringSteps,
})

/** Seen as an operation on the backup that is restored. */
const ofSource = (context: RestoreContext): BackupContext => ({
  ...context,
  input: { siteId: context.input.siteId, backupId: context.input.fromBackupId },
})

/** Named after the operation; later it is the site's own. */
function twinOf({ operationId }: RestoreContext): string {
  return siteDatabaseName(operationId)
}

async function restoreTwin(context: RestoreContext): Promise<void> {
  const source = ofSource(context)
  await restoreInto(source, await backupWork(source), twinOf(context))
}

async function removeTwin(context: RestoreContext): Promise<void> {
  const source = ofSource(context)
  const { site } = await backupWork(source)
  await removeDatabase(context.deps.databases, siteTarget(source, site, twinOf(context)), context.signal)
}

async function adoptTwin(context: RestoreContext): Promise<void> {
  const source = ofSource(context)
  await adoptDatabase(source, await backupWork(source), twinOf(context))
}

/** Which files were added is written down before the first is, so that taking them away again never takes one of the site's own. */
async function addFiles(context: RestoreContext): Promise<void> {
  const { deps, signal } = context
  const source = ofSource(context)
  const work = await backupWork(source)
  const storage = deps.objects.scoped(siteObjectPrefix(work.site.id))
  const missing = (await addedFiles(context)) ?? (await writeDownMissing(context, work, storage))
  await eachListedFile(source, work, async ({ key, contentType, plainBytes }, content) => {
    if (missing.has(key)) await storage.put(key, await content(), { contentType, maxBytes: plainBytes, signal })
  })
}

async function eachListedFile(
  { deps }: BackupContext,
  { archive, backup }: BackupWork,
  use: Parameters<typeof eachFile>[2],
): Promise<void> {
  const manifest = await readManifest(archive, backup, await deps.archiveKey())
  await eachFile(archive, sumsOf(listedObject(manifest, 'files')), use)
}

async function writeDownMissing(context: RestoreContext, work: BackupWork, storage: ObjectStore): Promise<Set<string>> {
  const { signal } = context
  const missing = new Set<string>()
  await eachListedFile(ofSource(context), work, async ({ key }) => {
    // Never one that is there, whatever is in it: a key is used once, and taking it away again would be a loss.
    if ((await orAbsent(storage.head(key, { signal }))) === undefined) missing.add(key)
  })
  const text = Buffer.from(JSON.stringify([...missing]))
  const how = { contentType: 'application/json', maxBytes: text.length, signal }
  await context.deps.objects.put(listKey(context), text, how)
  return missing
}

const listKey = ({ operationId }: RestoreContext): string => `restorations/${operationId}`
const listSchema = z.array(z.string())

async function addedFiles(context: RestoreContext): Promise<Set<string> | undefined> {
  const { deps, signal } = context
  const list = await orAbsent(deps.objects.get(listKey(context), { signal }))
  if (list === undefined) return undefined
  return new Set(listSchema.parse(JSON.parse((await buffer(list.stream)).toString('utf8'))))
}

async function removeAddedFiles(context: RestoreContext): Promise<void> {
  const { deps, input, signal } = context
  const storage = deps.objects.scoped(siteObjectPrefix(input.siteId))
  for (const key of (await addedFiles(context)) ?? []) await storage.remove(key, { signal })
  await forgetAddedFiles(context)
}

async function forgetAddedFiles(context: RestoreContext): Promise<void> {
  await context.deps.objects.remove(listKey(context), { signal: context.signal })
}
