import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { signManifest, type ArchiveSums } from '@platen/kit/archives'
import { opaqueName } from '@platen/kit/ids'
import { defineOperation, type Step } from '@platen/kit/operations'
import { deriveSecret } from '@platen/kit/secrets'
import { openSiteSecrets, ownerTag } from '../sites/index.ts'
import { archiveContexts, archiveKeys, draftSchema, type ManifestBody } from './archive.ts'
import type { BackupContext, BackupDeps, BackupInput } from './backup-deps.ts'
import {
  addToDraft,
  cancelledNote,
  markFailed,
  markRunning,
  markStored,
  markUnstored,
  markVerified,
  readDraft,
  storedManifests,
} from './backup-store.ts'
import { checkFiles } from './check-archive.ts'
import { backupWork, type BackupWork } from './open-archive.ts'
import {
  connectionOf,
  readManifest,
  removeDatabase,
  requireWorking,
  restoreDatabase,
  type TargetDatabase,
} from './restore-archive.ts'
import { storeSealed } from './sealed-objects.ts'
import { sealedPlace, storeAnew, storeFiles } from './site-files.ts'
import { removeUnlistedFiles } from './unlisted-files.ts'

const hourMs = 3_600_000

/** Also the beginning of whatever is risky: its input names the backup to make. */
export const backupSteps: Step<BackupInput, BackupDeps>[] = [
  { name: 'begin', run: begin, undo: 'nothing-to-undo' },
  { name: 'dump-database', run: dumpDatabase, undo: removeOwnObjects, timeoutMs: hourMs, weight: 4 },
  { name: 'copy-files', run: copyFiles, undo: removeNewFiles, timeoutMs: hourMs, weight: 2 },
  { name: 'write-manifest', run: writeManifest, undo: removeManifest },
  { name: 'verify', run: verify, undo: removeThrowaway, timeoutMs: hourMs, weight: 4 },
]

/**
 * From a live site to a backup that is known to be good: the manifest is written last, and `verified` is said only of one that was
 * restored. A failure, also one of the drill, leaves nothing of it.
 */
export const backUpSite = defineOperation<BackupInput, BackupDeps>({
  type: 'back-up-site',
  version: 1,
  input: z.strictObject({ siteId: z.uuid(), backupId: z.uuid() }),
  steps: backupSteps,
  onFailed: ({ input, write }, { problem }) =>
    write((tx) => markFailed(tx, input.backupId, problem?.detail ?? cancelledNote)),
})

function begin({ input, write }: BackupContext): Promise<void> {
  return write((tx) => markRunning(tx, input.backupId))
}

/** One moment of the database: counted and dumped in the same snapshot. */
async function dumpDatabase(context: BackupContext): Promise<void> {
  const { deps, tag, write } = context
  const { site, archive, backup, runtime } = await backupWork(context)
  // What fails of the two ends the other.
  const failing = new AbortController()
  const signal = AbortSignal.any([context.signal, failing.signal])
  const login = connectionOf(
    { database: site.database_name, password: openSiteSecrets(deps.vault, site).password },
    'dumper',
  )
  const held = await deps.databases.exportSnapshot(site.database_name, { session: tag }, { signal })
  try {
    const { snapshot, takenAt, lsn, serverVersion } = held
    const { release, apps } = await runtime.describe({ signal })
    const place = sealedPlace(
      { ...archive, signal },
      archiveKeys(archive.place).dump,
      archiveContexts.dump(archive.place),
    )
    const [{ tables }, dump] = await bothOrNone(failing, [
      runtime.digest({ connection: login, snapshot }, { signal }),
      storeSealed(deps.databases.dump({ ...login, snapshot, session: tag }, { signal }), place),
    ])
    const draft = { takenAt: takenAt.toISOString(), lsn, serverVersion, release, apps, tables, dump }
    await write((tx) => addToDraft(tx, backup.id, draft))
  } finally {
    await held.close()
  }
}

/** Waits for both, also when one fails: nothing of the step goes on behind its back. */
async function bothOrNone<A, B>(failing: AbortController, work: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  let first: { error: unknown } | undefined
  const guarded = work.map((part) =>
    part.catch((error: unknown) => {
      first ??= { error }
      failing.abort(error)
    }),
  )
  await Promise.all(guarded)
  if (first !== undefined) throw first.error
  return Promise.all(work)
}

