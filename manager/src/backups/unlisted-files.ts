import type { KeyObject } from 'node:crypto'
import type { StepContext } from '@platen/kit/operations'
import { ProblemError } from '@platen/kit/problems'
import { storedFilesPrefix } from './archive.ts'
import type { BackupDeps } from './backup-deps.ts'
import { storedManifests } from './backup-store.ts'
import { listedObject, readManifest } from './restore-archive.ts'
import { allObjects, eachFile, sumsOf, type OpenArchive } from './site-files.ts'

type Context = Pick<StepContext<unknown, BackupDeps>, 'deps' | 'signal' | 'log' | 'write'>

/** A site whose stored contents are looked through. */
export interface ContentsOwner {
  tenantId: string
  siteId: string
  /** The tenant's data key. */
  key: KeyObject
}

/**
 * Removes the contents of files that no stored backup of the site lists, `exceptId` aside. Contents are shared: before each removal the
 * fence is asked, so that a worker which was replaced takes nothing that a later backup relies on.
 */
export async function removeUnlistedFiles(
  context: Context,
  owner: ContentsOwner,
  { exceptId = null }: { exceptId?: string | null } = {},
): Promise<void> {
  const { deps, signal, log, write } = context
  const prefix = storedFilesPrefix(owner.siteId)
  try {
    const needed = await listedContents(context, owner, exceptId)
    for await (const { key } of allObjects(deps.objects, prefix, signal)) {
      if (needed.has(key.slice(prefix.length + 1))) continue
      await write(async () => undefined)
      await deps.objects.remove(key, { signal })
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    // What an older backup needs cannot be known, so nothing may be taken from it.
    await log(`All stored files were kept, because an older backup cannot be read. ${error.detail}`)
  }
}

async function listedContents(
  { deps, signal, write }: Context,
  { tenantId, siteId, key }: ContentsOwner,
  exceptId: string | null,
): Promise<Set<string>> {
  const needed = new Set<string>()
  for (const backup of await write((tx) => storedManifests(tx, siteId, exceptId))) {
    const archive: OpenArchive = {
      place: { tenantId, siteId, backupId: backup.id },
      objects: deps.objects,
      key,
      signal,
    }
    const manifest = await readManifest(archive, backup, await deps.archiveKey())
    await eachFile(archive, sumsOf(listedObject(manifest, 'files')), async ({ plainSha256 }) => {
      needed.add(plainSha256)
    })
  }
  return needed
}
