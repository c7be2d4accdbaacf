// Stored backups as tests look at them: opened with the keys that the platform has, without an operation.
import { createHash, type KeyObject } from 'node:crypto'
import { Readable } from 'node:stream'
import { signManifest } from '@platen/kit/archives'
import { sql, withScope } from '@platen/kit/sql'
import { archiveContexts, archiveKeys, type FileEntry, type ManifestBody } from '../src/backups/archive.ts'
import { openTenantKey, requireBackup, type BackupRow } from '../src/backups/backup-store.ts'
import { checkArchive } from '../src/backups/check-archive.ts'
import { listedObject, readManifest } from '../src/backups/restore-archive.ts'
import { storeSealed } from '../src/backups/sealed-objects.ts'
import { eachFile, sumsOf, type OpenArchive } from '../src/backups/site-files.ts'
import type { TestPlatform } from './platform.ts'

type Known = Pick<TestPlatform, 'workerDb' | 'vault' | 'objects' | 'deps'>

export interface StoredBackup {
  row: BackupRow
  archive: OpenArchive
  /** Of its dump, its list of files and its manifest. */
  keys: ReturnType<typeof archiveKeys>
}

export async function storedBackup({ workerDb, vault, objects }: Known, backupId: string): Promise<StoredBackup> {
  return withScope(workerDb, { operator: true }, async (tx) => {
    const row = await requireBackup(tx, backupId)
    const { key } = await openTenantKey(tx, vault, row.tenant_id)
    const place = { tenantId: row.tenant_id, siteId: row.site_id, backupId }
    return { row, keys: archiveKeys(place), archive: { place, objects, key, signal: new AbortController().signal } }
  })
}

/** As a drill reads it: every byte of every object. Rejects with `backup-damaged`. */
export async function readWhole({ deps }: Pick<Known, 'deps'>, { archive, row }: StoredBackup): Promise<void> {
  await checkArchive(archive, row, await deps.archiveKey())
}

/** What the backup lists of the site's files. */
export async function filesOf({ deps }: Pick<Known, 'deps'>, { archive, row }: StoredBackup): Promise<FileEntry[]> {
  const manifest = await readManifest(archive, row, await deps.archiveKey())
  const entries: FileEntry[] = []
  await eachFile(archive, sumsOf(listedObject(manifest, 'files')), async (entry) => void entries.push(entry))
  return entries
}

export interface Forgery {
  /** Sealed in place of what is there. */
  dump?: Buffer
  files?: Buffer
  /** What they are sealed with, default the tenant's own key. */
  dataKey?: KeyObject
  change?: (body: ManifestBody) => object
  /** What the manifest is signed with, default the platform's own key. */
  signingKey?: KeyObject
  /** False: the control plane does not know of it, as when somebody could write to the object store only. */
  registered?: boolean
}

/** Rewrites a stored backup as its forger wants it. */
export async function forge(platform: Known, stored: StoredBackup, forgery: Forgery): Promise<void> {
  const { archive, keys, row } = stored
  const { dataKey = archive.key, change = (body) => body } = forgery
  const signingKey = await platform.deps.archiveKey()
  const body = await readManifest(archive, row, signingKey)
  const objects: ManifestBody['objects'] = []
  for (const name of ['dump', 'files'] as const) {
    const content = forgery[name]
    const place = {
      objects: archive.objects,
      key: dataKey,
      objectKey: keys[name],
      context: archiveContexts[name](archive.place),
      signal: archive.signal,
    }
    objects.push(
      content === undefined
        ? listedObject(body, name)
        : { name, ...(await storeSealed(Readable.from([content]), place)) },
    )
  }
  const text = signManifest(change({ ...body, objects }), forgery.signingKey ?? signingKey)
  await putManifest(platform, stored, text, forgery.registered)
}

export async function putManifest(
  { objects, workerDb }: Known,
  { keys, row }: StoredBackup,
  text: string,
  registered = true,
): Promise<void> {
  const bytes = Buffer.from(text)
  await objects.put(keys.manifest, bytes, { contentType: 'application/json', maxBytes: bytes.length })
  if (!registered) return
  row.manifest_sha256 = createHash('sha256').update(bytes).digest('hex')
  await withScope(workerDb, { operator: true }, (tx) =>
    sql`UPDATE manager.backups SET manifest_sha256 = ${row.manifest_sha256} WHERE id = ${row.id}`.execute(tx),
  )
}
