// From a stored backup to a database, checked: what the drill and every restore have in common.
import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { DatabaseServer } from '@platen/drivers/databases'
import type { Runtime, RuntimeConnection } from '@platen/drivers/runtimes'
import { verifyManifest, type ArchiveObject } from '@platen/kit/archives'
import { siteRoleNames, type SiteRoleKind } from '@platen/kit/names'
import { databaseRoles, type DatabaseOwner } from '../sites/index.ts'
import { archiveContexts, archiveKeys, manifestBody, type ManifestBody } from './archive.ts'
import type { BackupRow } from './backup-store.ts'
import { backupProblems } from './problems.ts'
import { getStored, namingDamage, openSealed } from './sealed-objects.ts'
import { sealedPlace, type OpenArchive } from './site-files.ts'

/** A manifest lists a few objects and tables: more than this is not one. */
const maxManifestBytes = 16 * 1024 * 1024

/** The manifest of a stored backup: the one that was written, signed by us, and about this backup. */
export async function readManifest(
  archive: Omit<OpenArchive, 'key'>,
  backup: Pick<BackupRow, 'id' | 'manifest_sha256'>,
  archiveKey: KeyObject,
): Promise<ManifestBody> {
  const objectKey = archiveKeys(archive.place).manifest
  return namingDamage(objectKey, async () => {
    const content = await getStored(archive.objects, objectKey, {
      signal: archive.signal,
      range: { start: 0, end: maxManifestBytes - 1 },
    })
    const bytes = await buffer(content.stream)
    const body = verifyManifest(bytes, { publicKeys: [createPublicKey(archiveKey)], body: manifestBody })
    const { id, tenantId, siteId } = body.backup
    const { place } = archive
    const isThis = id === place.backupId && tenantId === place.tenantId && siteId === place.siteId
    if (!isThis) throw damaged(objectKey, `it is the manifest of backup ${id} of site ${siteId}`)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (sha256 !== backup.manifest_sha256)
      throw damaged(objectKey, 'it is genuine, but not the one that was written last')
    return body
  })
}

const damaged = (objectKey: string, why: string) =>
  backupProblems.problem('backup-damaged', `The object ${objectKey} is damaged: ${why}.`)

/** The listed sums of an object of the backup itself. */
export function listedObject({ objects, backup }: ManifestBody, name: 'dump' | 'files'): ArchiveObject {
  const found = objects.find((object) => object.name === name)
  if (found !== undefined) return found
  throw backupProblems.problem('backup-damaged', `The manifest of backup ${backup.id} lists no object "${name}".`)
}

export interface TargetDatabase extends DatabaseOwner {
  /** Whose the database is: a leftover with this tag is ours to remove, any other is not. */
  tag: string
  session: string
}

export const connectionOf = ({ database, password }: DatabaseOwner, kind: SiteRoleKind): RuntimeConnection => ({
  database,
  user: siteRoleNames(database)[kind],
  password: password(kind),
})

/** Makes the database afresh from the dump, and compares every table with what was counted when it was taken. */
export async function restoreDatabase(
  archive: OpenArchive,
  manifest: ManifestBody,
  { target, databases, runtime }: { target: TargetDatabase; databases: DatabaseServer; runtime: Runtime },
): Promise<void> {
  const { signal, place } = archive
  const { database: name, tag, session } = target
  // A restore wants an empty database, and an earlier attempt may have filled it.
  await removeDatabase(databases, target, signal)
  await databases.ensureSiteDatabase({ name, template: null, tag, roles: databaseRoles(target), session }, { signal })
  const objectKey = archiveKeys(place).dump
  await namingDamage(objectKey, async () => {
    const dump = sealedPlace(archive, objectKey, archiveContexts.dump(place))
    const { name: _, ...sums } = listedObject(manifest, 'dump')
    const opened = await openSealed(dump, sums)
    await databases.restore({ ...connectionOf(target, 'owner'), archive: opened, session }, { signal })
  })
  const { tables } = await runtime.digest({ connection: connectionOf(target, 'dumper') }, { signal })
  refuseDifferences(manifest.tables, tables)
}

export const removeDatabase = (
  databases: DatabaseServer,
  { database: name, tag, session }: Pick<TargetDatabase, 'database' | 'tag' | 'session'>,
  signal: AbortSignal,
): Promise<void> =>
  databases.removeSiteDatabase({ name, roles: Object.values(siteRoleNames(name)), session, tag }, { signal })

type Digests = ManifestBody['tables']

function refuseDifferences(expected: Digests, found: Digests): void {
  const other = new Map(found.map((table) => [table.name, table]))
  const different = expected.filter(({ name, rows, digest }) => {
    const table = other.get(name)
    return table?.rows !== rows || table.digest !== digest
  })
  const names = new Set(expected.map(({ name }) => name))
  const added = found.filter(({ name }) => !names.has(name))
  if (different.length + added.length === 0) return
  const list = [...different, ...added].map(({ name }) => name).join(', ')
  throw backupProblems.problem('backup-differs', `Other rows than were backed up in: ${list}.`)
}

/** Would the restored database work as this site? `backup-differs` names the checks that say no. */
export async function requireWorking(
  runtime: Runtime,
  request: { siteId: string; connection: RuntimeConnection },
  signal: AbortSignal,
): Promise<void> {
  const { ok, checks } = await runtime.smokeTest(request, { signal })
  if (ok) return
  const failed = checks.filter((check) => !check.ok).map(({ name, detail }) => `${name}: ${detail}`)
  throw backupProblems.problem('backup-differs', `The restored site would not work. ${failed.join('. ')}.`)
}
