// Streams between the object store and the rest: nothing is held whole, nothing lies open anywhere.
import type { KeyObject } from 'node:crypto'
import { pipeline as connect, Writable, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isDriverError } from '@platen/drivers/errors'
import type { ObjectContent, ObjectStore } from '@platen/drivers/objects'
import {
  ArchiveError,
  openStream,
  sealStream,
  type ArchiveSums,
  type ExpectedSums,
  type OpenStream,
} from '@platen/kit/archives'
import { ProblemError } from '@platen/kit/problems'
import { backupProblems } from './problems.ts'

export interface SealedPlace {
  objects: ObjectStore
  key: KeyObject
  /** Where the object lies, and what it is sealed for. */
  objectKey: string
  context: string
  signal: AbortSignal
}

/** Seals a stream into the store. A source that fails leaves no object. */
export async function storeSealed(source: Readable, place: SealedPlace): Promise<ArchiveSums> {
  const { objects, key, objectKey, context, signal } = place
  const sealing = sealStream(key, { context })
  let sourceError: unknown
  connect(source, sealing, (error) => {
    sourceError = error
  })
  try {
    await objects.put(objectKey, sealing, {
      contentType: 'application/octet-stream',
      maxBytes: Number.MAX_SAFE_INTEGER,
      signal,
    })
  } catch (error) {
    source.destroy()
    // The store only sees its source break off; why it did is what people need to read.
    throw isDriverError(sourceError) || sourceError instanceof ProblemError ? sourceError : error
  }
  return sealing.sums
}

/** The opened content of a sealed object. Fails with `backup-damaged` where it is not what was listed; see `damageOf`. */
export async function openSealed(place: SealedPlace, expected: ExpectedSums): Promise<OpenStream> {
  const { objects, key, objectKey, context, signal } = place
  const content = await getStored(objects, objectKey, { signal })
  const opening = openStream(key, { context, expected })
  connect(content.stream, opening, () => undefined)
  return opening
}

/** What the store has lost, or can make no sense of, is damage like any other and not something to try again. */
export async function getStored(
  objects: ObjectStore,
  objectKey: string,
  options: Parameters<ObjectStore['get']>[1],
): Promise<ObjectContent> {
  try {
    return await objects.get(objectKey, options)
  } catch (error) {
    if (!isDriverError(error)) throw error
    if (error.kind === 'not-found')
      throw backupProblems.problem('backup-damaged', `The object ${objectKey} is missing.`, { cause: error })
    if (error.kind !== 'protocol') throw error
    throw new ArchiveError('malformed', error.message, { cause: error })
  }
}

/** Reads a sealed object to its end, for what it is worth: is every byte what was listed? */
export async function checkSealed(place: SealedPlace, expected: ExpectedSums): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  await pipeline(await openSealed(place, expected), nowhere, { signal: place.signal })
}

/** Runs `work` on one stored object: what its damage throws becomes `backup-damaged` with the name of the object. */
export async function namingDamage<T>(objectKey: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // Named already, by who was nearer to it.
    if (error instanceof ProblemError) throw error
    const damage = archiveErrorIn(error)
    if (damage !== undefined)
      throw backupProblems.problem('backup-damaged', `The object ${objectKey} is damaged: ${damage.message}.`, {
        cause: error,
      })
    throw error
  }
}

/** Whether `error` says that a stored object is not what was written, as `openSealed` and its streams say it. */
export const isDamage = (error: unknown): boolean =>
  archiveErrorIn(error) !== undefined || (error instanceof ProblemError && error.code === 'backup-damaged')

/** Whoever read the stream may have wrapped what broke it. */
function archiveErrorIn(error: unknown): ArchiveError | undefined {
  if (error instanceof ArchiveError) return error
  return error instanceof Error && error.cause !== undefined ? archiveErrorIn(error.cause) : undefined
}
