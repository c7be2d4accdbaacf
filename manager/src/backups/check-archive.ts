import type { KeyObject } from 'node:crypto'
import type { ArchiveSums } from '@platen/kit/archives'
import { archiveContexts, archiveKeys, type FileEntry, type ManifestBody } from './archive.ts'
import type { BackupRow } from './backup-store.ts'
import { listedObject, readManifest } from './restore-archive.ts'
import { checkSealed, isDamage, namingDamage } from './sealed-objects.ts'
import { contentSums, eachFile, sealedPlace, sumsOf, type OpenArchive } from './site-files.ts'

/**
 * Reads every byte of a stored backup, without a database: is it what was written? `backup-damaged` names the first object that is not.
 * Whether its rows are those of the site only a restore can tell.
 */
export async function checkArchive(
  archive: OpenArchive,
  backup: Pick<BackupRow, 'id' | 'manifest_sha256'>,
  archiveKey: KeyObject,
): Promise<ManifestBody> {
  const manifest = await readManifest(archive, backup, archiveKey)
  await checkDump(archive, sumsOf(listedObject(manifest, 'dump')))
  await checkFiles(archive, manifest)
  return manifest
}

function checkDump(archive: OpenArchive, sums: ArchiveSums): Promise<void> {
  const objectKey = archiveKeys(archive.place).dump
  return namingDamage(objectKey, () =>
    checkSealed(sealedPlace(archive, objectKey, archiveContexts.dump(archive.place)), sums),
  )
}

/**
 * Every file that the backup lists, to its last byte.
 * @param mend told of each damaged content; true means that it was stored anew and is to be looked at once more.
 */
export async function checkFiles(
  archive: OpenArchive,
  manifest: ManifestBody,
  mend: (entry: FileEntry) => Promise<boolean> = async () => false,
): Promise<void> {
  const list = sumsOf(listedObject(manifest, 'files'))
  await eachFile(archive, list, async (entry, _content, place) => {
    try {
      await checkSealed(place, contentSums(entry))
    } catch (error) {
      if (!isDamage(error) || !(await mend(entry))) throw error
      await checkSealed(place, contentSums(entry))
    }
  })
}
