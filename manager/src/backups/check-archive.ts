import type { KeyObject } from 'node:crypto'
import type { ArchiveSums } from '@platen/kit/archives'
import { archiveContexts, archiveKeys, type ManifestBody } from './archive.ts'
import type { BackupRow } from './backup-store.ts'
import { listedObject, readManifest } from './restore-archive.ts'
import { checkSealed, namingDamage } from './sealed-objects.ts'
import { eachFile, sealedPlace, sumsOf, type OpenArchive } from './site-files.ts'

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

/** Every file that the backup lists, to its last byte. */
export async function checkFiles(archive: OpenArchive, manifest: ManifestBody): Promise<void> {
  const list = sumsOf(listedObject(manifest, 'files'))
  await eachFile(archive, list, (entry, _content, place) => checkSealed(place, sumsOf(entry)))
}