async function removeOwnObjects({ input, deps, signal }: BackupContext): Promise<void> {
  await deps.objects.removePrefix(`backups/${input.siteId}/${input.backupId}`, { signal })
}

async function copyFiles(context: BackupContext): Promise<void> {
  const { archive, backup } = await backupWork(context)
  const { list, totals } = await storeFiles(archive)
  await context.write((tx) => addToDraft(tx, backup.id, { files: list, fileTotals: totals }))
}

/** Contents that another backup of the site lists stay: they are shared. */
async function removeNewFiles(context: BackupContext): Promise<void> {
  const { deps, signal } = context
  const { archive, backup } = await backupWork(context)
  const owner = { tenantId: backup.tenant_id, siteId: backup.site_id, key: archive.key }
  await removeUnlistedFiles(context, owner, { exceptId: backup.id })
  await deps.objects.remove(archiveKeys(archive.place).files, { signal })
}

async function writeManifest(context: BackupContext): Promise<void> {
  const { deps, signal, write } = context
  const work = await backupWork(context)
  const previous = await write((tx) => storedManifests(tx, work.backup.site_id, work.backup.id))
  const body = manifestOf(work, previous[0]?.manifest_sha256 ?? null)
  const text = signManifest(body, await deps.archiveKey())
  const bytes = Buffer.from(text, 'utf8')
  await deps.objects.put(archiveKeys(work.archive.place).manifest, bytes, {
    contentType: 'application/json',
    maxBytes: bytes.length,
    signal,
  })
  const sizeOf = (name: keyof ArchiveSums & `${string}Bytes`): number =>
    body.objects.reduce((sum, object) => sum + object[name], 0) + body.fileTotals[name]
  await write((tx) =>
    markStored(tx, work.backup.id, {
      takenAt: body.takenAt,
      release: body.release,
      manifestSha256: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: sizeOf('cipherBytes'),
      plainBytes: sizeOf('plainBytes'),
      totalRows: body.tables.reduce((sum, { rows }) => sum + rows, 0),
    }),
  )
}

const completeDraft = draftSchema.required()

function manifestOf({ backup, sealedDataKey }: BackupWork, previousManifestSha256: string | null): ManifestBody {
  const { dump, files, ...facts } = completeDraft.parse(readDraft(backup))
  return {
    ...facts,
    backup: {
      id: backup.id,
      tenantId: backup.tenant_id,
      siteId: backup.site_id,
      siteName: backup.site_name,
      reason: backup.reason,
    },
    objects: [
      { name: 'dump', ...dump },
      { name: 'files', ...files },
    ],
    sealedDataKey,
    previousManifestSha256,
  }
}

/** The manifest goes first: from then on the backup does not exist. */
async function removeManifest({ input, deps, signal, write }: BackupContext): Promise<void> {
  await deps.objects.remove(`backups/${input.siteId}/${input.backupId}/manifest`, { signal })
  await write((tx) => markUnstored(tx, input.backupId))
}

/** The drill: restored into a database of nobody, compared row by row, tried. */
export async function verify(context: BackupContext): Promise<void> {
  const { deps, signal, write, log } = context
  const { backup, archive, runtime } = await backupWork(context)
  const target = throwaway(context)
  const startedAt = performance.now()
  try {
    const manifest = await readManifest(archive, backup, await deps.archiveKey())
    await restoreDatabase(archive, manifest, { target, databases: deps.databases, runtime })
    await checkFiles(archive, manifest, async (entry) => {
      const isMended = await storeAnew(archive, entry)
      if (isMended) await log(`The stored content of ${entry.key} was damaged and was stored anew from the site`)
      return isMended
    })
    await requireWorking(runtime, { siteId: backup.site_id, connection: connectionOf(target, 'dumper') }, signal)
  } finally {
    await removeThrowaway(context)
  }
  const restoreMs = Math.round(performance.now() - startedAt)
  await write((tx) => markVerified(tx, backup.id, restoreMs))
  await log(`Restored and compared in ${restoreMs} ms`)
}

/** Nobody else's: named after the operation, with passwords that nobody keeps. */
function throwaway({ operationId, tag }: BackupContext): TargetDatabase {
  const root = randomBytes(32)
  return {
    database: `d_${opaqueName(operationId)}`,
    password: (kind) => deriveSecret(root, `role/${kind}`),
    tag: ownerTag(operationId),
    session: tag,
  }
}

export function removeThrowaway(context: BackupContext): Promise<void> {
  return removeDatabase(context.deps.databases, throwaway(context), context.signal)
}
