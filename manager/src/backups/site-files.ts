// The files of a site, on their way into a backup and out of it. The list itself is a sealed object: it may be of any length.
import { Readable } from 'node:stream'
import { DriverError, isDriverError } from '@platen/drivers/errors'
import type { ObjectInfo, ObjectStore } from '@platen/drivers/objects'
import { ArchiveError, type ArchiveSums, type ExpectedSums } from '@platen/kit/archives'
import { siteObjectPrefix } from '@platen/kit/names'
import { archiveContexts, archiveKeys, fileEntry, storedFileKey, type ArchivePlace, type FileEntry } from './archive.ts'
import { namingDamage, openSealed, storeSealed, type SealedPlace } from './sealed-objects.ts'

/** Where a backup's objects are, and what opens them. */
export interface OpenArchive {
  place: ArchivePlace
  objects: ObjectStore
  key: SealedPlace['key']
  signal: AbortSignal
}

export interface FileTotals {
  count: number
  plainBytes: number
  cipherBytes: number
}

/** Says whose the storage is; every site has its own. */
export const ownerMarker = 'owner'
const pageSize = 500

export const sealedPlace = (archive: OpenArchive, objectKey: string, context: string): SealedPlace => ({
  objects: archive.objects,
  key: archive.key,
  signal: archive.signal,
  objectKey,
  context,
})

const storedFilePlace = (archive: OpenArchive, plainSha256: string): SealedPlace =>
  sealedPlace(
    archive,
    storedFileKey(archive.place.siteId, plainSha256),
    archiveContexts.storedFile(archive.place, plainSha256),
  )

/** Stores what is not stored yet of the site's files, and the list of all of them. */
export async function storeFiles(archive: OpenArchive): Promise<{ list: ArchiveSums; totals: FileTotals }> {
  const totals: FileTotals = { count: 0, plainBytes: 0, cipherBytes: 0 }
  const { place } = archive
  const list = await storeSealed(
    Readable.from(linesOf(archive, totals), { objectMode: false }),
    sealedPlace(archive, archiveKeys(place).files, archiveContexts.files(place)),
  )
  return { list, totals }
}

async function* linesOf(archive: OpenArchive, totals: FileTotals): AsyncGenerator<Buffer> {
  const site = archive.objects.scoped(siteObjectPrefix(archive.place.siteId))
  for await (const file of allObjects(site, '', archive.signal)) {
    if (file.key === ownerMarker) continue
    const sums = await storeFile(archive, site, file)
    if (sums === undefined) continue
    totals.count += 1
    totals.plainBytes += sums.plainBytes
    totals.cipherBytes += sums.cipherBytes
    const entry: FileEntry = { key: file.key, contentType: file.contentType, ...sums }
    yield Buffer.from(`${JSON.stringify(entry)}\n`)
  }
}

/** Undefined when the file was removed since it was listed: then it is no longer part of the site. */
async function storeFile(archive: OpenArchive, site: ObjectStore, file: ObjectInfo): Promise<ArchiveSums | undefined> {
  const target = storedFilePlace(archive, file.sha256)
  const known = await orAbsent(archive.objects.head(target.objectKey, { signal: archive.signal }))
  if (known !== undefined) {
    const { sizeBytes: cipherBytes, sha256: cipherSha256 } = known
    return { plainBytes: file.sizeBytes, plainSha256: file.sha256, cipherBytes, cipherSha256 }
  }
  const content = await orAbsent(site.get(file.key, { signal: archive.signal }))
  if (content === undefined) return undefined
  const sums = await storeSealed(content.stream, target)
  if (sums.plainSha256 === file.sha256) return sums
  await archive.objects.remove(target.objectKey)
  throw new DriverError('unavailable', `the file ${file.key} changed while it was copied`)
}

async function* listedFiles(archive: OpenArchive, list: ArchiveSums): AsyncGenerator<FileEntry> {
  const { place } = archive
  const objectKey = archiveKeys(place).files
  const opened = await openSealed(sealedPlace(archive, objectKey, archiveContexts.files(place)), list)
  let before = ''
  for await (const line of linesIn(opened)) {
    const entry = entryOf(line)
    // In the order of keys, as the store lists them: so none comes twice. The mark is its storage's own.
    if (entry === undefined || entry.key <= before || entry.key === ownerMarker)
      throw new ArchiveError('not-as-listed', `it lists no file after ${JSON.stringify(before)}`)
    yield entry
    before = entry.key
  }
}

/** Our own are a few hundred bytes long. */
const maxLineLength = 10_000

async function* linesIn(stream: Readable): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of stream.setEncoding('utf8')) {
    const lines = `${rest}${String(piece)}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
    if (rest.length > maxLineLength) throw new ArchiveError('malformed', 'a line of it does not end')
  }
  if (rest !== '') yield rest
}

function entryOf(line: string): FileEntry | undefined {
  try {
    return fileEntry.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/** Hands every file of a backup to `use`, with its opened content; a damaged one is named. */
export async function eachFile(
  archive: OpenArchive,
  list: ArchiveSums,
  use: (entry: FileEntry, content: () => Promise<Readable>, place: SealedPlace) => Promise<void>,
): Promise<number> {
  let count = 0
  await namingDamage(archiveKeys(archive.place).files, async () => {
    for await (const entry of listedFiles(archive, list)) {
      count += 1
      const place = storedFilePlace(archive, entry.plainSha256)
      await namingDamage(place.objectKey, () => use(entry, () => openSealed(place, contentSums(entry)), place))
    }
  })
  return count
}

/** Of a file's content: shared by backups, and sealed anew by one of them when it was found damaged. */
export const contentSums = ({ plainBytes, plainSha256, cipherBytes }: ArchiveSums): ExpectedSums => ({
  plainBytes,
  plainSha256,
  cipherBytes,
})

/**
 * Stores a content anew from the live site, which has the file still; false when it has it no longer. All backups that list the
 * content are whole again.
 */
export async function storeAnew(archive: OpenArchive, entry: FileEntry): Promise<boolean> {
  const site = archive.objects.scoped(siteObjectPrefix(archive.place.siteId))
  const live = await orAbsent(site.head(entry.key, { signal: archive.signal }))
  if (live?.sha256 !== entry.plainSha256) return false
  await archive.objects.remove(storedFileKey(archive.place.siteId, entry.plainSha256), { signal: archive.signal })
  return (await storeFile(archive, site, live)) !== undefined
}

export const sumsOf = ({ plainBytes, plainSha256, cipherBytes, cipherSha256 }: ArchiveSums): ArchiveSums => ({
  plainBytes,
  plainSha256,
  cipherBytes,
  cipherSha256,
})

export async function* allObjects(store: ObjectStore, prefix: string, signal: AbortSignal): AsyncGenerator<ObjectInfo> {
  let after: string | undefined
  for (;;) {
    const page = await store.list(prefix, { signal, limit: pageSize, ...(after === undefined ? {} : { after }) })
    yield* page
    after = page.at(-1)?.key
    if (page.length < pageSize) return
  }
}

/** Undefined for what is not in the store. */
export const orAbsent = <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((error: unknown) => {
    if (isDriverError(error) && error.kind === 'not-found') return undefined
    throw error
  })
